/** Tables that somebody else made, and databases that do not let everybody in. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { startScriptedServer } from '../../http/scripted-server.ts';
import { withClient } from '../../postgres-server.ts';
import { findPostgres, usePostgres, useOwnPostgres } from '../../use-postgres.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { makeEvents } from './event-rows.ts';
import { startExportServer } from './export-server.ts';
import { runCli } from './run-cli.ts';

const plan = { from: '2026-11-01', to: '2026-11-05', perDay: 20 };
const rows = makeEvents(plan);
const programs = findPostgres();

async function exportInto(database: string, ...argv: string[]) {
  const { url, asked } = await startExportServer({ rows: () => rows, duplicateEvery: 10 });
  const directory = await temporaryDirectory();
  const range = ['--from', plan.from, '--to', plan.to, ...argv];
  const run = await runCli(['export', 'events', '--output', database, ...range], { url, directory });
  return { ...run, asked };
}

async function ask(database: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  return withClient(database, async (client) => {
    let found: Record<string, unknown>[] = [];
    for (const sql of statements) ({ rows: found } = await client.query<Record<string, unknown>>(sql));
    return found;
  });
}

const counted = (table: string) =>
  `select count(*)::int as "all", count(distinct id)::int as ids from ${table}`;

describe.skipIf(programs === undefined)('a table', () => {
  const server = usePostgres();

  test.each([
    [
      'with its columns in another order and of other types',
      't (time timestamptz, origin_latitude float8, type varchar(40), dnt text, id varchar(64) primary key)',
    ],
    ['with columns of its own', 't (noticed timestamptz default now(), id text primary key, time timestamp)'],
    [
      'whose key is only checked at the end',
      't (id text primary key deferrable initially deferred, time timestamp)',
    ],
    ['whose key has a second column', 't (id text, time timestamp, primary key (id, time))'],
    ['whose ids are UUIDs', 't (id uuid primary key, time timestamp)'],
  ])('%s is filled once', async (_, definition) => {
    const database = await server.createDatabase();
    await ask(database, `create table ${definition}`);
    for (const _run of [1, 2]) expect((await exportInto(database, '--table', 't')).exit).toBe(0);
    expect(await ask(database, counted('t'))).toEqual([{ all: 100, ids: 100 }]);
    const [first] = await ask(database, `select min(time)::text as first from t`);
    expect(first?.['first']).toMatch(/^2026-11-01 00:00:00/);
  });

  test('that is a view onto another one is filled; a view of counts is exit 6', async () => {
    const database = await server.createDatabase();
    await ask(
      database,
      'create table base (id text primary key, time timestamp)',
      'create view seen as select * from base',
      'create view counts as select id, count(*) as n from base group by id',
    );
    for (const _run of [1, 2]) expect((await exportInto(database, '--table', 'seen')).exit).toBe(0);
    expect(await ask(database, counted('base'))).toEqual([{ all: 100, ids: 100 }]);
    expect((await exportInto(database, '--table', 'counts')).exit).toBe(6);
  });

  test('has any name, in any schema', async () => {
    const database = await server.createDatabase();
    await ask(database, 'create schema "My Schema"');
    const { exit } = await exportInto(database, '--table', '"My Schema"."Ev""ents"', '--incremental');
    expect(exit).toBe(0);
    expect(await ask(database, counted('"My Schema"."Ev""ents"'))).toEqual([{ all: 100, ids: 100 }]);
    const [mark] = await ask(database, 'select table_name from "My Schema".scarf_cli_watermarks');
    expect(mark).toEqual({ table_name: 'Ev"ents' });
  });

  test.each([['id'], ['time']])(
    'without the column %s is exit 6 before anything is fetched',
    async (lacks) => {
      const database = await server.createDatabase();
      const has = ['id', 'time'].filter((name) => name !== lacks);
      await ask(
        database,
        `create table t (${has.map((name) => `${name} ${name === 'id' ? 'text' : 'timestamp'}`).join()})`,
      );
      const { exit, stderr, asked } = await exportInto(database, '--table', 't', '--incremental');
      expect(exit).toBe(6);
      expect(stderr).toContain(`has no column "${lacks}"`);
      expect(asked).toEqual([]);
      expect((await exportInto(database, '--table', 't', '--incremental', '--evolve')).exit).toBe(0);
      expect(await ask(database, counted('t'))).toEqual([{ all: 100, ids: 100 }]);
    },
  );

  test('that lacks many columns is warned about once', async () => {
    const database = await server.createDatabase();
    await ask(database, 'create table t (id text primary key, time timestamp)');
    const { stderr } = await exportInto(database, '--table', 't');
    expect(stderr.match(/left out/g)).toHaveLength(1);
    expect(stderr).toContain('the table has no columns "type", "package"');
  });

  test('in partitions loses no row to --dedupe-existing but the copies', async () => {
    const database = await server.createDatabase();
    await ask(
      database,
      'create table t (id text, time timestamp, version text) partition by range (time)',
      `create table t1 partition of t for values from ('2026-11-01') to ('2026-11-05')`,
      `create table t2 partition of t for values from ('2026-11-05') to ('2026-12-01')`,
    );
    await exportInto(database, '--table', 't');
    // Only in the second partition: in the first one, innocent rows have the same places.
    await ask(database, `insert into t select * from t2`);
    const { exit, stderr } = await exportInto(
      database,
      '--table',
      't',
      '--to',
      '2026-11-01',
      '--dedupe-existing',
    );
    expect(exit).toBe(0);
    expect(stderr).toContain('removed 20 existing duplicates');
    expect(await ask(database, counted('t'))).toEqual([{ all: 100, ids: 100 }]);
  });

  test('of other rows is not emptied for companies, which replace what is there', async () => {
    const database = await server.createDatabase();
    await exportInto(database);
    const scripted = await startScriptedServer([
      { status: 200, body: 'company_name,total_events\nACME,1\n' },
    ]);
    onTestFinished(() => scripted.close());
    const directory = await temporaryDirectory();
    const argv = ['export', 'companies', '--output', database, '--table', 'scarf_events_raw'];
    for (const more of [[], ['--by', 'package', '--from', plan.from, '--to', plan.to]]) {
      const { exit, stderr } = await runCli([...argv, ...more], { url: scripted.url, directory });
      expect(exit).toBe(6);
      expect(stderr).toMatch(/has no column in common|has no column "date"/);
    }
    expect(await ask(database, counted('scarf_events_raw'))).toEqual([{ all: 100, ids: 100 }]);
  });

  test('needs its time among --columns to be gone on with', async () => {
    const database = await server.createDatabase();
    const { exit, stderr } = await exportInto(database, '--incremental', '--columns', 'id,type');
    expect(exit).toBe(2);
    expect(stderr).toContain('add it to --columns');
  });
});

describe.skipIf(programs === undefined)('a database that asks for TLS and passwords', () => {
  const server = useOwnPostgres(programs ?? '', { strict: true });

  async function setUp(grants: string) {
    const database = await server.createDatabase();
    const made = 'create table scarf_events_raw (id text primary key, time timestamp)';
    const role = 'clerk_' + new URL(database).pathname.slice(1);
    await ask(database, `create role ${role} login password 'hidden%1'`, made);
    if (grants !== '') await ask(database, `grant ${grants} on scarf_events_raw to ${role}`);
    const as = new URL(database);
    as.search = '';
    as.username = role;
    as.password = encodeURIComponent('hidden%1');
    return { database, as };
  }

  test('is written to without a word about TLS, as psql does', async () => {
    const { as, database } = await setUp('select, insert');
    const { exit, stderr } = await exportInto(as.href);
    expect(stderr).toContain('complete');
    expect(exit).toBe(0);
    expect(await ask(database, counted('scarf_events_raw'))).toEqual([{ all: 100, ids: 100 }]);
  });

  test('lets nobody in with sslmode=disable', async () => {
    const { as } = await setUp('select, insert');
    const { exit } = await exportInto(`${as.href}?sslmode=disable`);
    expect(exit).toBe(6);
  });

  test.each([
    ['a wrong password', (url: URL) => (url.password = 'wrong'), 'select, insert'],
    ['a user that is not there', (url: URL) => (url.username = 'nobody'), 'select, insert'],
    ['a table that may only be read', () => undefined, 'select'],
    ['a table that may not even be read', () => undefined, ''],
  ])('%s: exit 6, and no password in any output', async (_, spoil, grants) => {
    const { as } = await setUp(grants);
    spoil(as);
    const { exit, stderr, stdout } = await exportInto(as.href, '--json', '--progress', 'json');
    expect(exit).toBe(6);
    expect(stderr + stdout.toString()).not.toMatch(/hidden|wrong/);
  });

  test('a password with a % that is no code is a usage error', async () => {
    const { exit, stderr } = await exportInto('postgres://clerk:hid%zz@127.0.0.1:1/d');
    expect(exit).toBe(2);
    expect(stderr).toContain('%25');
    expect(stderr).not.toContain('hid%zz');
  });
});
