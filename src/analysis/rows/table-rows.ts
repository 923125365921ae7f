/** Rows of CSV. */
import { isBlank, namesIn } from '../../replies/readers/csv-rows.ts';
import { RowEnds } from '../../replies/readers/row-ends.ts';
import type { Text } from '../tables/text.ts';
import type { PlainRows, RowCounter } from './counter.ts';
import { CsvCells } from './csv-cells.ts';
import { HeaderWatch } from './header-watch.ts';
import type { RowReading } from './row-reading.ts';

/** How the rows of a table are read, from its header on. */
interface Table {
  counter: RowCounter;
  cells: CsvCells;
  headers: HeaderWatch;
  plain: PlainRows | undefined;
}

export class TableReading implements RowReading {
  readonly #choose: (columns: readonly string[]) => RowCounter;
  #table: Table | undefined;

  constructor(choose: (columns: readonly string[]) => RowCounter) {
    this.#choose = choose;
  }

  read(text: Text, length: number): ReturnType<RowReading['read']> {
    const { bytes } = text;
    const ends = new RowEnds(bytes, length);
    const seen = { consumed: 0, rows: 0, unreadable: 0 };
    this.#table?.plain?.forget();
    while (seen.consumed < length) {
      this.#takePlain(bytes, length, seen);
      const from = seen.consumed;
      const lineEnd = ends.after(from);
      if (lineEnd < 0) break;
      seen.consumed = lineEnd + 1;
      if (isBlank(bytes, from, lineEnd)) continue;
      if (this.#isHeader(bytes, from, seen.consumed)) continue;
      seen.rows++;
      if (!this.#count(text, from, seen.consumed)) seen.unreadable++;
    }
    return seen;
  }

  /** Rows that need no decision, as many as follow each other. */
  #takePlain(bytes: Buffer, length: number, seen: ReturnType<RowReading['read']>): void {
    const { counter, plain } = this.#table ?? {};
    if (counter === undefined || plain === undefined) return;
    const { rows, end } = plain.take(bytes, seen.consumed, length);
    seen.consumed = end;
    seen.rows += rows;
    counter.rows += rows;
  }

  /** Whether it is one; the rows behind it are of its table. */
  #isHeader(bytes: Buffer, from: number, to: number): boolean {
    const columns =
      this.#table === undefined
        ? namesIn(bytes.subarray(from, to))
        : this.#table.headers.columnsIn(bytes, from, to);
    if (columns === undefined) return false;
    const counter = this.#choose(columns);
    const headers = new HeaderWatch(columns);
    const plain = counter.plainRows?.(columns, headers.headerPrefixes);
    this.#table = { counter, headers, plain, cells: new CsvCells(columns, counter.fields) };
    return true;
  }

  /** False when it cannot be read. */
  #count(text: Text, from: number, to: number): boolean {
    const { counter, cells } = this.#table as Table;
    counter.rows++;
    const found = cells.find(text, from, to);
    if (found !== undefined) counter.count(found);
    return found !== undefined;
  }
}
