/** Everything that a reader of CSV says of rows, as values that can be compared. */
import assert from 'node:assert/strict';
import { readDayNumber } from '../../../src/replies/dedupe/row-day.ts';
import { readId } from '../../../src/replies/dedupe/id-words.ts';
import type { CsvRowReader } from '../../../src/replies/readers/csv-rows.ts';

type Rows = ReturnType<CsvRowReader['scan']>;

export interface Told {
  /** A value a row. */
  told: unknown[];
  /** How many bytes at the end are no whole row. */
  rest: number;
  /** Of how many rows the reader knew the day or that the id is a UUID. */
  known: number;
}

/**
 * Gives a reader the bytes in pieces of a size, which are read into the same buffer each time. Throws when a day or an id
 * that it knows is not that of the row.
 */
export function readAll(bytes: Buffer, reader: CsvRowReader, size: number): Told {
  const slab = Buffer.alloc(bytes.length + size);
  const told: unknown[] = [];
  let held = 0;
  let known = 0;
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    piece.copy(slab, held);
    held += piece.length;
    const rows = reader.scan(slab, held);
    for (let row = 0; row < rows.count; row++) {
      const cell = (from = -1, to = -1) => (from < 0 ? undefined : slab.toString('latin1', from, to));
      told.push({
        text: cell(rows.from[row], rows.to[row]),
        ...(rows.broken[row] === 1
          ? { problem: reader.problem(row) }
          : { id: cell(rows.idFrom[row], rows.idTo[row]), time: cell(rows.timeFrom[row], rows.timeTo[row]) }),
      });
      if (isTrue(slab, rows, row)) known++;
    }
    slab.copy(slab, 0, rows.consumed, held);
    held -= rows.consumed;
  }
  return { told, rest: held, known };
}

/** Whether the reader knows the day or the id of a row, which are then those that are read from it. */
function isTrue(bytes: Buffer, rows: Rows, row: number): boolean {
  const [from, to] = [rows.timeFrom[row] ?? -1, rows.timeTo[row] ?? -1];
  const knowsDay = (rows.day[row] ?? -1) >= 0;
  if (knowsDay) assert.equal(rows.day[row], readDayNumber(bytes, from, to));
  if (rows.isUuid[row] !== 1) return knowsDay;
  const words = new Uint32Array(4);
  readId(bytes, { from: rows.idFrom[row] ?? -1, to: rows.idTo[row] ?? -1 }, words, 0);
  assert.deepEqual([...rows.idWords.subarray(4 * row, 4 * row + 4)], [...words]);
  return true;
}
