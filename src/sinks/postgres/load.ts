/** Rows of lanes into the table: copied into the staging table, then merged, all in the transaction at hand. */
import type { Client } from 'pg';
import type { CreateRowReader, Days, Partition, OutputFormat, RejectStore } from '../../contracts-export.ts';
import { processMask } from '../../masking/process-mask.ts';
import { copyCarefully, type RefusedRow } from './row-by-row.ts';
import type { TableFit } from './table/columns.ts';
import { mergeStatements, stagingTable, type Merge } from './merge.ts';
import {
  copyIn,
  createStagingTable,
  dropStagingTable,
  stagedColumns,
  type StagedColumns,
} from './staging-table.ts';
import { otherTable } from './table/table.ts';
import { quoteName, type TableName } from './table/table-name.ts';

export interface LoadOptions {
  table: TableName;
  idColumn: string | undefined;
  /** Which rows belong to a window where they have no ids. */
  dayColumn: string | undefined;
  /** CSV, as COPY takes it. */
  format: OutputFormat;
  upsert: boolean;
  mayRepeat: boolean;
  createReader: CreateRowReader;
  /** Where rows go that the table does not take. */
  rejects: RejectStore;
}

/**
 * `plain`: all rows at once. `ahead`: the first lane is in the staging table already. `careful`: a row of the window is
 * known to be refused, and is looked for.
 */
export type LoadMode = 'plain' | 'ahead' | 'careful';

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

  /** Lanes whose rows belong together. */
  async merge(client: Client, partitions: readonly Partition[], days: Days | undefined): Promise<LoadCounts> {
    const { dayColumn, idColumn, mayRepeat, table, upsert } = this.#options;
    const shape = await this.#fit.fit(client, partitions);
    const names = new Set(partitions.flatMap((partition) => this.#fit.namesOf(partition)));
    const shared = [...names].filter((name) => shape.columns.has(name));
    if (partitions.length > 0 && shared.length === 0) throw otherTable(table);
    if (partitions.length > 0 && this.#mode !== 'ahead') await createStagingTable(client, shape, [...names]);
    const copied = { rows: 0, rejected: 0 };
    for (const partition of partitions) await this.#copy(client, partition, copied);
    const merge: Merge = {
      table,
      columns: shared,
      idColumn,
      dayColumn,
      hasUniqueId: shape.hasUniqueId,
      upsert,
      mayRepeat,
      days,
    };
    let written = 0;
    for (const { text, values, inserts } of mergeStatements(merge)) {
      const { rowCount } = await client.query(text, values);
      if (inserts) written += rowCount ?? 0;
    }
    const withoutId = written === copied.rows ? 0 : await countWithoutId(client, merge);
    if (partitions.length > 0) await dropStagingTable(client);
    const rejected = copied.rejected + withoutId;
    return { written, rejected, known: copied.rows - withoutId - written };
  }

  async #copy(
    client: Client,
    partition: Partition,
    copied: { rows: number; rejected: number },
  ): Promise<void> {
    const encoder = this.#options.format.open();
    const columns = stagedColumns(this.#fit.shape, this.#fit.namesOf(partition));
    let refused = 0;
    if (this.#mode === 'ahead') encoder.adopt(partition);
    else if (this.#mode === 'careful')
      refused = await this.#copyCarefully(client, { bytes: encoder.add(partition), columns });
    else await copyIn(client, { bytes: encoder.add(partition), header: true, columns });
    if (this.#mode === 'ahead') this.#mode = 'plain';
    const { rows, rejected } = encoder.counts();
    copied.rows += rows - refused;
    copied.rejected += rejected + refused;
  }

  async #copyCarefully(
    client: Client,
    rows: { bytes: AsyncIterable<Uint8Array>; columns: StagedColumns },
  ): Promise<number> {
    const { createReader, idColumn, rejects } = this.#options;
    const onRefused = async ({ header, row, ...why }: RefusedRow) => {
      const note = { id: why.id ?? null, column: why.column ?? null, reason: why.reason, source: 'server' };
      const line = `${JSON.stringify({ ...note, message: processMask.text(why.message) })}\n`;
      await rejects.append({ header, rows: row, notes: Buffer.from(line), count: 1 });
    };
    const refused = await copyCarefully(client, { ...rows, idColumn, createReader, onRefused });
    await rejects.flush();
    return refused;
  }
}

async function countWithoutId(client: Client, { hasUniqueId, idColumn }: Merge): Promise<number> {
  if (idColumn === undefined || !hasUniqueId) return 0;
  const { rows } = await client.query<{ count: string }>(
    `select count(*) from ${stagingTable} where ${quoteName(idColumn)} is null`,
  );
  return Number(rows[0]?.count ?? 0);
}
