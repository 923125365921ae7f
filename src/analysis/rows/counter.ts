/** What counts the rows of one kind of export. */
import type { FoundCells } from './csv-cells.ts';

export interface RowCounter {
  /** The names of the cells that it wants, in the order in which it takes them. */
  readonly fields: readonly string[];
  /** Rows that it was given; the caller counts them. */
  rows: number;
  /** One row. The cells are valid during the call only. */
  count(cells: FoundCells): void;
  /**
   * What counts rows of a table with these columns many at a time, and in the order of the bytes only when `count` takes
   * the rows that it leaves. `headerPrefixes`: by two letters, whether a header row may begin with them. Undefined or
   * absent: no rows are counted so.
   */
  plainRows?(columns: readonly string[], headerPrefixes: Uint8Array): PlainRows | undefined;
}

export interface PlainRows {
  /** Bytes that were given are about to change. */
  forget(): void;
  /** Counts rows from the beginning of `bytes[from, to)` on until one is not plain; says how many, and where that is. */
  take(bytes: Buffer, from: number, to: number): { rows: number; end: number };
}
