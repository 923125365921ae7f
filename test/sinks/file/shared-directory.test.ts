import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diskPlace } from '../../../src/sinks/file/places/disk.ts';
import {
  daysOfPart,
  ofPart,
  readOtherStates,
  uniteCheckpoints,
} from '../../../src/sinks/file/shared-directory.ts';
import { textOfState } from '../../../src/sinks/file/state-file.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { day, days, identity } from './scene.ts';

const read = (from: number, to: number, when: number) => ({ ...days(from, to), read: day(when) });
const even = { index: 0, of: 2, has: (one: string) => Number(one.slice(-2)) % 2 === 0 };

describe('checkpoints of several processes', () => {
  test('are one: of a day that several know the latest reading counts, whoever is first', () => {
    const one = { ranges: [read(1, 3, 10)], first: day(2), columns: ['a'] };
    const other = { ranges: [read(3, 4, 12), read(8, 8, 9)], first: day(1) };
    const ranges = [read(1, 2, 10), read(3, 4, 12), read(8, 8, 9)];
    expect(uniteCheckpoints([one, other])).toEqual({ ranges, first: day(1), columns: ['a'] });
    expect(uniteCheckpoints([other, one])).toEqual({ ranges, first: day(1), columns: ['a'] });
  });

  test('have the columns of the last that has some', () => {
    const withColumns = (...columns: string[]) => ({ ranges: [], first: undefined, columns });
    const none = { ranges: [], first: undefined };
    expect(uniteCheckpoints([withColumns('a'), withColumns('b'), none]).columns).toEqual(['b']);
    expect(uniteCheckpoints([none])).toEqual(none);
  });

  test('have each its own days, with the dates of their reading', () => {
    const checkpoint = { ranges: [read(1, 4, 10), read(5, 6, 12)], first: day(1) };
    expect(ofPart(checkpoint, even)).toEqual({
      ranges: [read(2, 2, 10), read(4, 4, 10), read(6, 6, 12)],
      first: day(1),
    });
    const later = { ...even, has: (one: string) => one >= day(3) };
    expect(ofPart(checkpoint, later).ranges).toEqual([read(3, 4, 10), read(5, 6, 12)]);
  });

  test('leave the others theirs', () => {
    const ranges = [days(1, 3), days(6)];
    expect(daysOfPart(ranges, even)).toEqual([days(2), days(6)]);
    expect(daysOfPart(ranges, even, true)).toEqual([days(1), days(3)]);
  });
});

describe('states beside one’s own', () => {
  const stateOf = (first: number, more = {}) =>
    textOfState({ identity, checkpoint: { ranges: [], first: day(first) }, files: [], ...more });
  const own = '.events.scarf-cli.0-of-2.json';

  test('are those of the whole and of all parts, and no other file', async () => {
    const directory = await temporaryDirectory();
    const names = ['.json', '.0-of-2.json', '.1-of-2.json', '.10-of-12.json'];
    for (const [index, name] of names.entries())
      await writeFile(join(directory, `.events.scarf-cli${name}`), stateOf(index + 1));
    for (const name of [
      '.events.scarf-cli.1-of-2.json.tmp',
      '.events.scarf-cli.lock',
      '.events.scarf-cli.x.json',
    ])
      await writeFile(join(directory, name), 'no state');
    const states = await readOtherStates(directory, { place: diskPlace, dataset: 'events', own, identity });
    expect(states.map(({ checkpoint }) => checkpoint.first).sort()).toEqual([day(1), day(3), day(4)]);
  });

  test('of another export are refused, though one’s own is none', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, '.events.scarf-cli.json'), stateOf(1, { identity: { source: 'there' } }));
    const reading = readOtherStates(directory, { place: diskPlace, dataset: 'events', own, identity });
    await expect(reading).rejects.toMatchObject({ kind: 'usage' });
  });

  test('that go meanwhile are none', async () => {
    const directory = await temporaryDirectory();
    const place = { ...diskPlace, namesIn: () => Promise.resolve(['.events.scarf-cli.json']) };
    expect(await readOtherStates(directory, { place, dataset: 'events', own, identity })).toEqual([]);
  });
});
