/** A file a day, and which days a directory has the next time. */
import { appendFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PulledWindow } from '../../../src/contracts/window.ts';
import { Failure } from '../../../src/failure.ts';
import { DirectorySink, type Layout } from '../../../src/sinks/file/daily-files.ts';
import { diskPlace } from '../../../src/sinks/file/places/disk.ts';
import { partitionOf } from '../../encoders/encode.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { day, days, optionsOf, readJson, rowsOf, runOf, today, treeOf, windowOf } from './scene.ts';
import { writeLegacyState, type Overrides } from './scene.ts';

type Changes = Overrides & { layout?: Layout };

/** Runs over a directory of the test. */
async function outputOf() {
  const directory = await temporaryDirectory();
  const sinkOf = ({ layout = 'flat', ...more }: Changes = {}) => {
    const { options, notices } = optionsOf(directory, more);
    return { sink: new DirectorySink({ ...options, layout }), notices };
  };
  const run = async (windows: PulledWindow[], more: Changes = {}) => {
    const { sink, notices } = sinkOf(more);
    return { ...(await runOf(sink, ...windows)), notices };
  };
  const fileOf = (number: number) => join(directory, `events-${day(number)}.csv`);
  return { directory, state: join(directory, '.events.scarf-cli.json'), sinkOf, run, fileOf };
}

const text = (number: number, ...ids: string[]) =>
  `id,time\n${ids.map((id) => `${id},${day(number)}\n`).join('')}`;
const three = windowOf(days(1, 3), rowsOf(1, 'a'), rowsOf(2), rowsOf(3, 'c', 'd'));
const ahead = { clock: { today: day(20), lagDays: 0 } };

describe('a directory', () => {
  test.each<[Layout, (number: number) => string]>([
    ['flat', (number) => `events-${day(number)}.csv`],
    ['hive', (number) => `date=${day(number)}/events.csv`],
  ])('has a file for each day, rows or none: %s', async (layout, nameOf) => {
    const { run, directory } = await outputOf();
    const { committed } = await run([three], { layout, incremental: undefined });
    expect(await treeOf(directory)).toEqual({
      [nameOf(1)]: text(1, 'a'),
      [nameOf(2)]: text(2),
      [nameOf(3)]: text(3, 'c', 'd'),
    });
    expect(committed).toMatchObject([{ written: 3, known: 0, rejected: 0, files: { length: 3 } }]);
    expect(committed[0]?.files[2]).toMatchObject({ day: day(3), rows: 2, path: join(directory, nameOf(3)) });
  });

  test('has a file for a day of which no rows came, and takes several headers into one', async () => {
    const { run, directory } = await outputOf();
    const other = { ...partitionOf('csv', 'time,id\nx\nx,b\n', ['time', 'id']), day: day(2) };
    const { committed } = await run([windowOf(days(1, 2), rowsOf(2, 'a'), other)], {
      incremental: undefined,
    });
    expect(await treeOf(directory)).toEqual({
      [`events-${day(1)}.csv`]: 'id\r\n',
      [`events-${day(2)}.csv`]: `${text(2, 'a')}b,x\n`,
    });
    expect(committed).toMatchObject([{ written: 2, rejected: 1 }]);
  });

  test('takes a window without days by those of its rows', async () => {
    const { run, directory } = await outputOf();
    await run([{ ...three, days: undefined }]);
    expect(Object.keys(await treeOf(directory)).sort()).toEqual([1, 2, 3].map((n) => `events-${day(n)}.csv`));
  });

  test('whose window breaks off keeps what appeared, and the next run has it not', async () => {
    const { run, directory } = await outputOf();
    let left = 1;
    const publish: typeof diskPlace.publish = (part, name) =>
      left-- > 0 ? diskPlace.publish(part, name) : Promise.reject(new Failure('local', 'no'));
    await expect(run([three], { place: { ...diskPlace, publish } })).rejects.toMatchObject({ kind: 'local' });
    expect(Object.keys(await treeOf(directory))).toContain(`events-${day(1)}.csv`);
    const { opened } = await run([]);
    expect(opened.checkpoint).toEqual({ ranges: [], first: day(1) });
  });
});

describe('a directory that is continued', () => {
  test('has the days that were read, and when', async () => {
    const { run } = await outputOf();
    await run([three]);
    const { opened } = await run([]);
    expect(opened).toEqual({
      checkpoint: { ranges: [{ ...days(1, 3), read: today }], first: day(1), columns: ['id', 'time'] },
      lost: [],
      keepsRows: false,
    });
  });

  test('has no day whose file is gone or changed, and says so', async () => {
    const { run, fileOf } = await outputOf();
    await run([three, windowOf(days(4), rowsOf(4, 'e'))]);
    await rm(fileOf(1));
    await appendFile(fileOf(3), 'x');
    const { opened, notices } = await run([]);
    expect(opened.checkpoint.ranges).toEqual([
      { ...days(2), read: today },
      { ...days(4), read: today },
    ]);
    expect(opened.checkpoint.first).toBe(day(1));
    expect(notices.map(({ code }) => code)).toEqual(['output-changed']);
  });

  test('that is told of a change that was fetched again tells no more', async () => {
    const { run, fileOf } = await outputOf();
    await run([three]);
    await rm(fileOf(2));
    await run([windowOf(days(2), rowsOf(2, 'b'))]);
    const { opened, notices } = await run([]);
    expect([opened.checkpoint.ranges, notices]).toEqual([[{ ...days(1, 3), read: today }], []]);
  });

  test('of another export is refused', async () => {
    const { run } = await outputOf();
    await run([three]);
    const other = { incremental: { identity: { source: 'there' } } };
    await expect(run([], other)).rejects.toMatchObject({ kind: 'usage' });
  });

  test('begins where the whole export begins, though it has later days', async () => {
    const { sinkOf, run, state } = await outputOf();
    const { sink } = sinkOf();
    await sink.open();
    await sink.begins(day(3));
    await sink.begins(day(4));
    expect(sink.checkpoint().first).toBe(day(3));
    await sink.begins(day(2));
    expect(sink.checkpoint().first).toBe(day(2));
    await sink.close();
    expect((await readJson(state))['checkpoint']).toMatchObject({ first: day(2) });
    await run([three]);
    expect((await run([])).opened.checkpoint.first).toBe(day(1));
  });

  test('by a clock that was ahead loses days that are not over, and their empty files', async () => {
    const { run, directory, state } = await outputOf();
    await run([windowOf(days(9, 12), rowsOf(9, 'a'), rowsOf(11), rowsOf(12, 'x'))], ahead);
    const { opened, notices } = await run([]);
    expect(opened.checkpoint.ranges).toEqual([]);
    expect(notices.map(({ code }) => code)).toContain('checkpoint-ahead');
    const names = Object.keys(await treeOf(directory)).filter((name) => !name.startsWith('.'));
    expect(names.sort()).toEqual([9, 10, 12].map((number) => `events-${day(number)}.csv`));
    expect((await readJson(state))['checkpoint']).toMatchObject({ ranges: [] });
    expect((await run([])).notices).toEqual([]);
  });

  test('takes files out of the manifest before it removes them', async () => {
    const { run, directory, fileOf } = await outputOf();
    await run([windowOf(days(9, 12), rowsOf(9, 'a'), rowsOf(12, 'x'))], { ...ahead, manifest: true });
    const remove = (path: string) =>
      path === fileOf(11) ? Promise.reject(new Error('killed')) : diskPlace.remove(path);
    await expect(run([], { place: { ...diskPlace, remove } })).rejects.toThrow('killed');
    const listed = (await readJson(join(directory, '_events.manifest.json')))['files'] as { day: string }[];
    expect(listed.map((file) => file.day)).toEqual([9, 10, 12].map(day));
    await run([]);
    expect(Object.keys(await treeOf(directory))).not.toContain(`events-${day(11)}.csv`);
  });
});

describe('an export that continues nothing', () => {
  test('takes the days that it replaces from the state of another', async () => {
    const { run, state } = await outputOf();
    await run([three]);
    await run([windowOf(days(2), rowsOf(2, 'new'))], { incremental: undefined });
    const { opened } = await run([]);
    expect(opened.checkpoint.ranges).toEqual([
      { ...days(1), read: today },
      { ...days(3), read: today },
    ]);
    expect((await readJson(state))['files']).toMatchObject([{ day: day(1) }, { day: day(3) }]);
  });

  test('removes a state of version 0.1, once it writes', async () => {
    const { run, state, directory } = await outputOf();
    await writeLegacyState(state, days(1, 3));
    await run([], { incremental: undefined });
    expect(Object.keys(await treeOf(directory))).toEqual(['.events.scarf-cli.json']);
    await run([windowOf(days(2), rowsOf(2, 'new'))], { incremental: undefined });
    expect(Object.keys(await treeOf(directory))).toEqual([`events-${day(2)}.csv`]);
  });
});

describe('a directory of version 0.1', () => {
  /** Writes a day's file that was last changed on another day. */
  async function write(path: string, changed: string): Promise<void> {
    await writeFile(path, 'id\n');
    await utimes(path, new Date(changed), new Date(changed));
  }

  test('has the days whose files were written when they were over', async () => {
    const { run, state, fileOf } = await outputOf();
    await writeLegacyState(state, days(1, 4));
    await write(fileOf(1), `${day(2)}T00:00:00Z`);
    await write(fileOf(2), `${day(2)}T23:00:00Z`);
    await write(fileOf(4), `${day(6)}T00:00:00Z`);
    await write(fileOf(5), `${day(6)}T00:00:00Z`);
    const { opened, notices } = await run([]);
    expect(opened.checkpoint).toEqual({
      ranges: [
        { ...days(1), read: day(2) },
        { ...days(4), read: day(6) },
      ],
      first: day(1),
    });
    expect(notices).toEqual([]);
  });

  test('has no day that was written in the future, and none that is ahead', async () => {
    const { run, state, fileOf } = await outputOf();
    await writeLegacyState(state, days(9, 12));
    await write(fileOf(9), '2999-01-01T00:00:00Z');
    await write(fileOf(11), '2026-11-12T00:00:00Z');
    const { opened, notices } = await run([]);
    expect(opened.checkpoint.ranges).toEqual([]);
    expect(notices.map(({ code }) => code)).toEqual(['checkpoint-ahead']);
  });
});

describe('whether a directory has rows', () => {
  test.each([
    ['of a day that has', [days(1)], true],
    ['of a day that has none', [days(2)], false],
    ['of a day that was never asked for', [days(5)], false],
    ['of any of several', [days(5), days(2, 3)], true],
    ['without days, which it cannot say', [undefined], false],
  ])('%s', async (_what, asked, has) => {
    const { run, sinkOf } = await outputOf();
    await run([three]);
    const { sink } = sinkOf();
    await sink.open();
    expect(await sink.hasRows(asked)).toBe(has);
    await sink.close();
  });

  test('is not looked for in files that are known to have none', async () => {
    const { run, sinkOf } = await outputOf();
    await run([three]);
    const { sink } = sinkOf({ readRowDays: () => Promise.reject(new Failure('local', 'read')) });
    await sink.open();
    expect(await sink.hasRows([days(2)])).toBe(false);
    expect(await sink.hasRows([days(3)])).toBe(true);
    await sink.close();
  });
});

describe('processes that share a directory', () => {
  const part = (index: number) => ({
    part: { index, of: 2, has: (one: string) => Number(one.slice(-2)) % 2 === index },
  });

  test('have a state each, and read all of them as one', async () => {
    const { run, directory } = await outputOf();
    await run([windowOf(days(1), rowsOf(1, 'a'))], part(1));
    await run([windowOf(days(2), rowsOf(2, 'b'))], part(0));
    const hidden = Object.keys(await treeOf(directory)).filter((name) => name.startsWith('.'));
    expect(hidden.sort()).toEqual([0, 1].map((n) => `.events.scarf-cli.${n}-of-2.json`));
    for (const more of [part(0), part(1), {}])
      expect((await run([], more)).opened.checkpoint).toMatchObject({
        ranges: [{ ...days(1, 2), read: today }],
        first: day(1),
      });
  });

  test('write each its own days into its state', async () => {
    const { run, directory } = await outputOf();
    await run([windowOf(days(1, 4), rowsOf(1, 'a'), rowsOf(2, 'b'))]);
    await run([windowOf(days(6), rowsOf(6, 'c'))], part(0));
    const state = await readJson(join(directory, '.events.scarf-cli.0-of-2.json'));
    expect((state['files'] as { day: string }[]).map((file) => file.day)).toEqual([2, 4, 6].map(day));
    expect(state['checkpoint']).toMatchObject({
      ranges: [2, 4, 6].map((number) => ({ ...days(number), read: today })),
    });
  });

  test('are told of no change to a file that another of them has written since', async () => {
    const { run } = await outputOf();
    await run([three]);
    await run([windowOf(days(2), rowsOf(2, 'new'))], part(0));
    const { opened, notices } = await run([]);
    expect([opened.checkpoint.ranges, notices]).toEqual([[{ ...days(1, 3), read: today }], []]);
  });

  test('keep each other out, and the whole', async () => {
    const { sinkOf } = await outputOf();
    const { sink } = sinkOf(part(0));
    await sink.open();
    for (const more of [part(0), {}]) {
      const other = sinkOf(more).sink;
      await expect(other.open()).rejects.toMatchObject({ kind: 'locked' });
      await other.close();
    }
    const beside = sinkOf(part(1)).sink;
    await beside.open();
    await beside.close();
    await sink.close();
  });
});
