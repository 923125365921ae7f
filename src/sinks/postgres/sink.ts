/** Writes rows to a PostgreSQL table: each window in one transaction, together with its watermark. */
import type { Client } from 'pg';
import { emptyCheckpoint } from '../../checkpoint/checkpoint.ts';
import type { Days } from '../../contracts/dataset.ts';
import type { Checkpoint, Committed, Prefetched, OpenedSink, Sink } from '../../contracts/sink.ts';
import type { GrowingPartition, Partition, PulledWindow } from '../../contracts/window.ts';
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { hasRows } from './checkpoint.ts';
import { isRowError } from './row-error.ts';
import { TableFit, type TableFitOptions } from './table/columns.ts';
import { connect, databaseFailure } from './session/connection.ts';
import type { DatabaseAddress } from './conninfo/address.ts';
import { prepareTable, type PrepareOptions } from './prepare.ts';
import { Load, type LoadMode, type LoadOptions } from './load.ts';
import { copyAhead, createStagingTable, stagedColumns } from './staging/staging-table.ts';
import { quoteTable } from './table/table-name.ts';
import {
  beginLocked,
  commitAfter,
  commitLockWaitMs,
  findLock,
  openLockWaitMs,
  tryBegin,
  type TableLock,
} from './session/transaction.ts';
import { recordCommittedDays, type WatermarkKey } from './watermark.ts';

/** What to prepare, what to fit rows to and how to load them, and with what. */
export interface PostgresSinkOptions extends PrepareOptions, TableFitOptions, LoadOptions {
  address: DatabaseAddress;
  identity: WatermarkKey['identity'];
  machine: Pick<Machine, 'temporaryDirectory' | 'sleep' | 'elapsedMs' | 'trace'>;
  signal: AbortSignal;
}

/** A connection, and the lock that each of its transactions acquires. */
interface Session {
  client: Client;
  lock: TableLock;
}

export class PostgresSink implements Sink {
  readonly destination: string;
  readonly spool: Sink['spool'];
  readonly splitByDay = false;
  /**
   * The vendor answers with no bytes when there are no aggregates. Accepting that is safe: unlike the only
   * copy in a file, they can be fetched again.
   */
  readonly acceptsEmptyAnswers = true;
  readonly #options: PostgresSinkOptions;
  readonly #key: WatermarkKey;
  readonly #fit: TableFit;
  #checkpoint = emptyCheckpoint;
  /** The checkpoint that applies once the transaction is committed. */
  #noted = emptyCheckpoint;
  #client: Client | undefined;
  #lock: TableLock | undefined;
  #rows = 0;

  constructor(options: PostgresSinkOptions) {
    const { address, identity, machine, table } = options;
    this.#options = options;
    this.spool = { directory: machine.temporaryDirectory, named: false };
    this.#key = { table, identity };
    this.#fit = new TableFit(options);
    this.destination = `${address.shown} ${quoteTable(table)}`;
  }

  async open(): Promise<OpenedSink> {
    const { address, machine, signal, table } = this.#options;
    this.#client = await connect(address, signal, machine);
    this.#checkpoint = await this.#explained('prepare', async (client) => {
      this.#lock = await findLock(client, table);
      await this.#begin({ client, lock: this.#lock }, openLockWaitMs);
      return commitAfter(client, () => prepareTable(client, this.#fit, { ...this.#options, key: this.#key }));
    });
    this.#noted = this.#checkpoint;
    return { checkpoint: this.#checkpoint, lost: [], keepsRows: false };
  }

  checkpoint(): Checkpoint {
    return this.#checkpoint;
  }

  /**
   * After `staged` a transaction stays open, with the partition in the staging table. Otherwise none is open, and
   * `commit` starts from the beginning.
   */
  async prefetch(growing: GrowingPartition): Promise<Prefetched | undefined> {
    const client = this.#client;
    const lock = this.#lock;
    if (client === undefined || lock === undefined || !this.#canCopyAhead(growing.partition)) {
      return undefined;
    }
    let failure: Failure | undefined;
    try {
      if (!(await tryBegin(client, lock))) return undefined;
      const { shape } = this.#fit;
      const names = this.#fit.namesOf(growing.partition);
      await createStagingTable(client, shape, { names, numbered: false });
      const columns = stagedColumns(shape, names);
      const isStaged = await copyAhead(client, { growing, columns, machine: this.#options.machine });
      if (isStaged) return { kind: 'staged' };
    } catch (error) {
      // `commit` reports what is wrong with a row, but not why a connection was closed.
      failure = databaseFailure(`write ${this.destination}`, error, client);
    }
    return client.query('rollback').then(
      () => undefined,
      () => (failure === undefined ? undefined : { kind: 'lost', failure }),
    );
  }

  async commit(window: PulledWindow, prefetched?: Prefetched): Promise<Committed> {
    return this.#explained('write', async (client, lock) => {
      if (prefetched?.kind === 'lost') throw prefetched.failure;
      const mode = prefetched?.kind === 'staged' ? 'ahead' : 'plain';
      const committed = await this.#commitOrReject({ client, lock }, window, mode);
      this.#rows += committed.written;
      this.#checkpoint = this.#noted;
      return committed;
    });
  }

  hasRows(days: readonly (Days | undefined)[]): Promise<boolean> {
    const { table, timeColumn } = this.#options;
    return this.#explained('read', (client) => hasRows(client, { table, timeColumn }, days));
  }

  /** Loads all rows at once; when the table refuses one of them, loads them again row by row. */
  async #commitOrReject(
    { client, lock }: Session,
    window: PulledWindow,
    mode: 'ahead' | 'plain',
  ): Promise<Committed> {
    try {
      if (mode === 'plain') await this.#begin({ client, lock }, commitLockWaitMs);
      return await commitAfter(client, () => this.#load(client, window, mode));
    } catch (error) {
      if (!isRowError(error)) throw error;
    }
    await this.#begin({ client, lock }, commitLockWaitMs);
    return commitAfter(client, async () => {
      // The rollback removed the columns that were added.
      await this.#fit.inspect(client);
      return this.#load(client, window, 'row-by-row');
    });
  }

  async finish() {
    const columns = [...this.#fit.shape.columns.keys()];
    return [{ path: this.destination, rows: this.#rows, bytes: 0, columns }];
  }

  /** Closing the connection rolls back what is not committed. */
  async close(): Promise<void> {
    await this.#client?.end().catch(() => undefined);
    this.#client = undefined;
  }

  async #begin({ client, lock }: Session, lockWaitMs: number): Promise<void> {
    const { machine, signal } = this.#options;
    await beginLocked(client, lock, { lockWaitMs, machine, signal });
  }

  async #load(client: Client, window: PulledWindow, mode: LoadMode): Promise<Committed> {
    const { idColumn } = this.#options;
    const load = new Load(this.#options, this.#fit, mode);
    const total: Committed = { files: [], written: 0, known: 0, rejected: 0 };
    const partitions = window.partitions.filter(({ rows }) => rows > 0);
    // Without ids the days are emptied once, even when no rows arrived.
    const groups = idColumn === undefined ? [partitions] : partitions.map((partition) => [partition]);
    for (const group of groups) {
      const counts = await load.merge(client, group, window.days);
      total.written += counts.written;
      total.rejected += counts.rejected;
      total.known += counts.known;
    }
    await this.#recordCommittedDays(client, window);
    return total;
  }

  async #recordCommittedDays(client: Client, window: PulledWindow): Promise<void> {
    const { clock, idColumn, incremental } = this.#options;
    if (window.days === undefined || (incremental === undefined && idColumn !== undefined)) return;
    this.#noted = await recordCommittedDays(client, this.#key, { clock, window });
  }

  /** Whether rows can be copied early: they need no conversion and the table needs no new columns. */
  #canCopyAhead(partition: Partition): boolean {
    const { evolve, format, idColumn } = this.#options;
    const isFit = !evolve || this.#fit.missing([partition]).length === 0;
    return idColumn !== undefined && isFit && format.open().adopt(partition);
  }

  async #explained<Result>(
    doing: string,
    work: (client: Client, lock: TableLock) => Promise<Result>,
  ): Promise<Result> {
    if (this.#client === undefined) throw new Failure('bug', 'the database is not open');
    try {
      return await work(this.#client, this.#lock as TableLock);
    } catch (error) {
      throw databaseFailure(`${doing} ${this.destination}`, error, this.#client);
    }
  }
}
