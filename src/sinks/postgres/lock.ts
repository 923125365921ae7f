/** One run at a time on a table: an advisory lock, which ends with the connection whatever happens. */
import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { quoteTable, type TableName } from './table.ts';

/** How long another run is waited for. */
const patienceMs = 10_000;
const lookEveryMs = 250;

/** Takes the lock. Throws a Failure `locked` when another run has it for ten seconds more. */
export async function takeTableLock(
  client: Client,
  table: TableName,
  { machine, signal }: { machine: Pick<Machine, 'sleep' | 'elapsedMs'>; signal: AbortSignal },
): Promise<void> {
  const key = await lockKey(client, table);
  const startedMs = machine.elapsedMs();
  let looks = 0;
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
      key,
    ]);
    if (rows[0]?.taken === true) return;
    looks++;
    if (machine.elapsedMs() - startedMs >= patienceMs || looks * lookEveryMs >= patienceMs) {
      throw new Failure('locked', `another run is at work on the table ${quoteTable(table)}`, {
        hint: 'wait for it to end, or stop it and run again',
      });
    }
    await machine.sleep(lookEveryMs, signal);
  }
}

/** A table has one lock, however it is written; tables of the same name in two schemas have two. */
async function lockKey(client: Client, name: TableName): Promise<string> {
  const { rows } = await client.query<{ schema: string | null }>(
    `select coalesce(
       (select nspname from pg_class join pg_namespace as home on home.oid = relnamespace
        where pg_class.oid = to_regclass($1)), $2::text, current_schema()::text) as schema`,
    [quoteTable(name), name.schema],
  );
  const text = `scarf-cli ${rows[0]?.schema ?? ''}.${name.table}`;
  return createHash('sha256').update(text).digest().readBigInt64BE().toString();
}
