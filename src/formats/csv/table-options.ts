/** What makes a table format. All of it but the arrangement is data. */
import type { Arrange } from '../../contracts/format.ts';
import type { EmptyCells } from './cells.ts';
import type { Dialect } from './dialect.ts';
import type { Header } from './header.ts';

export interface TableOptions {
  name: 'csv' | 'tsv';
  dialect: Dialect;
  notes?: readonly string[];
  header: Header;
  /** The comment line that names the columns. */
  fieldsLine?: string;
  empty: EmptyCells;
  arrange?: Arrange;
}
