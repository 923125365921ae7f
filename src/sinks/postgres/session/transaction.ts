/**
 * Transactions that hold the lock of a table. Locks, settings and temporary tables all end with the
 * transaction, so a pooler may give each one another session.
 */
import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { Failure } from '../../../failure.ts';
import type { Machine } from '../../../machine.ts';
import { quoteTable, type TableName } from '../table/table-name.ts';

/** How long to wait for another run's lock before anything is fetched. */
export const openLockWaitMs = 10_000;
/** The same with rows fetched: the other run may be writing a large window. */
export const commitLockWaitMs = 600_000;
const lookEveryMs = 250;

/**
 * Days and times are read and written as UTC in ISO 8601, whatever the settings of the role or the database.
 */
const begin =
  `begin; set local time zone 'UTC'; set local datestyle to 'ISO'; ` +
  'set local client_min_messages to warning';

export interface TableLock {
  table: TableName;
  /** The key of the advisory lock. */
  key: string;
}

export interface LockWait {
  lockWaitMs: number;
  machine: Pick<Machine, 'sleep' | 'elapsedMs'>;
  signal: AbortSignal;
}

/**
 * One lock per table, however its name is written; tables of the same name in two schemas have separate
 * locks.
 */
export async function findLock(client: Client, table: TableName): Promise<TableLock> {
  const { rows } = await client.query<{ schema: string | null }>(
    `select coalesce(
       $2::text,
       (select nspname from pg_class join pg_namespace as home on home.oid = relnamespace
        where pg_class.oid = to_regclass($1)), current_schema()::text) as schema`,
    [quoteTable({ schema: undefined, table: table.table }), table.schema],
  );
  const text = `scarf-cli ${rows[0]?.schema ?? ''}.${table.table}`;
  return { table, key: createHash('sha256').update(text).digest().readBigInt64BE().toString() };
}

/**
 * Begins a transaction that holds the lock. Returns false, with no transaction open, when another run holds
 * it.
 */
export async function tryBegin(client: Client, { key }: TableLock): Promise<boolean> {
  await client.query(begin);
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_xact_lock($1) as taken', [
    key,
  ]);
  if (rows[0]?.taken === true) return true;
  await client.query('rollback');
  return false;
}

/**
 * Begins a transaction that holds the lock. Throws a Failure `locked` when another run holds it for too long.
 */
export async function beginLocked(client: Client, lock: TableLock, wait: LockWait): Promise<void> {
  const { machine, lockWaitMs, signal } = wait;
  const startedMs = machine.elapsedMs();
  for (let looks = 1; !(await tryBegin(client, lock)); looks++) {
    if (machine.elapsedMs() - startedMs >= lockWaitMs || looks * lookEveryMs >= lockWaitMs) {
      throw new Failure('locked', `another run is writing to the table ${quoteTable(lock.table)}`, {
        hint: 'wait for it to end, or stop it and run again',
      });
    }
    await machine.sleep(lookEveryMs, signal);
  }
}

/** Commits what `work` does, or rolls it back when it throws. The transaction must have begun. */
export async function commitAfter<Result>(client: Client, work: () => Promise<Result>): Promise<Result> {
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
