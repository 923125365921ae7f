/** What every place of an output promises (`src/contracts/place.ts`), as tests: of a disk, and of any bucket. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { OutputPlace } from '../../src/contracts/place.ts';
import { temporaryDirectory } from '../vendors/temporary.ts';

export interface PlaceUnderTest {
  place: OutputPlace;
  /** An absolute name of the place, for a relative one. */
  nameOf: (name: string) => string;
  /** Whether a write says that another run was there; on a disk a lock keeps it away. */
  noticesOthers: boolean;
}

const large = 20 * 1024 * 1024 + 7;

export function placeSuite(title: string, open: () => Promise<PlaceUnderTest>): void {
  describe(title, () => {
    test('a file that is published is there with all its bytes, and replaces the one of its name', async () => {
      const { place, nameOf } = await open();
      const name = nameOf('deep/date=2026-11-01/events.csv');
      expect(await place.look(name)).toBeUndefined();
      await place.publish(await partOf('one'), name);
      expect(await textOf(place, name)).toBe('one');
      await place.publish(await partOf('second'), name);
      expect(await textOf(place, name)).toBe('second');
      expect(await place.look(name)).toMatchObject({ bytes: 6 });
      expect((await place.look(name))?.changedMs).toBeGreaterThan(Date.now() - 3_600_000);
    });

    test.each([0, 1, 5 * 1024 * 1024, 8 * 1024 * 1024, large])(
      '%i bytes come back as they went',
      async (length) => {
        const { place, nameOf } = await open();
        const bytes = Buffer.alloc(length, 'scarf-cli ');
        if (length >= 4) bytes.writeInt32BE(length, length - 4);
        const name = nameOf('large file with äöü & spaces+plus.bin');
        await place.publish(await partOf(bytes), name);
        const read: Uint8Array[] = [];
        for await (const piece of place.read(name)) read.push(Uint8Array.from(piece));
        expect(Buffer.concat(read).equals(bytes)).toBe(true);
      },
      120_000,
    );

    test('a small file is written, read and removed; what is not there is no fault', async () => {
      const { place, nameOf } = await open();
      const name = nameOf('.events.scarf-cli.json');
      expect(await place.readText(name)).toBeUndefined();
      await place.remove(name);
      await place.writeText(name, '{"a":"ä"}');
      expect(await place.readText(name)).toMatchObject({ text: '{"a":"ä"}' });
      await place.writeText(name, '');
      expect(await place.readText(name)).toMatchObject({ text: '' });
      await place.remove(name);
      expect(await place.look(name)).toBeUndefined();
    });

    test('who goes on from what it wrote itself may write', async () => {
      const { place, nameOf } = await open();
      const name = nameOf('state.json');
      const first = await place.writeText(name, '1', { version: undefined });
      const second = await place.writeText(name, '2', { version: first });
      expect((await place.readText(name))?.version).toBe(second);
      await place.writeText(name, '3', { version: second });
      expect((await place.readText(name))?.text).toBe('3');
    });

    test('who goes on from what another has replaced may not, where there is no lock', async () => {
      const { place, nameOf, noticesOthers } = await open();
      const name = nameOf('state.json');
      const first = await place.writeText(name, '1', { version: undefined });
      await place.writeText(name, 'of another run');
      for (const version of [first, undefined]) {
        const late = place.writeText(name, '2', { version });
        if (noticesOthers) await expect(late).rejects.toMatchObject({ kind: 'locked' });
        else await late;
      }
      if (!noticesOthers) return;
      expect((await place.readText(name))?.text).toBe('of another run');
    });

    test('names are those of one directory that begin so', async () => {
      const { place, nameOf } = await open();
      for (const name of ['.e.json', '.e.1.json', '.f.json', 'e.csv', '.e/deep.json'])
        await place.publish(await partOf('some'), nameOf(`out/${name}`));
      const names = await place.namesIn(nameOf('out'), '.e');
      expect(names.filter((name) => name !== '.e')).toEqual(['.e.1.json', '.e.json']);
    });

    test('what belongs to this machine has the same beginning for the same name, and another for another', async () => {
      const { place, nameOf } = await open();
      expect(place.ownStem(nameOf('a.csv'))).toBe(place.ownStem(nameOf('a.csv')));
      expect(place.ownStem(nameOf('a.csv'))).not.toBe(place.ownStem(nameOf('b.csv')));
      await mkdir(dirname(place.ownStem(nameOf('a.csv'))), { recursive: true });
    });

    test('clearing leaves what is complete', async () => {
      const { place, nameOf } = await open();
      await place.publish(await partOf('whole'), nameOf('events-1.csv'));
      await place.clear(nameOf('events-'), { isOurs: () => true, hasDied: true });
      expect(await textOf(place, nameOf('events-1.csv'))).toBe('whole');
    });
  });
}

async function partOf(content: string | Uint8Array): Promise<string> {
  const path = join(await temporaryDirectory(), 'part');
  await writeFile(path, content);
  return path;
}

async function textOf(place: OutputPlace, name: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of place.read(name)) pieces.push(Uint8Array.from(piece));
  return Buffer.concat(pieces).toString('utf8');
}
