/** Rows of a window on disk: partitions under their headers, cut back, read while they grow. */
import { mkdtemp, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Partition } from '../../../src/contracts/window.ts';
import { WindowSpool, type SpoolOptions } from '../../../src/replies/spool/window-spool.ts';

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'spool-'))));
afterEach(() => rm(directory, { recursive: true }));

const header = Buffer.from('a,b\n');
const otherHeader = Buffer.from('a,c\n');
const columnsOf = (names: string) => names.split(',').map((name) => ({ name, type: 'text' as const }));

const open = (options: Partial<SpoolOptions> = {}) =>
  new WindowSpool({
    ...{ location: { directory, named: true }, name: 'window', days: [], encoding: 'csv' },
    ...options,
  });

/** Appends whole rows to a partition. */
async function put(spool: WindowSpool, number: number, ...rows: string[]): Promise<void> {
  const bytes = Buffer.from(rows.join(''));
  await spool.append(number, bytes, { spans: [{ from: 0, to: bytes.length }], rows: rows.length });
}

async function textOf(partition: Pick<Partition, 'read'>, from = 0, to?: number): Promise<string> {
  const pieces = [];
  for await (const piece of partition.read(from, to)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** `day, columns: text` of each partition, in order. */
async function finished(spool: WindowSpool): Promise<string[]> {
  await spool.settle();
  const texts = [];
  for (const one of spool.finish()) {
    const names = one.columns.map(({ name }) => name).join();
    texts.push(`${one.day ?? '-'}, ${names}: ${JSON.stringify(await textOf(one))} ${one.rows}`);
  }
  return texts;
}

describe('a window on disk', () => {
  test('has a file for each day, rows or none', async () => {
    const spool = open({ days: ['1st', '2nd', '3rd'] });
    await spool.beginTable(header, columnsOf('a,b'));
    await put(spool, 1, '1,2\n', '3,4\n');
    expect(await finished(spool)).toEqual([
      '1st, a,b: "a,b\\n" 0',
      '2nd, a,b: "a,b\\n1,2\\n3,4\\n" 2',
      '3rd, a,b: "a,b\\n" 0',
    ]);
    await spool.discard();
  });

  test('has one file where it is not split, with the spans that were named only', async () => {
    const spool = open();
    await spool.beginTable(header, columnsOf('a,b'));
    const spans = [
      { from: 1, to: 3 },
      { from: 3, to: 3 },
      { from: 4, to: 6 },
    ];
    await spool.append(0, Buffer.from('-1\n-2\n-'), { spans, rows: 2 });
    expect(await finished(spool)).toEqual(['-, a,b: "a,b\\n1\\n2\\n" 2']);
    await spool.discard();
  });

  test('has rows of another header in files of their own, by day, and none without rows', async () => {
    const spool = open({ days: ['1st', '2nd'] });
    await spool.beginTable(header, columnsOf('a,b'));
    await put(spool, 0, '1,2\n');
    await spool.beginTable(otherHeader, columnsOf('a,c'));
    await put(spool, 0, '5,6\n');
    await spool.beginTable(Buffer.from('x\n'), columnsOf('x'));
    await spool.beginTable(header, columnsOf('a,b'));
    await put(spool, 1, '3,4\n');
    expect(await finished(spool)).toEqual([
      '1st, a,b: "a,b\\n1,2\\n" 1',
      '1st, a,c: "a,c\\n5,6\\n" 1',
      '2nd, a,b: "a,b\\n3,4\\n" 1',
    ]);
    await spool.discard();
  });

  test('has the columns that came last under a header', async () => {
    const spool = open();
    await spool.beginTable(header, columnsOf('a'));
    await spool.beginTable(header, columnsOf('a,b'));
    expect(await finished(spool)).toEqual(['-, a,b: "a,b\\n" 0']);
    await spool.discard();
  });

  test('takes no rows before a header', async () => {
    await expect(put(open(), 0, '1,2\n')).rejects.toThrow('a table begins before its rows');
  });

  test('takes more buffers at once than one system call does', async () => {
    const spool = open();
    await spool.beginTable(header, columnsOf('a,b'));
    const rows = 2_500;
    const bytes = Buffer.from('1\n-'.repeat(rows));
    const spans = Array.from({ length: rows }, (_, row) => ({ from: row * 3, to: row * 3 + 2 }));
    await spool.append(0, bytes, { spans, rows });
    expect(await finished(spool)).toEqual([
      `-, a,b: ${JSON.stringify(`a,b\n${'1\n'.repeat(rows)}`)} ${rows}`,
    ]);
    await spool.discard();
  });
});

describe('the files of a window', () => {
  test('lie in a directory of its own, for nobody else, and go with it', async () => {
    const spool = open();
    await spool.beginTable(header, columnsOf('a,b'));
    await put(spool, 0, '1,2\n');
    const [partition] = spool.finish();
    expect(await readdir(directory)).toEqual(['window']);
    expect((await stat(join(directory, 'window'))).mode & 0o777).toBe(0o700);
    expect(await readFile(partition?.path ?? '', 'utf8')).toBe('a,b\n1,2\n');
    expect(partition).toMatchObject({ bytes: 8, headerBytes: 4, rows: 1, encoding: 'csv' });
    await spool.discard();
    expect(await readdir(directory)).toEqual([]);
  });

  test('without a name are found by nobody, and read all the same', async () => {
    const spool = open({ location: { directory, named: false } });
    await spool.beginTable(header, columnsOf('a,b'));
    await put(spool, 0, '1,2\n');
    expect(await readdir(directory)).toEqual([]);
    const [partition] = spool.finish();
    expect(partition?.path).toBeUndefined();
    expect(await textOf(partition as Partition)).toBe('a,b\n1,2\n');
    await spool.discard();
  });

  test('are read from any byte to any other', async () => {
    const spool = open();
    await spool.beginTable(header, columnsOf('a,b'));
    const row = `${'x'.repeat(700_000)},1\n`;
    await put(spool, 0, row, row, row, row);
    const [partition] = spool.finish();
    expect(await textOf(partition as Partition, 4)).toBe(row.repeat(4));
    expect(await textOf(partition as Partition, 4, 14)).toBe('x'.repeat(10));
    expect(await textOf(partition as Partition, 9, 9)).toBe('');
    await spool.discard();
  });

  test('that somebody cuts are no answer', async () => {
    const spool = open();
    await spool.beginTable(header, columnsOf('a,b'));
    await put(spool, 0, '1,2\n');
    const [partition] = spool.finish();
    await truncate(partition?.path ?? '', 5);
    await expect(textOf(partition as Partition)).rejects.toMatchObject({ kind: 'local' });
    await spool.discard();
  });
});

describe('a window that is cut back', () => {
  test('has the rows that it had at the mark, and takes others behind them', async () => {
    const spool = open({ days: ['1st', '2nd'] });
    await spool.beginTable(header, columnsOf('a,b'));
    await put(spool, 0, '1,2\n');
    const mark = spool.mark();
    await put(spool, 0, '3,4\n', '5,6\n');
    await put(spool, 1, '7,8\n');
    await spool.beginTable(otherHeader, columnsOf('a,c'));
    await put(spool, 1, '9,9\n');
    await spool.cutTo(mark);
    await expect(put(spool, 0, 'x')).rejects.toThrow('a table begins before its rows');
    await spool.beginTable(header, columnsOf('a,b'));
    await put(spool, 0, '0,0\n');
    expect(await finished(spool)).toEqual(['1st, a,b: "a,b\\n1,2\\n0,0\\n" 2', '2nd, a,b: "a,b\\n" 0']);
    await spool.discard();
  });

  test('to before its first header has nothing', async () => {
    const spool = open();
    const mark = spool.mark();
    await spool.beginTable(header, columnsOf('a,b'));
    await put(spool, 0, '1,2\n');
    await spool.cutTo(mark);
    expect(await finished(spool)).toEqual([]);
    await spool.beginTable(header, columnsOf('a,b'));
    await put(spool, 0, '3,4\n');
    expect(await finished(spool)).toEqual(['-, a,b: "a,b\\n3,4\\n" 1']);
    await spool.discard();
  });

  test('leaves no row in a file that was made behind the mark', async () => {
    const spool = open({ days: ['1st', '2nd'] });
    await spool.beginTable(header, columnsOf('a,b'));
    await spool.beginTable(otherHeader, columnsOf('a,c'));
    await put(spool, 0, '1,2\n');
    const mark = spool.mark();
    await put(spool, 1, '3,4\n');
    await spool.cutTo(mark);
    expect(await finished(spool)).toEqual([
      '1st, a,b: "a,b\\n" 0',
      '1st, a,c: "a,c\\n1,2\\n" 1',
      '2nd, a,b: "a,b\\n" 0',
    ]);
    await spool.discard();
  });
});

describe('the first partition', () => {
  test('is read while it grows, to its end', async () => {
    const spool = open();
    await spool.beginTable(header, columnsOf('a,b'));
    const growing = await spool.first;
    await put(spool, 0, '1,2\n');
    expect(await growing?.next()).toEqual({ kind: 'rows', from: 0, to: 8 });
    await put(spool, 0, '3,4\n');
    expect(await growing?.next()).toEqual({ kind: 'rows', from: 8, to: 12 });
    expect(await textOf(growing?.partition as Partition, 8, 12)).toBe('3,4\n');
    spool.finish();
    expect(await growing?.next()).toEqual({ kind: 'whole' });
    await spool.discard();
  });

  test('is withdrawn where rows that were told of are cut off, or the window is given up', async () => {
    const spool = open();
    await spool.beginTable(header, columnsOf('a,b'));
    const growing = await spool.first;
    const mark = spool.mark();
    await put(spool, 0, '1,2\n');
    await growing?.next();
    await spool.cutTo(mark);
    expect(await growing?.next()).toEqual({ kind: 'withdrawn' });
    await spool.discard();

    const other = open({ name: 'other' });
    await other.beginTable(header, columnsOf('a,b'));
    const given = await other.first;
    await other.discard();
    expect(await given?.next()).toEqual({ kind: 'withdrawn' });
  });

  test('is nothing where no table came', async () => {
    const spool = open();
    expect(spool.finish()).toEqual([]);
    expect(await spool.first).toBeUndefined();
    await spool.discard();
    const other = open();
    await other.discard();
    expect(await other.first).toBeUndefined();
  });
});
