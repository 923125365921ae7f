/** What stands beside the files of an output: manifests, states, and the parts of runs that were killed. */
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyCheckpoint } from '../../../src/checkpoint/checkpoint.ts';
import { DirectorySink, type Layout } from '../../../src/sinks/file/daily-files.ts';
import { diskPlace } from '../../../src/sinks/file/places/disk.ts';
import { FileSink } from '../../../src/sinks/file/single-file.ts';
import { statFile } from '../../../src/sinks/file/places/stat-file.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { day, days, identity, optionsOf, readJson, rowsOf, runOf, treeOf, windowOf } from './scene.ts';
import type { Overrides } from './scene.ts';

const later = { clock: { today: day(20), lagDays: 0 } };

describe('beside a file', () => {
  async function outputOf() {
    const directory = await temporaryDirectory();
    const path = join(directory, 'events.csv');
    const sinkOf = (more: Overrides = {}) => {
      const { options, notices } = optionsOf(path, more);
      return { sink: new FileSink(options), notices };
    };
    const run = async (windows: ReturnType<typeof windowOf>[], more: Overrides = {}) => {
      const { sink, notices } = sinkOf(more);
      return { ...(await runOf(sink, ...windows)), codes: notices.map(({ code }) => code) };
    };
    return { directory, path, state: join(directory, '.events.csv.scarf-cli.json'), sinkOf, run };
  }

  test('a manifest lists it once, however often it was written', async () => {
    const { run, directory } = await outputOf();
    await run([windowOf(days(1), rowsOf(1, 'a'))], { manifest: true });
    await run([windowOf(days(2), rowsOf(2, 'b', 'c'))], { manifest: true, incremental: undefined });
    expect(Object.keys(await treeOf(directory)).sort()).toEqual(['events.csv', 'events.csv.manifest.json']);
    expect(await readJson(join(directory, 'events.csv.manifest.json'))).toMatchObject({
      rows: 2,
      files: [{ path: 'events.csv', rows: 2 }],
    });
  });

  test('parts are spooled, as files that can be moved to it', async () => {
    const { sinkOf, directory, path } = await outputOf();
    const { sink } = sinkOf();
    await sink.open();
    expect(sink.spool.named).toBe(true);
    expect(dirname(sink.spool.directory)).toBe(directory);
    expect(sink.spool.directory).not.toBe(path);
    await sink.close();
  });

  test('a state says at once what is left of it, when the clock was ahead', async () => {
    const { run, sinkOf, state } = await outputOf();
    await run([windowOf(days(1, 2), rowsOf(1, 'a'))]);
    await run([windowOf(days(11), rowsOf(11, 'x'))], later);
    const { sink } = sinkOf();
    await sink.open();
    await sink.close();
    expect(await readJson(state)).toMatchObject({
      identity,
      checkpoint: { first: day(1), ranges: [days(1, 2)] },
      files: [{ rows: 1 }],
    });
  });

  test('a state whose file was changed has lost no day that is still to come', async () => {
    const { run, path } = await outputOf();
    await run([windowOf(days(8, 15), rowsOf(8, 'a')), windowOf(days(17, 18), rowsOf(17, 'b'))], later);
    await appendFile(path, 'x');
    const { opened, codes } = await run([]);
    expect(opened.lost).toEqual([days(8, 9)]);
    expect(codes).toEqual(['output-changed']);
  });

  test('a state of a first run that was killed knows no file before it', async () => {
    const { run, path, state } = await outputOf();
    await run([windowOf(days(1, 2), rowsOf(1, 'a'))]);
    const before = { checkpoint: emptyCheckpoint, files: [] };
    await writeFile(state, JSON.stringify({ ...(await readJson(state)), before }));
    await appendFile(path, 'x');
    const { opened, codes } = await run([]);
    expect(opened).toMatchObject({ checkpoint: { ranges: [] }, lost: [days(1, 2)], keepsRows: false });
    expect(codes).toEqual(['output-changed']);
  });
});

describe('beside a file a day', () => {
  async function outputOf() {
    const directory = await temporaryDirectory();
    const sinkOf = ({ layout = 'flat', ...more }: Overrides & { layout?: Layout } = {}) =>
      new DirectorySink({ ...optionsOf(directory, more).options, layout });
    const fileOf = (number: number) => join(directory, `events-${day(number)}.csv`);
    return { directory, sinkOf, fileOf, manifest: join(directory, '_events.manifest.json') };
  }
  const three = windowOf(days(1, 3), rowsOf(1, 'a'), rowsOf(2), rowsOf(3, 'c', 'd'));

  test('a manifest lists what is there, and the days that are whole', async () => {
    const { sinkOf, manifest } = await outputOf();
    await runOf(sinkOf({ manifest: true }), three);
    expect(await readJson(manifest)).toMatchObject({
      window: days(1, 3),
      ranges: [days(1, 3)],
      rows: 3,
      files: [1, 2, 3].map((number) => ({ path: `events-${day(number)}.csv`, day: day(number) })),
    });
    await runOf(sinkOf({ manifest: true, incremental: undefined }), windowOf(days(5), rowsOf(5, 'e')));
    expect(await readJson(manifest)).toMatchObject({ ranges: [days(1, 3), days(5)], rows: 4 });
  });

  test('a state lists its files by their days, whichever came first', async () => {
    const { sinkOf, directory } = await outputOf();
    await runOf(sinkOf(), windowOf(days(5), rowsOf(5, 'e')), three);
    const { files } = await readJson(join(directory, '.events.scarf-cli.json'));
    expect((files as { day: string }[]).map((file) => file.day)).toEqual([1, 2, 3, 5].map(day));
  });

  test.each([
    ['flat', 'events-', (one: string) => `events-${one}.csv`],
    ['hive', 'date=', (one: string) => join(`date=${one}`, 'events.csv')],
  ] as const)(
    'a bucket may clear the files of this output and part alone: %s',
    async (layout, begins, nameOf) => {
      const { sinkOf, directory } = await outputOf();
      const cleared: boolean[] = [];
      let isOurs: (name: string) => boolean = () => false;
      await mkdir(join(directory, '.events.scarf-cli.1-of-2-parts-abcdef'));
      const clear: typeof diskPlace.clear = async (beginning, found) => {
        expect(beginning).toBe(join(directory, begins));
        cleared.push(found.hasDied);
        isOurs = found.isOurs;
      };
      const part = { index: 1, of: 2, has: (one: string) => one.endsWith('1') };
      const sink = sinkOf({ place: { ...diskPlace, clear }, part, layout });
      await sink.open();
      await sink.close();
      expect(cleared).toEqual([true]);
      const names = [nameOf(day(1)), nameOf(day(2)), `${nameOf(day(1))}.x`, `other-${day(1)}.csv`];
      expect(names.map((name) => isOurs(join(directory, name)))).toEqual([true, false, false, false]);
    },
  );
});

test('a file is looked at, missing or unreachable', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'a');
  expect(await statFile(path)).toBeUndefined();
  await writeFile(path, 'abc');
  expect(await statFile(path)).toEqual({ bytes: 3, changedMs: expect.any(Number) as number });
  await expect(statFile(join(path, 'below'))).rejects.toMatchObject({ kind: 'local' });
});
