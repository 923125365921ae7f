/** Finds the rows of a CSV table in its bytes (RFC 4180), without making strings of them. */
import type { Column, ColumnType } from '../../contracts/dataset.ts';
import type { RowOffsets, RowDefect, RowReader, RowReaderOptions } from '../../contracts/reader.ts';
import { checkCell, isChecked } from '../../formats/cells/cell-check.ts';
import { decodeCsvRow, splitCsvRow } from './csv-cells.ts';
import { nextComma, type BytesAndWords } from './next-comma.ts';
import { PlainCsvRows, type PlainTable } from './plain-csv-rows.ts';
import { RowEnds } from './row-ends.ts';
import { RowOffsetList } from './row-offsets.ts';
import { cellCount, findDirtyCell, isCleanText, wrongCell } from './row-problems.ts';

const quote = 0x22;
const carriageReturn = 0x0d;
const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf);

type FindPlain = (table: PlainTable) => PlainCsvRows | undefined;

/** Reads rows by the names in the header row. Empty lines are not rows. */
export class CsvRowReader implements RowReader {
  readonly #options: RowReaderOptions;
  readonly #rows = new RowOffsetList();
  #columns: readonly Column[] = [];
  #header: Uint8Array = new Uint8Array(0);
  #idIndex = -1;
  #timeIndex = -1;
  /** The required type of each checked column. */
  #checked: (ColumnType | undefined)[] = [];
  readonly #problems = new Map<number, RowDefect>();
  /** Once there is a header row. */
  #table: PlainTable | undefined;
  readonly #findPlain: FindPlain;
  #plain: PlainCsvRows | undefined;

  /** `findPlain`: how plain rows are found; undefined: one by one. */
  constructor(options: RowReaderOptions, findPlain: FindPlain = (table) => PlainCsvRows.for(table)) {
    this.#options = options;
    this.#findPlain = findPlain;
  }

  columns(): readonly Column[] {
    return this.#columns;
  }

  header(): Uint8Array {
    return this.#header;
  }

  problem(row: number): RowDefect {
    const found = this.#problems.get(row);
    if (found !== undefined) return found;
    return { reason: 'cell-count', message: 'the row has too few fields for its id and time' };
  }

  scan(bytes: Buffer, length: number): RowOffsets {
    const rows = this.#rows;
    rows.clear();
    this.#problems.clear();
    this.#plain?.forget();
    const text: BytesAndWords = { bytes, words: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
    const ends = new RowEnds(bytes, length);
    for (let at = 0; at < length;) {
      at = rows.consumed = this.#takePlain(bytes, at, length);
      const end = ends.after(at);
      if (end < 0) break;
      if (this.#header.length === 0) this.#readHeader(bytes.subarray(at, end + 1));
      else if (!isBlank(bytes, at, end)) this.#locate(text, rows.add(at, end + 1), end);
      at = rows.consumed = end + 1;
    }
    if (this.#options.check?.types === true && !isCleanText(bytes.subarray(0, rows.consumed))) {
      this.#findDirtyRows(bytes);
    }
    return rows;
  }

  /** Finds rows that need no decision; returns where the first other one begins. */
  #takePlain(bytes: Buffer, from: number, to: number): number {
    if (this.#table === undefined || this.#plain === undefined) return from;
    return this.#plain.take({ bytes, from, to }, this.#table, this.#rows);
  }

  /** Finds the rows whose text is invalid. */
  #findDirtyRows(bytes: Buffer): void {
    const rows = this.#rows;
    for (let row = 0; row < rows.count; row++) {
      const cells = bytes.subarray(rows.from[row], rows.to[row]);
      if (rows.broken[row] !== 0 || isCleanText(cells)) continue;
      const problem = findDirtyCell(cells, this.#columns, (name) => this.#isWritten(name));
      if (problem !== undefined) this.#break(row, problem);
    }
  }

  #break(row: number, problem: RowDefect): void {
    this.#rows.broken[row] = 1;
    this.#problems.set(row, problem);
  }

  #isWritten(name: string): boolean {
    return this.#options.check?.columns?.includes(name) !== false;
  }

  /** Visits the cells up to the last one that is needed. */
  #locate(text: BytesAndWords, row: number, lineEnd: number): void {
    const { bytes } = text;
    const rows = this.#rows;
    const from = rows.from[row] as number;
    const end = lineEnd > from && bytes[lineEnd - 1] === carriageReturn ? lineEnd - 1 : lineEnd;
    const isChecked = this.#options.check !== undefined;
    const last = isChecked ? this.#columns.length - 1 : Math.max(this.#idIndex, this.#timeIndex);
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
      const type = this.#checked[index];
      if (type !== undefined) this.#checkCell(bytes, row, { type, index, from: cellFrom, to: cellTo });
      const after = quoted ? nextComma(text, cellTo, end) : cellTo;
      if (after >= end && index < last) {
        this.#break(row, cellCount(index + 1, this.#columns.length));
        return;
      }
      at = after + 1;
    }
    // A comma was the last thing found, or more cells follow.
    if (isChecked && at <= end) {
      this.#break(row, cellCount(splitCsvRow(bytes.toString('latin1', from, end)).length, last + 1));
    }
  }

  /** Only the first invalid cell of a row counts. */
  #checkCell(
    bytes: Buffer,
    row: number,
    cell: { type: ColumnType; index: number; from: number; to: number },
  ): void {
    const problem = checkCell(cell.type, bytes, cell);
    if (problem === undefined || this.#rows.broken[row] !== 0) return;
    this.#break(row, wrongCell(this.#columns[cell.index] as Column, problem));
  }

  #readHeader(line: Buffer): void {
    this.#header = Uint8Array.from(line);
    const types = new Map(this.#options.columns.map(({ name, type }) => [name, type]));
    const names = namesIn(line);
    this.#columns = names.map((name) => ({ name, type: types.get(name) ?? 'text' }));
    this.#checked = this.#columns.map(({ name, type }) =>
      this.#options.check?.types === true && isChecked(type) && this.#isWritten(name) ? type : undefined,
    );
    this.#idIndex = this.#options.idColumn === undefined ? -1 : names.indexOf(this.#options.idColumn);
    this.#timeIndex = this.#options.timeColumn === undefined ? -1 : names.indexOf(this.#options.timeColumn);
    const needsAll = this.#options.check !== undefined;
    this.#table = {
      idIndex: this.#idIndex,
      timeIndex: this.#timeIndex,
      cells: needsAll ? names.length : Math.max(this.#idIndex, this.#timeIndex) + 1,
      mayHaveMore: !needsAll,
      types: this.#checked,
    };
    this.#plain = this.#findPlain(this.#table);
  }
}

/** The names of the columns in a header row, without a byte order mark. */
export function namesIn(line: Buffer): string[] {
  const isMarked = line.subarray(0, byteOrderMark.length).equals(byteOrderMark);
  return decodeCsvRow(line, isMarked ? byteOrderMark.length : 0, line.length);
}

/** Whether the row is an empty line. */
export function isBlank(bytes: Buffer, from: number, lineEnd: number): boolean {
  return lineEnd === from || (lineEnd === from + 1 && bytes[from] === carriageReturn);
}

function closingQuote(bytes: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    if (bytes[at] !== quote) continue;
    if (at + 1 < end && bytes[at + 1] === quote) at++;
    else return at;
  }
  return end;
}
