/**
 * Loads partitions into the table: copies their rows into the staging table, then merges, all in the current
 * transaction.
 */
import type { Client } from 'pg';
import type { Days } from '../../contracts/dataset.ts';
import type { OutputFormat } from '../../contracts/encoder.ts';
import type { CreateRowReader } from '../../contracts/reader.ts';
import type { Partition, RejectStore } from '../../contracts/window.ts';
import { processMask } from '../../masking/process-mask.ts';
import { loadRowByRow, type RowByRowOptions, type RefusedRow } from './row-by-row.ts';
import { databaseFailure } from './session/connection.ts';
import { OriginalRows } from './original-rows.ts';
import type { TableFit } from './table/columns.ts';
import { deleteRows, mergeStaged } from './staging/merge-staged.ts';
import { RowsLeftOut } from './staging/left-out.ts';
import { mergeStatements, type Merge, type Statement } from './staging/merge.ts';
import {
  copyIn,
  createStagingTable,
  dropStagingTable,
  stagedColumns,
  type StagedColumns,
} from './staging/staging-table.ts';
import { otherTable } from './table/table.ts';
import type { TableName } from './table/table-name.ts';

export interface LoadOptions {
  table: TableName;
  idColumn: string | undefined;
  /** The column that assigns rows without ids to a window. */
  dayColumn: string | undefined;
  /** CSV in the form that COPY reads. */
  format: OutputFormat;
  upsert: boolean;
  mayRepeat: boolean;
  createReader: CreateRowReader;
  /** Receives the rows that the table refuses. */
  rejects: RejectStore;
}

/**
 * `plain`: all rows at once. `ahead`: the first partition is already in the staging table. `careful`: the
 * window has a row that is refused; find it.
 */
export type LoadMode = 'plain' | 'ahead' | 'row-by-row';

export interface LoadCounts {
  written: number;
  rejected: number;
  known: number;
}

export class Load {
  readonly #options: LoadOptions;
  readonly #fit: TableFit;
  #mode: LoadMode;

  constructor(options: LoadOptions, fit: TableFit, mode: LoadMode) {
    this.#options = options;
    this.#fit = fit;
    this.#mode = mode;
  }

  /** Merges partitions whose rows belong together. */
  async merge(client: Client, partitions: readonly Partition[], days: Days | undefined): Promise<LoadCounts> {
    const { dayColumn, idColumn, mayRepeat, table, upsert } = this.#options;
    const shape = await this.#fit.fit(client, partitions);
    const names = new Set(partitions.flatMap((partition) => this.#fit.namesOf(partition)));
    const shared = [...names].filter((name) => shape.columns.has(name));
    if (partitions.length > 0 && shared.length === 0) throw otherTable(table);
    const numbered = this.#mode === 'row-by-row';
    if (partitions.length > 0 && this.#mode !== 'ahead')
      await createStagingTable(client, shape, { names: [...names], numbered });
    const { columns: types, hasUniqueId, interference } = shape;
    const present = { columns: shared, types, hasUniqueId, interference };
    const merge = { table, ...present, idColumn, dayColumn, upsert, mayRepeat, days };
    const counts =
      numbered && partitions.length > 0
        ? await this.#mergeCarefully(client, partitions, merge)
        : await this.#mergeAtOnce(client, partitions, merge);
    if (partitions.length > 0) await dropStagingTable(client);
    return counts;
  }

  async #mergeAtOnce(client: Client, partitions: readonly Partition[], merge: Merge): Promise<LoadCounts> {
    const copied = { rows: 0, rejected: 0 };
    for (const partition of partitions) {
      const encoder = this.#options.format.open();
      if (this.#mode === 'ahead') encoder.adopt(partition);
      else
        await copyIn(client, {
          bytes: encoder.add(partition),
          header: true,
          columns: this.#columnsOf(partition),
        });
      this.#mode = 'plain';
      copied.rows += encoder.counts().rows;
      copied.rejected += encoder.counts().rejected;
    }
    const { leftOut, written } = await mergeStaged(client, merge, { count: copied.rows, numbered: false });
    if (leftOut.length > 0) throw new RowsLeftOut(merge);
    return { written, rejected: copied.rejected, known: copied.rows - written };
  }

  /**
   * Days are emptied before the first of their rows is inserted; where that is needed, the rows are read
   * twice.
   */
  async #mergeCarefully(client: Client, partitions: readonly Partition[], merge: Merge): Promise<LoadCounts> {
    const counts: LoadCounts = { written: 0, rejected: 0, known: 0 };
    const statements = mergeStatements(merge);
    const inserts = statements.filter((statement) => statement.inserts);
    const replacesDays = merge.idColumn === undefined;
    const leftOut = new RowsLeftOut(merge);
    if (replacesDays) {
      const emptied = statements.filter((statement) => !statement.inserts);
      const onStaged = () => emptyDays(client, merge, emptied).then(() => [], throwAsFailure);
      for (const partition of partitions) await this.#load(client, partition, { leftOut, onStaged });
    }
    for (const partition of partitions) {
      const onStaged = async (count: number) => {
        const merged = await mergeStaged(client, merge, {
          ...{ count, numbered: true },
          statements: replacesDays ? inserts : statements,
        });
        if (merged.leftOut === 'some') throw leftOut;
        counts.written += merged.written;
        return merged.leftOut;
      };
      const originals = new OriginalRows(partition, this.#options.createReader);
      const onRefused = (row: RefusedRow) => this.#keep(row, originals);
      const brought = await this.#load(client, partition, { leftOut, onStaged, onRefused }).finally(() =>
        originals.close(),
      );
      counts.rejected += brought.rejected;
      counts.known += brought.rows;
    }
    await this.#options.rejects.flush();
    return { ...counts, known: counts.known - counts.written };
  }

  async #load(
    client: Client,
    partition: Partition,
    {
      leftOut,
      onStaged,
      onRefused = async () => undefined,
    }: Pick<RowByRowOptions, 'leftOut' | 'onStaged'> & Partial<RowByRowOptions>,
  ): Promise<{ rows: number; rejected: number }> {
    const { createReader, format, idColumn } = this.#options;
    const encoder = format.open();
    const rows = {
      bytes: encoder.add(partition),
      columns: this.#columnsOf(partition),
      idColumn,
      createReader,
    };
    const refused = await loadRowByRow(client, { ...rows, leftOut, onStaged, onRefused });
    const counts = encoder.counts();
    return { rows: counts.rows - refused, rejected: counts.rejected + refused };
  }

  #columnsOf(partition: Partition): StagedColumns {
    return stagedColumns(this.#fit.shape, this.#fit.namesOf(partition));
  }

  /**
   * Keeps the row as the vendor wrote it; the database may have been given other columns or another format.
   */
  async #keep({ number, ...why }: RefusedRow, originals: OriginalRows): Promise<void> {
    const rows = (await originals.at(number)) ?? why.row;
    const header = await originals.header();
    const note = { id: why.id || null, column: why.column ?? null, reason: why.reason, source: 'server' };
    const line = `${JSON.stringify({ ...note, message: processMask.text(why.message) })}\n`;
    await this.#options.rejects.append({ header, rows, notes: Buffer.from(line), count: 1 });
  }
}

async function emptyDays(client: Client, merge: Merge, statements: readonly Statement[]): Promise<void> {
  for (const statement of statements) await deleteRows(client, merge, statement);
}

/** A failure to empty days is not the fault of any row. */
function throwAsFailure(error: unknown): never {
  throw databaseFailure('empty days', error);
}
