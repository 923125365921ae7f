/** Reads whole tables as CSV, as the server writes it. */
import type { Client } from 'pg';
import { Failure } from '../../failure.ts';
import type { DatabaseAddress } from './conninfo/address.ts';
import { connect, databaseFailure } from './session/connection.ts';
import type { TracingMachine } from './session/traced-client.ts';
import { quoteTable, type TableName } from './table/table-name.ts';

export interface ReadTablesOptions {
  tables: readonly TableName[];
  /** A table that is not there is an error, not left out. */
  areRequired: boolean;
  signal: AbortSignal;
  machine?: TracingMachine;
  /** Called for each table in order with its rows as CSV, header included, which it reads to the end. */
  onTable: (name: string, pieces: AsyncIterable<Uint8Array>) => Promise<void>;
}

/**
 * Reads all tables as they are at one moment. Throws a Failure `local` for what the database refuses, and `usage` when
 * there is none of the tables.
 */
export async function readTables(address: DatabaseAddress, options: ReadTablesOptions): Promise<void> {
  const { areRequired, machine, onTable, signal, tables } = options;
  const client = await connect(address, signal, machine);
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    await client.query(`set local timezone to 'UTC'; set local datestyle to 'ISO'`);
    let read = 0;
    for (const table of tables) {
      const isThere = areRequired || (await exists(client, table));
      if (!isThere) continue;
      read++;
      await onTable(`${address.shown} ${quoteTable(table)}`, await copyOut(client, table));
    }
    if (read > 0) return;
    throw new Failure('usage', `${address.shown} has no table of an export`, {
      hint: `--table names one; exports write ${tables.map(quoteTable).join(', ')}`,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw databaseFailure(`read from ${address.shown}`, error, client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function exists(client: Client, table: TableName): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
    quoteTable(table),
  ]);
  return rows[0]?.there === true;
}

async function copyOut(client: Client, table: TableName): Promise<AsyncIterable<Uint8Array>> {
  const { to: copyTo } = await import('pg-copy-streams');
  return client.query(
    copyTo(
      `copy (select * from ${quoteTable(table)}) to stdout with (format csv, header true, encoding 'UTF8')`,
    ),
  );
}
