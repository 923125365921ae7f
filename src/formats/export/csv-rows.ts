/** Finds the rows of a CSV table in its bytes (RFC 4180), without making strings of them. */
import type { Column, RowPlaces, RowReader, RowReaderOptions } from '../../contracts-export.ts';
import { decodeCsvRow } from './csv-cells.ts';
import { RowPlaceList } from './row-places.ts';

const comma = 0x2c;
const fourCommas = 0x2c2c2c2c;
const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = '\ufeff';

/** Reads rows by the names in the header row. A line that is empty is no row. */
export class CsvRowReader implements RowReader {
  readonly #options: RowReaderOptions;
  readonly #rows = new RowPlaceList();
  #columns: readonly Column[] = [];
  #header: Uint8Array = new Uint8Array(0);
  #idIndex = -1;
  #timeIndex = -1;
  /** The next quote in the bytes at hand, so that rows without one are found by their line end alone. */
  #nextQuote = -1;

  constructor(options: RowReaderOptions) {
    this.#options = options;
  }

  columns(): readonly Column[] {
    return this.#columns;
  }

  header(): Uint8Array {
    return this.#header;
  }

  scan(bytes: Buffer, length: number): RowPlaces {
    const rows = this.#rows;
    rows.clear();
    this.#nextQuote = -1;
    const text: Text = { bytes, words: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
    for (let at = 0; at < length;) {
      const end = this.#findLineEnd(bytes, at, length);
      if (end < 0) break;
      if (this.#header.length === 0) this.#readHeader(bytes.subarray(at, end + 1));
      else if (!isBlank(bytes, at, end)) this.#locate(text, rows.add(at, end + 1), end);
      at = rows.consumed = end + 1;
    }
    return rows;
  }

  /**
   * The line feed that ends the row at `at`; -1 when it is not among the bytes. Hops from quote to quote:
   * a line feed between an odd one and the next stands inside a cell.
   */
  #findLineEnd(bytes: Buffer, at: number, length: number): number {
    let lineEnd = bytes.indexOf(lineFeed, at);
    let open = this.#nextQuote < at ? indexFrom(bytes, quote, at) : this.#nextQuote;
    while (lineEnd >= 0 && open < lineEnd) {
      const close = indexFrom(bytes, quote, open + 1);
      if (close > lineEnd) lineEnd = bytes.indexOf(lineFeed, close);
      open = indexFrom(bytes, quote, close + 1);
    }
    this.#nextQuote = open;
    return lineEnd < length ? lineEnd : -1;
  }

  /** Walks the cells up to the last one that is wanted. */
  #locate(text: Text, row: number, lineEnd: number): void {
    const { bytes } = text;
    const rows = this.#rows;
    const from = rows.from[row] as number;
    const end = lineEnd > from && bytes[lineEnd - 1] === carriageReturn ? lineEnd - 1 : lineEnd;
    const last = Math.max(this.#idIndex, this.#timeIndex);
    let at = from;
    for (let index = 0; index <= last; index++) {
      const quoted = at < end && bytes[at] === quote;
      const cellFrom = quoted ? at + 1 : at;
      const cellTo = quoted ? closingQuote(bytes, cellFrom, end) : nextComma(text, at, end);
      if (index === this.#idIndex) {
        rows.idFrom[row] = cellFrom;
        rows.idTo[row] = cellTo;
      }
      if (index === this.#timeIndex) {
        rows.timeFrom[row] = cellFrom;
        rows.timeTo[row] = cellTo;
      }
      const after = quoted ? nextComma(text, cellTo, end) : cellTo;
      if (after >= end && index < last) {
        rows.broken[row] = 1;
        return;
      }
      at = after + 1;
    }
  }

  #readHeader(line: Buffer): void {
    this.#header = Uint8Array.from(line);
    const types = new Map(this.#options.columns.map(({ name, type }) => [name, type]));
    const names = decodeCsvRow(line, 0, line.length);
    if (names[0]?.startsWith(byteOrderMark) === true) names[0] = names[0].slice(byteOrderMark.length);
    this.#columns = names.map((name) => ({ name, type: types.get(name) ?? 'text' }));
    this.#idIndex = this.#options.idColumn === undefined ? -1 : names.indexOf(this.#options.idColumn);
    this.#timeIndex = this.#options.timeColumn === undefined ? -1 : names.indexOf(this.#options.timeColumn);
  }
}

/** The offset of the byte; behind all bytes when it is not there. */
function indexFrom(bytes: Buffer, byte: number, from: number): number {
  const found = bytes.indexOf(byte, from);
  return found < 0 ? bytes.length : found;
}

function isBlank(bytes: Buffer, from: number, lineEnd: number): boolean {
  return lineEnd === from || (lineEnd === from + 1 && bytes[from] === carriageReturn);
}

/** The same bytes, one by one and as words. */
interface Text {
  bytes: Buffer;
  words: DataView;
}

/**
 * The next comma; `end` when there is none. Looks at four bytes at once: in the difference to four commas, a
 * comma is a byte of zero, and that is the lowest one to borrow when 1 is taken from each.
 */
function nextComma({ bytes, words }: Text, from: number, end: number): number {
  let at = from;
  for (; at + 4 <= end; at += 4) {
    const difference = words.getInt32(at, true) ^ fourCommas;
    const zeros = (difference - 0x01010101) & ~difference & 0x80808080;
    if (zeros !== 0) return at + ((31 - Math.clz32(zeros & -zeros)) >> 3);
  }
  while (at < end && bytes[at] !== comma) at++;
  return at;
}

function closingQuote(bytes: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    if (bytes[at] !== quote) continue;
    if (at + 1 < end && bytes[at + 1] === quote) at++;
    else return at;
  }
  return end;
}
