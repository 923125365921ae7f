/** Rows in a PostgreSQL table: each window in one transaction, with the watermark that says so. */
import { rm } from 'node:fs/promises';
import type { Client } from 'pg';
import type {
  Column,
  Committed,
  GrowingLane,
  Lane,
  OutputFormat,
  PulledWindow,
  Sink,
  Standing,
} from '../../contracts-export.ts';
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { makeTemporaryDirectory } from '../temporary.ts';
import { connect, databaseFailure, type DatabaseAddress } from './connection.ts';
import { copyAhead, copyIn, createGatherTable, dropGatherTable } from './gather.ts';
import { takeTableLock } from './lock.ts';
import { gatherTable, mergeStatements, type Merge } from './merge.ts';
import { readStanding, removeDuplicates } from './standing.ts';
import {
  addColumn,
  createTable,
  inspectTable,
  leftOutText,
  missingColumn,
  missingTable,
  otherTable,
  quoteName,
  quoteTable,
  type TableName,
  type TableShape,
} from './table.ts';
import { createWatermarks, writeWatermark, type WatermarkKey } from './watermark.ts';

export interface PostgresSinkOptions {
  address: DatabaseAddress;
  table: TableName;
  /** Of a table that is made; names chosen with `--columns` only. */
  columns: readonly Column[];
  idColumn: string | undefined;
  timeColumn: string | undefined;
  /** Which rows belong to a window where they have no ids. */
  dayColumn: string | undefined;
  identity: WatermarkKey['identity'];
  /** CSV, as COPY takes it. */
  format: OutputFormat;
  createTable: boolean;
  upsert: boolean;
  /** Add columns that the vendor has come to have. */
  evolve: boolean;
  dedupeExisting: boolean;
  mayRepeat: boolean;
  /** Whether a watermark is read and written; `today`: a day that is not over is not whole. */
  incremental: { today: string } | undefined;
  machine: Pick<Machine, 'temporaryDirectory' | 'sleep' | 'elapsedMs'>;
  signal: AbortSignal;
  onNotice: (code: string, message: string) => void;
}

const unknownShape: TableShape = { columns: new Map(), hasUniqueId: false };

export class PostgresSink implements Sink {
  readonly place: string;
  readonly spool = { directory: '', named: false };
  readonly splitByDay = false;
  readonly #options: PostgresSinkOptions;
  readonly #key: WatermarkKey;
  readonly #leftOut = new Set<string>();
  #client: Client | undefined;
  #shape: TableShape | undefined;
  /** Whether the first lane of the window that is to be committed is in the temporary table already. */
  #isAhead = false;
  /** Why nothing can be asked any more. */
  #lost: Failure | undefined;
  #rows = 0;

  constructor(options: PostgresSinkOptions) {
    const { address, identity, table } = options;
    this.#options = options;
    this.#key = { table, identity };
    this.place = `${address.shown} ${quoteTable(table)}`;
  }

  async open(): Promise<Standing> {
    const { address, machine } = this.#options;
    this.spool.directory = await makeTemporaryDirectory(machine.temporaryDirectory);
    this.#client = await connect(address);
    return this.#explained('prepare', (client) => this.#prepare(client));
  }

  async gather(growing: GrowingLane): Promise<void> {
    const client = this.#client;
    const shape = this.#shape;
    if (client === undefined || shape === undefined || !this.#canCopyAhead(growing.lane)) return;
    try {
      await createGatherTable(client, shape, [growing.lane]);
      this.#isAhead = await copyAhead(client, growing, this.#namesOf(growing.lane));
    } catch (error) {
      // `commit` finds what is wrong with a row, but not why a connection ended.
      this.#lost = databaseFailure(`write ${this.place}`, error, client);
    }
    if (this.#isAhead) return;
    await dropGatherTable(client).then(
      () => (this.#lost = undefined),
      () => undefined,
    );
  }

  async commit(window: PulledWindow): Promise<Committed> {
    return this.#explained('write', async (client) => {
      if (this.#lost !== undefined) throw this.#lost;
      await client.query('begin');
      try {
        const committed = await this.#bringIn(client, window);
        await client.query('commit');
        this.#rows += committed.written;
        return committed;
      } catch (error) {
        await client.query('rollback').catch(() => undefined);
        throw error;
      }
    });
  }

  async finish() {
    const columns = [...(this.#shape?.columns.keys() ?? [])];
    return [{ path: this.place, rows: this.#rows, bytes: 0, columns }];
  }

  /** The lock goes with the connection. */
  async close(): Promise<void> {
    await this.#client?.end().catch(() => undefined);
    this.#client = undefined;
    if (this.spool.directory !== '') await rm(this.spool.directory, { recursive: true, force: true });
  }

  async #prepare(client: Client): Promise<Standing> {
    const { columns, dedupeExisting, idColumn, incremental, onNotice, table } = this.#options;
    await takeTableLock(client, table, this.#options);
    this.#shape = await inspectTable(client, table, idColumn);
    if (this.#shape === undefined) {
      if (!this.#options.createTable) throw missingTable(table);
      await createTable(client, table, { columns, idColumn });
      this.#shape = await inspectTable(client, table, idColumn);
    }
    await this.#requireColumns(client);
    if (dedupeExisting && idColumn !== undefined) {
      const removed = await removeDuplicates(client, table, idColumn);
      if (removed > 0)
        onNotice('duplicates-removed', `${removed} old duplicates were removed from the table`);
    }
    if (incremental !== undefined || idColumn === undefined) await createWatermarks(client, this.#key);
    return readStanding(client, this.#key, this.#options);
  }

  /** Rows are told apart by their id, or else replaced by their day, and gone on with by their time. */
  async #requireColumns(client: Client): Promise<void> {
    const { columns, dayColumn, evolve, idColumn, incremental, table, timeColumn } = this.#options;
    const needed = [idColumn ?? dayColumn, incremental === undefined ? undefined : timeColumn];
    const known = this.#shape?.columns;
    const missing = needed.filter((name): name is string => name !== undefined && known?.has(name) === false);
    for (const name of missing) {
      if (!evolve) throw missingColumn(table, name);
      await addColumn(
        client,
        table,
        columns.find((column) => column.name === name) ?? { name, type: 'text' },
      );
    }
    if (missing.length > 0) this.#shape = await inspectTable(client, table, idColumn);
  }

  async #bringIn(client: Client, window: PulledWindow): Promise<Committed> {
    const { idColumn, incremental } = this.#options;
    const total: Committed = { files: [], written: 0, known: 0, rejected: 0 };
    const lanes = window.lanes.filter(({ rows }) => rows > 0);
    // Without ids the days are emptied once, also when nothing came.
    const gathered = idColumn === undefined ? [lanes] : lanes.map((lane) => [lane]);
    for (const group of gathered) {
      const counts = await this.#mergeLanes(client, group, window);
      total.written += counts.written;
      total.rejected += counts.rejected;
      total.known += counts.known;
    }
    const { days } = window;
    if (days !== undefined && (incremental !== undefined || idColumn === undefined)) {
      const yesterday = incremental === undefined ? days.to : dayBefore(incremental.today);
      const to = days.to < yesterday ? days.to : yesterday;
      if (to >= days.from) await writeWatermark(client, this.#key, { from: days.from, to });
    }
    return total;
  }

  async #mergeLanes(client: Client, lanes: readonly Lane[], { days }: PulledWindow) {
    const { dayColumn, idColumn, mayRepeat, table, upsert } = this.#options;
    const shape = await this.#fit(client, lanes);
    if (!this.#isAhead) await createGatherTable(client, shape, lanes);
    const copied = { rows: 0, rejected: 0 };
    for (const lane of lanes) await this.#copy(client, lane, copied);
    const names = new Set(lanes.flatMap((lane) => this.#namesOf(lane)));
    const shared = [...names].filter((name) => shape.columns.has(name));
    if (lanes.length > 0 && shared.length === 0) throw otherTable(table);
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
    for (const { text, values } of mergeStatements(merge)) {
      written = (await client.query(text, values)).rowCount ?? 0;
    }
    const withoutId = written === copied.rows ? 0 : await countWithoutId(client, merge);
    await dropGatherTable(client);
    const rejected = copied.rejected + withoutId;
    return { written, rejected, known: copied.rows - withoutId - written };
  }

  async #copy(client: Client, lane: Lane, copied: { rows: number; rejected: number }): Promise<void> {
    const encoder = this.#options.format.open();
    const names = this.#namesOf(lane);
    if (this.#isAhead) encoder.adopt(lane);
    else await copyIn(client, { bytes: encoder.add(lane), header: true, names });
    this.#isAhead = false;
    const { rows, rejected } = encoder.counts();
    copied.rows += rows;
    copied.rejected += rejected;
  }

  /** Rows that need no change, into a table that need not be changed for them. */
  #canCopyAhead(lane: Lane): boolean {
    const { evolve, format, idColumn } = this.#options;
    const isFit = !evolve || this.#missingColumns([lane]).length === 0;
    return idColumn !== undefined && isFit && format.open().adopt(lane);
  }

  /** Adds or leaves out columns that the table does not have. */
  async #fit(client: Client, lanes: readonly Lane[]): Promise<TableShape> {
    const { evolve, idColumn, onNotice, table } = this.#options;
    const missing = this.#missingColumns(lanes);
    if (evolve) {
      for (const column of missing) await addColumn(client, table, column);
      if (missing.length > 0) this.#shape = await inspectTable(client, table, idColumn);
    } else if (missing.length > 0) {
      for (const { name } of missing) this.#leftOut.add(name);
      onNotice('column-left-out', leftOutText(missing));
    }
    return this.#shape ?? unknownShape;
  }

  #missingColumns(lanes: readonly Lane[]): Column[] {
    const { columns: known } = this.#shape ?? unknownShape;
    const chosen = new Set(lanes.flatMap((lane) => this.#namesOf(lane)));
    const missing = lanes
      .flatMap(({ columns }) => columns)
      .filter(({ name }) => chosen.has(name) && !known.has(name) && !this.#leftOut.has(name));
    return [...new Map(missing.map((column) => [column.name, column])).values()];
  }

  #namesOf(lane: Lane): string[] {
    const own = lane.columns.map(({ name }) => name);
    const { chosen } = this.#options.format;
    return chosen === undefined ? own : [...chosen];
  }

  async #explained<Result>(doing: string, work: (client: Client) => Promise<Result>): Promise<Result> {
    if (this.#client === undefined) throw new Failure('bug', 'the database is not open');
    try {
      return await work(this.#client);
    } catch (error) {
      throw databaseFailure(`${doing} ${this.place}`, error, this.#client);
    }
  }
}

async function countWithoutId(client: Client, { hasUniqueId, idColumn }: Merge): Promise<number> {
  if (idColumn === undefined || !hasUniqueId) return 0;
  const { rows } = await client.query<{ count: string }>(
    `select count(*) from ${gatherTable} where ${quoteName(idColumn)} is null`,
  );
  return Number(rows[0]?.count ?? 0);
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
