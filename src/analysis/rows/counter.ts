/** What counts the rows of one kind of export. */
import type { FoundCells } from './csv-cells.ts';

export interface RowCounter {
  /** The names of the cells that it wants, in the order in which it takes them. */
  readonly fields: readonly string[];
  /** Rows that it was given; whoever gives them counts. */
  rows: number;
  /** One row. The cells are valid during the call only. */
  count(cells: FoundCells): void;
}
