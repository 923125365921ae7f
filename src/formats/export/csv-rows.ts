/** Finds the rows of a CSV table in its bytes (RFC 4180), without making strings of them. */
import type { Column, RowPlace, RowReader, RowReaderOptions } from '../../contracts-export.ts';
import { decodeCsvRow } from './csv-cells.ts';
import { createRowPlace } from './row-place.ts';

const comma = 0x2c;
const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = '\ufeff';

/** Reads rows by the names in the header row. A line that is empty is no row. */
export class CsvRowReader implements RowReader {
  readonly #options: RowReaderOptions;
  readonly #place: RowPlace = createRowPlace();
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

  scan(bytes: Buffer, length: number, onRow: (place: RowPlace) => void): number {
    const place = this.#place;
    let at = 0;
    this.#nextQuote = -1;
    while (at < length) {
      const end = this.#findLineEnd(bytes, at, length);
      if (end < 0) return at;
      const next = end + 1;
      if (this.#header.length === 0) this.#readHeader(bytes.subarray(at, next));
      else if (!isBlank(bytes, at, end)) {
        place.from = at;
        place.to = next;
        this.#locate(bytes, at, end);
        onRow(place);
      }
      at = next;
    }
    return at;
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
  #locate(bytes: Buffer, from: number, lineEnd: number): void {
    const place = this.#place;
    const end = lineEnd > from && bytes[lineEnd - 1] === carriageReturn ? lineEnd - 1 : lineEnd;
    const last = Math.max(this.#idIndex, this.#timeIndex);
    place.idFrom = place.idTo = place.timeFrom = place.timeTo = -1;
    let at = from;
    for (let index = 0; index <= last; index++) {
      const quoted = at < end && bytes[at] === quote;
      const cellFrom = quoted ? at + 1 : at;
      const cellTo = quoted ? closingQuote(bytes, cellFrom, end) : nextComma(bytes, at, end);
      if (index === this.#idIndex) {
        place.idFrom = cellFrom;
        place.idTo = cellTo;
      }
      if (index === this.#timeIndex) {
        place.timeFrom = cellFrom;
        place.timeTo = cellTo;
      }
      const after = quoted ? nextComma(bytes, cellTo, end) : cellTo;
      if (after >= end && index < last) {
        place.problem = 'columns-missing';
        return;
      }
      at = after + 1;
    }
    place.problem = undefined;
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

function nextComma(bytes: Buffer, from: number, end: number): number {
  let at = from;
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
