/** Matches the columns of rows to those of the table. */
import type { Client } from 'pg';
import type { Column } from '../../../contracts/dataset.ts';
import type { OutputFormat } from '../../../contracts/encoder.ts';
import type { EmitNotice } from '../../../contracts/sink.ts';
import type { Partition } from '../../../contracts/window.ts';
import {
  addColumn,
  inspectTable,
  leftOutText,
  missingColumn,
  noInterference,
  type TableShape,
} from './table.ts';
import type { TableName } from './table-name.ts';

export interface TableFitOptions {
  table: TableName;
  idColumn: string | undefined;
  /** Add columns that the vendor has introduced. */
  evolve: boolean;
  format: OutputFormat;
  onNotice: EmitNotice;
}

const unknownShape: TableShape = {
  columns: new Map(),
  required: new Set(),
  hasUniqueId: false,
  interference: noInterference,
};

/** The table as last inspected, to which rows are fitted, or which is extended to fit them. */
export class TableFit {
  readonly #options: TableFitOptions;
  readonly #leftOut = new Set<string>();
  #shape: TableShape = unknownShape;

  constructor(options: TableFitOptions) {
    this.#options = options;
  }

  get shape(): TableShape {
    return this.#shape;
  }

  /** Inspects the table; returns whether it exists. */
  async inspect(client: Client): Promise<boolean> {
    const found = await inspectTable(client, this.#options.table, this.#options.idColumn);
    this.#shape = found ?? unknownShape;
    return found !== undefined;
  }

  /** Requires the columns that identify rows. Throws a Failure `local`. */
  async require(client: Client, columns: readonly Column[]): Promise<void> {
    const missing = columns.filter(({ name }) => !this.#shape.columns.has(name));
    const [first] = missing;
    if (first !== undefined && !this.#options.evolve) throw missingColumn(this.#options.table, first.name);
    await this.#add(client, missing);
  }

  /** Adds the columns that the table lacks, or leaves them out. */
  async fit(client: Client, partitions: readonly Partition[]): Promise<TableShape> {
    const missing = this.missing(partitions);
    if (this.#options.evolve) await this.#add(client, missing);
    else if (missing.length > 0) {
      for (const { name } of missing) this.#leftOut.add(name);
      this.#options.onNotice({
        code: 'column-left-out',
        message: leftOutText(missing),
        columns: missing.map(({ name }) => name),
      });
    }
    return this.#shape;
  }

  /** The columns that the rows have, the table lacks, and no notice has named yet. */
  missing(partitions: readonly Partition[]): Column[] {
    const chosen = new Set(partitions.flatMap((partition) => this.namesOf(partition)));
    const missing = partitions
      .flatMap(({ columns }) => columns)
      .filter(({ isAbsent }) => isAbsent !== true)
      .filter(({ name }) => chosen.has(name) && !this.#shape.columns.has(name) && !this.#leftOut.has(name));
    return [...new Map(missing.map((column) => [column.name, column])).values()];
  }

  /** Columns in the order of the cells of an encoded row. */
  namesOf(partition: Partition): string[] {
    const { chosen } = this.#options.format;
    return chosen === undefined ? partition.columns.map(({ name }) => name) : [...chosen];
  }

  async #add(client: Client, columns: readonly Column[]): Promise<void> {
    for (const column of columns) await addColumn(client, this.#options.table, column);
    if (columns.length > 0) await this.inspect(client);
  }
}
