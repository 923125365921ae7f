/** Which columns of the rows the table has, and what becomes of the others. */
import type { Client } from 'pg';
import type { Column } from '../../../contracts/dataset.ts';
import type { OutputFormat } from '../../../contracts/encoder.ts';
import type { EmitNotice } from '../../../contracts/sink.ts';
import type { Partition } from '../../../contracts/window.ts';
import { addColumn, inspectTable, leftOutText, missingColumn, type TableShape } from './table.ts';
import type { TableName } from './table-name.ts';

export interface TableFitOptions {
  table: TableName;
  idColumn: string | undefined;
  /** Add columns that the vendor has come to have. */
  evolve: boolean;
  format: OutputFormat;
  onNotice: EmitNotice;
}

const unknownShape: TableShape = { columns: new Map(), required: new Set(), hasUniqueId: false };

/** The table as it was last seen; rows are fitted to it, or it to them. */
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

  /** Whether there is such a table. */
  async inspect(client: Client): Promise<boolean> {
    const found = await inspectTable(client, this.#options.table, this.#options.idColumn);
    this.#shape = found ?? unknownShape;
    return found !== undefined;
  }

  /** Makes sure of columns without which rows cannot be told apart. Throws a Failure `local`. */
  async require(client: Client, columns: readonly Column[]): Promise<void> {
    const missing = columns.filter(({ name }) => !this.#shape.columns.has(name));
    const [first] = missing;
    if (first !== undefined && !this.#options.evolve) throw missingColumn(this.#options.table, first.name);
    await this.#add(client, missing);
  }

  /** Adds or leaves out columns that the table does not have. */
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

  /** What the rows have and the table has not, and nobody was told of yet. */
  missing(partitions: readonly Partition[]): Column[] {
    const chosen = new Set(partitions.flatMap((partition) => this.namesOf(partition)));
    const missing = partitions
      .flatMap(({ columns }) => columns)
      .filter(({ isAbsent }) => isAbsent !== true)
      .filter(({ name }) => chosen.has(name) && !this.#shape.columns.has(name) && !this.#leftOut.has(name));
    return [...new Map(missing.map((column) => [column.name, column])).values()];
  }

  /** Columns in the order in which the cells of an encoded row stand. */
  namesOf(partition: Partition): string[] {
    const { chosen } = this.#options.format;
    return chosen === undefined ? partition.columns.map(({ name }) => name) : [...chosen];
  }

  async #add(client: Client, columns: readonly Column[]): Promise<void> {
    for (const column of columns) await addColumn(client, this.#options.table, column);
    if (columns.length > 0) await this.inspect(client);
  }
}
