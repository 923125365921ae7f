/** Rejected rows of a window: verbatim under their header, each with a note, taken back with their request. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CsvRowReader } from '../../../src/replies/readers/csv-rows.ts';
import { RejectSpool } from '../../../src/replies/spool/reject-spool.ts';
import { readAll } from '../../encoders/encode.ts';

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'rejects-'))));
afterEach(() => rm(directory, { recursive: true }));

const columns = [
  { name: 'id', type: 'text' as const },
  { name: 'total', type: 'integer' as const },
];

function open(): RejectSpool {
  return new RejectSpool({ directory, named: true }, { name: 'window', encoding: 'csv' });
}

/** Reads a table, and keeps of it what is broken. */
async function keep(spool: RejectSpool, text: string): Promise<void> {
  const check = { types: true, columns: undefined };
  const reader = new CsvRowReader({ encoding: 'csv', columns, idColumn: 'id', check });
  const bytes = Buffer.from(text);
  await spool.keep(bytes, reader.scan(bytes, bytes.length), reader);
}

async function finished(spool: RejectSpool): Promise<{ rows: string; notes: unknown[] }[]> {
  const texts = [];
  for (const { rows, notes } of await spool.finish()) {
    const lines = (await readAll(notes.read(notes.headerBytes))).toString().trim().split('\n');
    const told = lines.map((line) => {
      const { id, column, reason, source } = JSON.parse(line) as Record<string, unknown>;
      return [id, column, reason, source];
    });
    texts.push({ rows: (await readAll(rows.read(0))).toString(), notes: told });
  }
  return texts;
}

test('has the rows that are broken, in order, and no others', async () => {
  const spool = open();
  await keep(spool, 'id,total\na,many\nb,1\n"c\n",2,3\nd\n');
  expect(await finished(spool)).toEqual([
    {
      rows: 'id,total\na,many\n"c\n",2,3\nd\n',
      notes: [
        ['a', 'total', 'not-of-type', 'local'],
        ['c\n', null, 'cell-count', 'local'],
        ['d', null, 'cell-count', 'local'],
      ],
    },
  ]);
  await spool.discard();
  expect(await readdir(directory)).toEqual([]);
});

test('has no files while all rows are good', async () => {
  const spool = open();
  await keep(spool, 'id,total\na,1\n');
  expect(await finished(spool)).toEqual([]);
  expect(await readdir(directory)).toEqual([]);
});

test('has rows of another header apart, each with the notes of its own; a row without an id says so', async () => {
  const spool = open();
  await keep(spool, 'id,total\na,many\n');
  await keep(spool, 'total,x\nfew,\n');
  expect(await finished(spool)).toEqual([
    { rows: 'id,total\na,many\n', notes: [['a', 'total', 'not-of-type', 'local']] },
    { rows: 'total,x\nfew,\n', notes: [[null, 'total', 'not-of-type', 'local']] },
  ]);
  await spool.discard();
});

test('that was cut back has what it had, and tables without rows are none', async () => {
  const spool = open();
  const none = spool.mark();
  await keep(spool, 'id,total\na,many\n');
  const some = spool.mark();
  await keep(spool, 'id,total\nb,few\n');
  await spool.cutTo(some);
  expect(await finished(spool)).toMatchObject([{ rows: 'id,total\na,many\n', notes: [{ length: 4 }] }]);
  await spool.cutTo(none);
  expect(await spool.finish()).toEqual([]);
  await spool.discard();
});
