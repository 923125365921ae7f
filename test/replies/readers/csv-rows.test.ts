import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitCsvRow } from '../../../src/replies/readers/csv-cells.ts';
import { CsvRowReader } from '../../../src/replies/readers/csv-rows.ts';

interface Row {
  text: string;
  id: string | undefined;
  time: string | undefined;
  isBroken: boolean;
}

/** Reads a table in pieces of `size` bytes, as a download comes. */
function readInPieces(text: string, size: number): { rows: Row[]; rest: string; names: string[] } {
  const reader = new CsvRowReader({ encoding: 'csv', columns: [], idColumn: 'id', timeColumn: 'time' });
  const whole = Buffer.from(text);
  const rows: Row[] = [];
  let held: Buffer = Buffer.alloc(0);
  for (let at = 0; at < whole.length; at += size) {
    held = Buffer.concat([held, whole.subarray(at, at + size)]);
    const bytes = held;
    const cell = (from: number, to: number) => (from < 0 ? undefined : bytes.toString('utf8', from, to));
    const places = reader.scan(bytes, bytes.length);
    for (let row = 0; row < places.count; row++) {
      rows.push({
        text: bytes.toString('utf8', places.from[row], places.to[row]),
        id: cell(places.idFrom[row] ?? -1, places.idTo[row] ?? -1),
        time: cell(places.timeFrom[row] ?? -1, places.timeTo[row] ?? -1),
        isBroken: places.broken[row] === 1,
      });
    }
    held = held.subarray(places.consumed);
  }
  return { rows, rest: held.toString(), names: reader.columns().map(({ name }) => name) };
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', 'é', '東', ' '), maxLength: 8 });

describe('for any table, in pieces of any size', () => {
  const tables = fc.array(fc.tuple(cell, fc.uuid(), cell, fc.constant('2026-11-01'), cell), {
    maxLength: 20,
  });

  test('the rows are the bytes, and ids and times stand where they are told', () => {
    fc.assert(
      fc.property(
        tables,
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 64 }),
        (table, end, size) => {
          const header = `first,id,other,time,last${end}`;
          const lines = table.map((row) => row.map(quoted).join(',') + end);
          const { rows, rest } = readInPieces(header + lines.join(''), size);
          expect(rest).toBe('');
          expect(rows.map(({ text }) => text)).toEqual(lines);
          expect(rows.map(({ id }) => id)).toEqual(table.map((row) => row[1]));
          expect(rows.map(({ time }) => time)).toEqual(table.map((row) => row[3]));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('the cells are those that another reader finds', () => {
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), (cells) => {
        const line = `${cells.map(quoted).join(',')}\n`;
        if (line.trim() === '') return;
        expect(splitCsvRow(line)).toEqual(parse(line)[0]);
        expect(splitCsvRow(line)).toEqual(cells);
      }),
      { numRuns: 300 },
    );
  });
});

test('a row that has not ended is not told: the rest is what is cut', () => {
  expect(readInPieces('id,time\na,2026-11-01\nb,"2026', 7)).toMatchObject({
    rows: [{ id: 'a' }],
    rest: 'b,"2026',
  });
});

test('a byte order mark is no part of the first name; empty lines are no rows', () => {
  const { names, rows } = readInPieces('\ufeffid,time\r\n\r\na,2026-11-01\r\n\n', 100);
  expect(names).toEqual(['id', 'time']);
  expect(rows).toHaveLength(1);
});

test('a row that ends before its time is broken', () => {
  const { rows } = readInPieces('id,type,time\na\nb,x\nc,x,2026-11-01\n', 100);
  expect(rows.map(({ id, isBroken }) => [id, isBroken])).toEqual([
    ['a', true],
    ['b', true],
    ['c', false],
  ]);
});

test('more rows than there was room for are all told', () => {
  const ids = Array.from({ length: 10_000 }, (_, number) => `${number}`);
  const { rows } = readInPieces(`id,time\n${ids.map((id) => `${id},x\n`).join('')}`, 1_000_000);
  expect(rows.map(({ id }) => id)).toEqual(ids);
});
