/** What a role may not do is named before anything is fetched, with the GRANT that mends it. */
import type { Client } from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  requireOnTable,
  requireSchema,
  requireTemporaryTables,
  type TablePrivilege,
} from '../../../../src/sinks/postgres/table/privileges.ts';
import { withClient } from '../../../postgres-server.ts';
import { findPostgres, usePostgres } from '../../../use-postgres.ts';

const programs = findPostgres();
const table = { schema: 'own', table: 'rows' };

describe.skipIf(programs === undefined)('a role', () => {
  const server = usePostgres();
  let database = '';
  beforeAll(async () => {
    database = await server.createDatabase();
  });

  /** Asks as a role that has nothing but these grants; nothing of it stays. */
  async function asked(grants: readonly string[], question: (client: Client) => Promise<void>) {
    return withClient(database, async (client) => {
      await client.query('begin');
      try {
        await client.query('create schema own; create table own.rows (id text, n int); create role "Clerk"');
        await client.query(
          `revoke temporary on database "${new URL(database).pathname.slice(1)}" from public`,
        );
        for (const grant of grants) await client.query(grant);
        await client.query('set local role "Clerk"');
        return await question(client).then(
          () => 'may',
          (error: unknown) => error as { kind: string; message: string; hint: string },
        );
      } finally {
        await client.query('rollback');
      }
    });
  }

  const usage = 'grant usage on schema own to "Clerk"';
  const all: TablePrivilege[] = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];

  test.each<[string, string[], TablePrivilege[], string]>([
    ['all of them', [], all, 'SELECT, INSERT, UPDATE, DELETE'],
    ['those that are needed', ['grant select on own.rows to "Clerk"'], ['SELECT', 'INSERT'], 'INSERT'],
    ['one', ['grant select, insert, update on own.rows to "Clerk"'], all, 'DELETE'],
  ])('lacks %s on a table', async (_, grants, needed, missing) => {
    expect(await asked([usage, ...grants], (client) => requireOnTable(client, table, needed))).toMatchObject({
      kind: 'local',
      message: `the role "Clerk" lacks ${missing} on the table "own"."rows"`,
      hint: `let an administrator say: GRANT ${missing} ON "own"."rows" TO "Clerk"`,
    });
  });

  test.each<[string, string[], TablePrivilege[]]>([
    ['all that is needed', ['grant all on own.rows to "Clerk"'], all],
    [
      'it on a column at least',
      ['grant select (id), insert (id), update (id) on own.rows to "Clerk"'],
      ['SELECT', 'INSERT', 'UPDATE'],
    ],
    ['nothing, and needs nothing', [], []],
  ])('has %s', async (_, grants, needed) => {
    expect(await asked([usage, ...grants], (client) => requireOnTable(client, table, needed))).toBe('may');
  });

  test('lacks temporary tables, or has them', async () => {
    const name = new URL(database).pathname.slice(1);
    expect(await asked([], requireTemporaryTables)).toMatchObject({
      kind: 'local',
      message: expect.stringContaining(
        `the role "Clerk" lacks TEMPORARY on the database "${name}"`,
      ) as string,
      hint: `let an administrator say: GRANT TEMPORARY ON DATABASE "${name}" TO "Clerk"`,
    });
    expect(await asked([`grant temporary on database "${name}" to "Clerk"`], requireTemporaryTables)).toBe(
      'may',
    );
  });

  test.each(['USAGE', 'CREATE'] as const)('lacks %s on a schema, or has it', async (needed) => {
    const question = (client: Client) => requireSchema(client, table, needed);
    expect(await asked([], question)).toMatchObject({
      kind: 'local',
      message: `the role "Clerk" lacks ${needed} on the schema "own"`,
      hint: `let an administrator say: GRANT ${needed} ON SCHEMA "own" TO "Clerk"`,
    });
    expect(await asked([`grant ${needed} on schema own to "Clerk"`], question)).toBe('may');
  });

  test.each([
    ['that is not there', { schema: 'nowhere', table: 'rows' }, [], 'there is no schema "nowhere"'],
    [
      'where nobody has named one',
      { schema: undefined, table: 'rows' },
      [`set local search_path to ''`],
      'no usable schema',
    ],
  ])('needs a schema %s', async (_, name, settings, message) => {
    const answer = await asked(settings, (client) => requireSchema(client, name, 'USAGE'));
    expect(answer).toMatchObject({ kind: 'local', message: expect.stringContaining(message) as string });
  });

  test('makes no table that ends with the connection', async () => {
    const path = 'set local search_path to pg_temp, own';
    const grants = [
      usage,
      `grant temporary on database "${new URL(database).pathname.slice(1)}" to "Clerk"`,
      path,
    ];
    const name = { schema: undefined, table: 'rows' };
    const vanishing = `create temporary table passing (id text)`;
    expect(
      await asked([...grants, vanishing], (client) => requireSchema(client, name, 'CREATE')),
    ).toMatchObject({
      kind: 'local',
      message: expect.stringContaining('ends with the connection') as string,
    });
    expect(await asked([...grants, vanishing], (client) => requireSchema(client, name, 'USAGE'))).toBe('may');
  });

  test('may use the first schema of its path, where none is named', async () => {
    const question = (client: Client) => requireSchema(client, { schema: undefined, table: 'rows' }, 'USAGE');
    expect(await asked([usage, 'set local search_path to own'], question)).toBe('may');
  });
});
