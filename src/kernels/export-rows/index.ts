/**
 * Finds plain rows of a CSV table with their ids and times, many at a time, and stops at the first row that is not plain.
 * `replies/readers/csv-rows.ts` is the reference and reads all remaining rows. AssemblyScript, compiled to WebAssembly.
 */
import { CARRIAGE_RETURN, closingQuote, COMMA, endOfBareCell, LINE_FEED, QUOTE } from './cells.ts';
import { readDay, UNREAD } from './days.ts';
import { readUuid } from './ids.ts';
import { isOfType } from './types.ts';

/** Reads may go this far beyond their range. */
const SLACK: usize = 64;
/** Rows of one call. */
export const MAX_ROWS: u32 = 8192;
/** Columns of a table. */
export const MAX_COLUMNS: u32 = 1024;

/** Address of the input; result of the last call: number of rows, and the address after them. */
export let input: usize = 0;
export let rows: u32 = 0;
export let end: usize = 0;

/**
 * Per row: start and end of the row, of its id and of its time, as offsets in the input (i32, -1 for none); the day of its
 * time (i32, -1 if not read); whether the id is a UUID (u8), and the four words of that.
 */
export const from: usize = memory.data(32_768, 16);
export const to: usize = memory.data(32_768, 16);
export const idFrom: usize = memory.data(32_768, 16);
export const idTo: usize = memory.data(32_768, 16);
export const timeFrom: usize = memory.data(32_768, 16);
export const timeTo: usize = memory.data(32_768, 16);
export const day: usize = memory.data(32_768, 16);
export const isUuid: usize = memory.data(8192, 16);
export const words: usize = memory.data(131_072, 16);

/** The type of each column (u8); 0: any; 5 and above: a type whose cells are never plain. */
export const types: usize = memory.data(1024, 16);
let idColumn: i32 = -1;
let timeColumn: i32 = -1;
/** The number of columns of a row, and whether it may have more. */
let columns: i32 = 0;
let mayHaveMore: bool = false;

/** Must be called once, first. */
export function reserve(bytes: usize): void {
  input = heap.alloc(bytes + SLACK);
}

/** Sets the table that the next calls read; the caller has filled `types`. */
export function describe(id: i32, time: i32, count: i32, more: bool): void {
  idColumn = id;
  timeColumn = time;
  columns = count;
  mayHaveMore = more;
}

/** Finds rows in the first `length` bytes of the input, skipping the first `skipped`. */
export function find(skipped: usize, length: usize): void {
  rows = 0;
  end = input + skipped;
  const last = input + length;
  // Sentinel: ends every search for the end of a cell.
  store<u8>(last, LINE_FEED);
  while (rows < MAX_ROWS && end < last) {
    const byte = load<u8>(end);
    const blank = end + (byte === CARRIAGE_RETURN ? 1 : 0);
    if (blank < last && load<u8>(blank) === LINE_FEED) {
      end = blank + 1;
      continue;
    }
    const next = afterRow(end, last);
    if (next === 0) return;
    note(next);
    end = next;
  }
}

/** Cells of the current row, 0 for none. */
let idAt: usize = 0;
let idEnd: usize = 0;
let timeAt: usize = 0;
let timeEnd: usize = 0;

/** The address after the row that begins at `at`, or 0 if it is not plain. */
function afterRow(at: usize, last: usize): usize {
  idAt = timeAt = 0;
  for (let column = 0; ; column++) {
    const isQuoted = load<u8>(at) === QUOTE;
    const cell = isQuoted ? at + 1 : at;
    const cellEnd = isQuoted ? closingQuote(cell, last) : endOfBareCell(cell);
    if (cellEnd >= last) return 0;
    if (column === idColumn) {
      idAt = cell;
      idEnd = cellEnd;
    }
    if (column === timeColumn) {
      timeAt = cell;
      timeEnd = cellEnd;
    }
    if (column < columns) {
      const type = load<u8>(types + column);
      if (type !== 0 && !isOfType(type, cell, cellEnd)) return 0;
    }
    at = isQuoted ? cellEnd + 1 : cellEnd;
    const byte = load<u8>(at);
    if (byte === COMMA) {
      at++;
      continue;
    }
    if (byte === CARRIAGE_RETURN) at++;
    if (at >= last || load<u8>(at) !== LINE_FEED) return 0;
    const isWhole = column + 1 === columns || (mayHaveMore && column + 1 > columns);
    return isWhole ? at + 1 : 0;
  }
}

function note(next: usize): void {
  const at = (rows as usize) << 2;
  store<i32>(from + at, (end - input) as i32);
  store<i32>(to + at, (next - input) as i32);
  store<i32>(idFrom + at, idAt === 0 ? -1 : ((idAt - input) as i32));
  store<i32>(idTo + at, idAt === 0 ? -1 : ((idEnd - input) as i32));
  store<i32>(timeFrom + at, timeAt === 0 ? -1 : ((timeAt - input) as i32));
  store<i32>(timeTo + at, timeAt === 0 ? -1 : ((timeEnd - input) as i32));
  store<i32>(day + at, timeAt === 0 ? UNREAD : readDay(timeAt, timeEnd));
  store<u8>(isUuid + rows, (idAt !== 0 && readUuid(idAt, idEnd, words + (at << 2))) as u8);
  rows++;
}
