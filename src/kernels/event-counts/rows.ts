/** Finds rows of a CSV table and the cells that are counted. */
import {
  CARRIAGE_RETURN,
  closingQuote,
  COMMA,
  endOfBareCell,
  LINE_FEED,
  QUOTE,
} from '../export-rows/cells.ts';
import { FIELDS, ID, ORIGIN, setCell } from './fields.ts';

/** Columns of a table. */
export const MAX_COLUMNS: u32 = 1024;
/** Longer ids and origins are not plain. */
const MAX_ID_BYTES: usize = 1000;

/** Per column: its field plus one; 0 for none. */
export const fieldOf: usize = memory.data(1024, 16);
/** Per pair of letters: whether a header row may begin with it. */
export const headerPrefixes: usize = memory.data(65_536, 16);
let columns: u32 = 0;

/** Sets the table of the next rows; the caller has filled `fieldOf` and `headerPrefixes`. */
export function describeTable(count: u32): void {
  columns = count;
  for (let field: u32 = 0; field < FIELDS; field++) setCell(field, 0, 0);
}

/** The address after an empty line at `at`, or 0 if the line is not empty. */
export function afterBlankLine(at: usize, last: usize): usize {
  const blank = at + (load<u8>(at) === CARRIAGE_RETURN ? 1 : 0);
  return blank < last && load<u8>(blank) === LINE_FEED ? blank + 1 : 0;
}

/** Whether the row at `at` may be a header. */
export function isLikeHeader(at: usize): bool {
  const text = load<u8>(at) === QUOTE ? at + 1 : at;
  return load<u8>(headerPrefixes + (bswap<u16>(load<u16>(text)) as usize)) !== 0;
}

/** Finds the cells of the row at `at`. Returns the address after it, or 0 if it is not plain. */
export function findCells(at: usize, last: usize): usize {
  for (let column: u32 = 0; ; column++) {
    const field = column < columns ? load<u8>(fieldOf + (column as usize)) : 0;
    const isQuoted = load<u8>(at) === QUOTE;
    const from = isQuoted ? at + 1 : at;
    const to = isQuoted ? closingQuote(from, last) : endOfBareCell(from);
    if (to >= last) return 0;
    if (field !== 0) {
      if (isQuoted && hasQuote(from, to)) return 0;
      if ((field - 1 === ID || field - 1 === ORIGIN) && to - from > MAX_ID_BYTES) return 0;
      setCell(field - 1, from, to);
    }
    at = isQuoted ? to + 1 : to;
    const byte = load<u8>(at);
    if (byte === COMMA) {
      at++;
      continue;
    }
    if (byte === CARRIAGE_RETURN) at++;
    if (at >= last || load<u8>(at) !== LINE_FEED) return 0;
    return column + 1 === columns ? at + 1 : 0;
  }
}

/** Whether the cell contains a (doubled) quote. */
function hasQuote(from: usize, to: usize): bool {
  for (let at = from; at < to; at += 16) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(0x22)));
    if (mask !== 0) return at + ctz(mask) < to;
  }
  return false;
}
