/** One file that is replaced at the end, and what its state proves the next time. */
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PulledWindow } from '../../../src/contracts/window.ts';
import { Failure } from '../../../src/failure.ts';
import { diskPlace } from '../../../src/sinks/file/places/disk.ts';
import { FileSink } from '../../../src/sinks/file/single-file.ts';
import { partitionOf } from '../../encoders/encode.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { day, days, optionsOf, readJson, rowsOf, runOf, today, treeOf, windowOf } from './scene.ts';
import { writeLegacyState, type Overrides } from './scene.ts';

/** Runs over `events.csv` in a directory of the test. */
async function outputOf() {
  const directory = await temporaryDirectory();
  const path = join(directory, 'events.csv');
  const sinkOf = (more: Overrides = {}) => {
    const { options, notices } = optionsOf(path, more);
    return { sink: new FileSink(options), notices };
  };
  const run = async (windows: PulledWindow[], more: Overrides = {}) => {
    const { sink, notices } = sinkOf(more);
    return { ...(await runOf(sink, ...windows)), notices };
  };
  return { directory, path, state: join(directory, '.events.csv.scarf-cli.json'), sinkOf, run };
}

const first = windowOf(days(1, 2), rowsOf(1, 'a'), rowsOf(2, 'b', 'c'));
const second = windowOf(days(3), rowsOf(3, 'd'));

describe('a file', () => {
  test('has the rows of all windows under one header, and is told with them', async () => {
    const { run, path, directory } = await outputOf();
    const { committed, finished } = await run([first, second], { incremental: undefined, digest: true });
    const text = `id,time\na,${day(1)}\nb,${day(2)}\nc,${day(2)}\nd,${day(3)}\n`;
    expect(await treeOf(directory)).toEqual({ 'events.csv': text });
    expect(committed).toEqual([
      { files: [], written: 3, known: 0, rejected: 0 },
      { files: [], written: 1, known: 0, rejected: 0 },
    ]);
    const sha256 = createHash('sha256').update(text).digest('hex');
    const columns = ['id', 'time'];
    expect(finished).toEqual([{ path, rows: 4, bytes: text.length, columns, sha256 }]);
  });

  test('stays what it was until the end, and when there is none', async () => {
    const { sinkOf, path, directory } = await outputOf();
    await writeFile(path, 'old\n');
    const { sink } = sinkOf({ incremental: undefined });
    await sink.open();
    await sink.commit(first);
    expect(await readFile(path, 'utf8')).toBe('old\n');
    await sink.close();
    expect(await treeOf(directory)).toEqual({ 'events.csv': 'old\n' });
  });

  test('without rows has the published columns', async () => {
    const { run, directory } = await outputOf();
    await run([], { incremental: undefined });
    expect(await treeOf(directory)).toEqual({ 'events.csv': 'id\r\n' });
  });

  test('counts rows that are no rows', async () => {
    const { run } = await outputOf();
    const torn = partitionOf('csv', 'time,id\nx\nx,a\n', ['time', 'id']);
    const { committed } = await run([windowOf(days(1), rowsOf(1, 'a')), windowOf(days(2), torn)]);
    expect(committed.map(({ written, rejected }) => [written, rejected])).toEqual([
      [1, 0],
      [1, 1],
    ]);
  });

  test('takes a spooled file that is what it would write, rather than copy it', async () => {
    const { run, directory, path } = await outputOf();
    const spooled = join(directory, 'spooled');
    await writeFile(spooled, `id,time\na,${day(1)}\n`);
    const partition = { ...rowsOf(1, 'a'), path: spooled };
    await run([windowOf(days(1), partition), second], { incremental: undefined });
    expect(await treeOf(directory)).toEqual({ 'events.csv': `id,time\na,${day(1)}\nd,${day(3)}\n` });
    await writeFile(spooled, `id,time\na,${day(1)}\n`);
    await run([second, windowOf(days(1), partition)], { incremental: undefined });
    expect(await readFile(path, 'utf8')).toBe(`id,time\nd,${day(3)}\na,${day(1)}\n`);
    expect(await readFile(spooled, 'utf8')).toContain('a,');
  });

  test.each([
    ['is dropped', false, `id,time\na,${day(1)}\nb,\n`, []],
    ['is added where that is wanted, and told', true, `id,time,new\na,${day(1)},\nb,,x\n`, [['new']]],
  ])('a column that later rows have %s', async (_what, evolve, text, told) => {
    const { run, path } = await outputOf();
    const wider = partitionOf('csv', 'new,id\nx,b\n', ['new', 'id']);
    const windows = [windowOf(days(1), rowsOf(1, 'a')), windowOf(days(2), wider)];
    const { finished, notices } = await run(windows, { evolve });
    expect(await readFile(path, 'utf8')).toBe(text);
    expect(notices.map(({ columns }) => columns)).toEqual(told);
    expect(finished[0]).toMatchObject({ rows: 2, bytes: text.length });
  });

  test('is written by one run at a time', async () => {
    const { sinkOf } = await outputOf();
    const { sink } = sinkOf();
    await sink.open();
    const other = sinkOf().sink;
    await expect(other.open()).rejects.toMatchObject({ kind: 'locked' });
    await other.close();
    await sink.close();
    const next = sinkOf().sink;
    await next.open();
    await next.close();
  });

  test('leaves the parts of runs that were killed to nobody, and other files alone', async () => {
    const { run, directory } = await outputOf();
    const own = ['.events.csv.scarf-cli-parts', '.events.csv.scarf-cli-parts-aB3xyz'];
    const others = ['.events.csv.scarf-cli-parts-toolong', '.events.csv.scarf-cli-partsx'];
    for (const name of [...own, ...others]) {
      await mkdir(join(directory, name));
      await writeFile(join(directory, name, 'part'), 'x');
    }
    await writeFile(join(directory, '.events.csv.scarf-cli-parts-abcdef'), 'a file');
    await run([], { incremental: undefined });
    expect(Object.keys(await treeOf(directory)).sort()).toEqual([
      '.events.csv.scarf-cli-parts-abcdef',
      ...others.map((name) => `${name}/part`),
      'events.csv',
    ]);
  });
});

describe('a file that is continued', () => {
  test('has the days that were read, and when', async () => {
    const { run } = await outputOf();
    await run([first]);
    const { opened } = await run([]);
    const checkpoint = { ranges: [{ ...days(1, 2), read: today }], first: day(1), columns: ['id', 'time'] };
    expect(opened).toEqual({ checkpoint, lost: [], keepsRows: true });
  });

  test('is nothing yet', async () => {
    const { run, notices } = { ...(await outputOf()), notices: [] };
    const { opened } = await run([]);
    expect(opened).toEqual({ checkpoint: { ranges: [], first: undefined }, lost: [], keepsRows: false });
    expect(notices).toEqual([]);
  });

  test('that is gone begins again, where it had begun', async () => {
    const { run, path } = await outputOf();
    await run([first]);
    await rm(path);
    const { opened, notices } = await run([]);
    expect(opened).toMatchObject({ checkpoint: { ranges: [], first: day(1) }, lost: [], keepsRows: false });
    expect(notices).toEqual([]);
  });

  test('that somebody changed proves nothing: days that are over are fetched again', async () => {
    const { run, path } = await outputOf();
    await run([windowOf(days(1, 2), rowsOf(1, 'a')), windowOf(days(5), rowsOf(5, 'e'))]);
    await appendFile(path, 'x');
    const { opened, notices } = await run([]);
    expect(opened).toMatchObject({ lost: [days(1, 2), days(5)], keepsRows: false });
    expect(opened.checkpoint).toMatchObject({ ranges: [], first: day(1) });
    expect(notices.map(({ code }) => code)).toEqual(['output-changed']);
  });

  test('that somebody changed has lost no day that is not over', async () => {
    const { run, path } = await outputOf();
    await run([windowOf(days(9, 11), rowsOf(9, 'a'))], { clock: { today: day(12), lagDays: 0 } });
    await appendFile(path, 'x');
    const { opened } = await run([]);
    expect(opened.lost).toEqual([days(9)]);
  });

  test('of another export is refused', async () => {
    const { run } = await outputOf();
    await run([first]);
    const other = { incremental: { identity: { source: 'there' } } };
    await expect(run([], other)).rejects.toMatchObject({ kind: 'usage' });
    await run([], { incremental: undefined });
    expect((await run([], other)).opened.keepsRows).toBe(true);
  });

  test('whose state was written and that did not appear is what it was before', async () => {
    const { run, path } = await outputOf();
    await run([first]);
    const place = { ...diskPlace, publish: () => Promise.reject(new Failure('local', 'no')) };
    const before = await readFile(path, 'utf8');
    await expect(run([first, second], { place })).rejects.toMatchObject({ kind: 'local' });
    expect(await readFile(path, 'utf8')).toBe(before);
    const { opened, notices } = await run([]);
    expect(opened.checkpoint.ranges).toEqual([{ ...days(1, 2), read: today }]);
    expect([opened.keepsRows, notices]).toEqual([true, []]);
  });

  test('that is as long as before has the days of both states only', async () => {
    const { run } = await outputOf();
    await run([windowOf(days(1, 2), rowsOf(1, 'a'))]);
    const place = { ...diskPlace, publish: () => Promise.reject(new Failure('local', 'no')) };
    const same = windowOf(days(2, 3), rowsOf(3, 'b'));
    await expect(run([same], { place })).rejects.toMatchObject({ kind: 'local' });
    const { opened } = await run([]);
    expect(opened.checkpoint).toMatchObject({ ranges: [{ ...days(1, 2), read: today }], first: day(1) });
  });

  test('by a clock that was ahead loses the days that are not over, once and for all', async () => {
    const { run, state } = await outputOf();
    await run([windowOf(days(1, 2), rowsOf(1, 'a'))]);
    await run([windowOf(days(11), rowsOf(11, 'x'))], { clock: { today: day(20), lagDays: 0 } });
    expect((await run([])).notices.map(({ code }) => code)).toEqual(['checkpoint-ahead']);
    expect((await run([])).notices).toEqual([]);
    expect((await readJson(state))['checkpoint']).toMatchObject({ ranges: [{ ...days(1, 2) }] });
  });

  test('has the days that it was opened with until it is finished', async () => {
    const { sinkOf, run } = await outputOf();
    await run([first]);
    const { sink } = sinkOf();
    await sink.open();
    await sink.commit(second);
    expect(sink.checkpoint().ranges).toEqual([{ ...days(1, 2), read: today }]);
    await sink.finish();
    expect(sink.checkpoint().ranges).toEqual([{ ...days(1, 3), read: today }]);
    await sink.close();
  });
});

describe('a file without a state of its own', () => {
  test.each([
    ['has rows: they stay, and no day is known', `id,time\na,${day(3)}\n`, day(3), true],
    ['is empty: it is replaced', '', undefined, false],
  ])('%s', async (_what, text, begins, keepsRows) => {
    const { run, path } = await outputOf();
    await writeFile(path, text);
    const { opened } = await run([]);
    expect(opened).toEqual({ checkpoint: { ranges: [], first: begins }, lost: [], keepsRows });
  });

  test.each([
    ['that is over has the days with rows', days(1, 5), []],
    ['that is not is doubted', days(1, 10), ['checkpoint-ahead']],
  ])('but one of version 0.1 %s', async (_what, span, codes) => {
    const { run, path, state } = await outputOf();
    await writeFile(path, `id,time\na,${day(2)}\nb,${day(3)}\nc,${day(4)}\n`);
    await writeLegacyState(state, span);
    const { opened, notices } = await run([]);
    const to = codes.length === 0 ? 4 : 3;
    expect(opened.checkpoint).toMatchObject({ ranges: [{ ...days(2, to) }], first: day(1) });
    expect([opened.keepsRows, notices.map(({ code }) => code)]).toEqual([true, codes]);
  });
});

describe('whether a file has rows', () => {
  const text = `id,time\na,${day(3)}\nb,${day(5)}\n`;

  test.each([
    ['of a day that has', text, [days(5)], true],
    ['of a range that has', text, [days(1, 2), days(4, 6)], true],
    ['of a day that has none', text, [days(4)], false],
    ['at all', text, [undefined], true],
    ['of anything, without rows', 'id,time\n', [undefined], false],
    ['of anything, empty', '', [undefined], false],
    ['of anything, where there is none', undefined, [undefined], false],
  ])('%s', async (_what, content, asked, has) => {
    const { sinkOf, path } = await outputOf();
    if (content !== undefined) await writeFile(path, content);
    const { sink } = sinkOf({ incremental: undefined });
    await sink.open();
    expect(await sink.hasRows(asked)).toBe(has);
    await sink.close();
  });

  test('is yes where it cannot be read', async () => {
    const { sinkOf, path } = await outputOf();
    await writeFile(path, 'x');
    const readRowDays = () => Promise.reject(new Failure('local', 'damaged'));
    const { sink } = sinkOf({ incremental: undefined, readRowDays });
    await sink.open();
    expect(await sink.hasRows([days(1)])).toBe(true);
    await sink.close();
  });
});
