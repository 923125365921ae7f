/** Rows are copied into PostgreSQL while more still come; until a window is whole that holds for nobody. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../src/machine.ts';
import { realMachine } from '../../../src/real-machine.ts';
import { readAddress } from '../../../src/sinks/postgres/conninfo/address.ts';
import { connect, databaseFailure } from '../../../src/sinks/postgres/session/connection.ts';
import { withClient } from '../../postgres-server.ts';
import { conninfoContext } from '../../sinks/postgres/conninfo/context.ts';
import { findPostgres, usePostgres } from '../../use-postgres.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { makeEvents, writeCsv, type EventRow } from './event-rows.ts';
import { startExportServer, type Misbehave } from './export-server.ts';
import { runCli } from './run-cli.ts';

const day = '2026-11-01';
/** More than is received before the first rows are on disk. */
const rows = makeEvents({ from: day, to: day, perDay: 6000 });
const ghosts = rows.map((row) => ({ ...row, id: `ghost ${row['id'] ?? ''}` }));
const programs = findPostgres();

describe.skipIf(programs === undefined)('rows copied ahead', () => {
  const server = usePostgres();

  async function exportWith(misbehave: Misbehave, database: string, argv: readonly string[] = []) {
    const { url } = await startExportServer({ rows: () => rows, misbehave });
    const directory = await temporaryDirectory();
    const range = ['--from', day, '--to', day, ...argv];
    // A vendor that does not get on is waited for as long as it really takes.
    const sleep: Machine['sleep'] = (ms, signal) => realMachine().sleep(ms, signal);
    return runCli(['export', 'events', '--output', database, ...range], {
      url,
      directory,
      machine: { sleep },
    });
  }

  test('are forgotten when the download breaks off, and the table has those of the next one', async () => {
    const database = await server.createDatabase();
    const { exit } = await exportWith(({ before }, response) => {
      if (before === 0) void breakOffOnceCopied(response, database);
      return before === 0;
    }, database);
    expect(exit).toBe(0);
    expect(await readIds(database)).toEqual(rows.map(({ id }) => id).sort());
  });

  test('leave nothing when the download breaks off every time', async () => {
    const database = await server.createDatabase();
    const misbehave: Misbehave = (_, response) => {
      response.write(writeCsv(ghosts), () => response.destroy());
      return true;
    };
    const { exit } = await exportWith(misbehave, database, ['--retries', '1']);
    expect(exit).toBe(5);
    expect(await readIds(database)).toEqual([]);
  });

  test('are gone with the connection, whose end is explained', async () => {
    const database = await server.createDatabase();
    const { exit, stderr } = await exportWith((_, response) => {
      void endConnectionOnceCopied(response, database);
      return true;
    }, database);
    expect(exit).toBe(6);
    expect(stderr).toContain('terminating connection');
    expect(await readIds(database)).toEqual([]);
  });

  test('a connection that ended while nothing was asked is explained by what it said then', async () => {
    const client = await connect(
      await readAddress(await server.createDatabase(), conninfoContext()),
      new AbortController().signal,
    );
    const ended = once(client, 'error');
    const { rows: own } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    await withClient(await server.createDatabase(), (other) =>
      other.query('select pg_terminate_backend($1)', [own[0]?.pid]),
    );
    await ended;
    const thrown: unknown = await client.query('select 1').catch((error: unknown) => error);
    expect(databaseFailure('write', thrown, client).message).toContain('terminating connection');
  });

  test('with a value that its column cannot hold cost that row only', async () => {
    const database = await server.createDatabase();
    const bad = [{ ...(rows[0] as EventRow), confidence: 'high' }, ...rows.slice(1)];
    const { exit, stderr } = await exportWith((_, response) => {
      response.writeHead(200, { 'content-type': 'text/csv' }).end(writeCsv(bad));
      return true;
    }, database);
    expect(exit).toBe(3);
    expect(stderr).toContain('rejects: ');
    expect(await readIds(database)).toEqual(
      rows
        .slice(1)
        .map(({ id }) => id)
        .sort(),
    );
  });
});

/** Sends rows that are not to stay, and goes when the database has some of them. */
async function breakOffOnceCopied(response: ServerResponse, database: string): Promise<void> {
  await sendUntilCopied(response, ghosts, database);
  response.destroy();
}

/** Sends rows, and the last of them when the database has forgotten the others. */
async function endConnectionOnceCopied(response: ServerResponse, database: string): Promise<void> {
  await sendUntilCopied(response, rows.slice(1), database);
  await withClient(database, (client) =>
    client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'scarf-cli' and datname = current_database()`,
    ),
  );
  response.end(writeCsv(rows.slice(0, 1)).split('\n').slice(1).join('\n'));
}

/** Until the database has some of the rows, in a transaction that waits for more. */
async function sendUntilCopied(
  response: ServerResponse,
  sent: readonly EventRow[],
  database: string,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/csv' }).write(writeCsv(sent));
  await withClient(database, async (client) => {
    for (;;) {
      const { rows: found } = await client.query(
        `select 1 from pg_stat_activity where application_name = 'scarf-cli' and datname = current_database()
           and state = 'idle in transaction' and query ilike 'copy %'`,
      );
      if (found.length > 0) return;
    }
  });
}

async function readIds(database: string): Promise<string[]> {
  return withClient(database, async (client) => {
    const found = await client.query<{ id: string }>('select id from scarf_events_raw order by id');
    return found.rows.map(({ id }) => id);
  });
}
