/** PostgreSQL as it is run: behind a pooler, by a role with few rights, with answers that are empty. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { startScriptedServer } from '../../http/scripted-server.ts';
import { findPgBouncer, startPgBouncer } from '../../pgbouncer.ts';
import { withClient } from '../../postgres-server.ts';
import { advisoryLocks, findPostgres, usePostgres } from '../../use-postgres.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { makeEvents } from './event-rows.ts';
import { startExportServer } from './export-server.ts';
import { runCli } from './run-cli.ts';

const plan = { from: '2026-11-01', to: '2026-11-03', perDay: 20 };
const rows = makeEvents(plan);
const programs = findPostgres();
const pooler = programs === undefined ? undefined : findPgBouncer();

async function exportInto(database: string, ...argv: string[]) {
  const { url, asked } = await startExportServer({ rows: () => rows, duplicateEvery: 10 });
  const directory = await temporaryDirectory();
  const range = ['--from', plan.from, '--to', plan.to, '--window', '1d', ...argv];
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
const everyRow = [{ all: 60, ids: 60 }];
const keyedTable = 'create table scarf_events_raw (id text primary key, time timestamp, type text)';
const plainTable = 'create table scarf_events_raw (id text, time timestamp, type text)';

describe.skipIf(pooler === undefined)('through PgBouncer in transaction mode', () => {
  const server = usePostgres();

  async function setUp() {
    const direct = await server.createDatabase();
    return { direct, pooled: await startPgBouncer(pooler ?? '', direct) };
  }

  test('every row arrives once, and no lock, setting or temporary table stays in a session', async () => {
    const { direct, pooled } = await setUp();
    for (const argv of [['--incremental'], [], ['--upsert', '--dedupe-existing']]) {
      const { exit, stderr } = await exportInto(pooled, ...argv);
      expect(stderr).toContain('complete');
      expect(exit).toBe(0);
    }
    expect(await ask(direct, counted('scarf_events_raw'))).toEqual(everyRow);
    expect(await ask(direct, advisoryLocks)).toEqual([]);
    expect(await ask(direct, `select relname from pg_class where relpersistence = 't'`)).toEqual([]);
    const settings = await ask(
      pooled,
      `select name from pg_settings where source = 'session' and name in ('TimeZone', 'client_min_messages')`,
    );
    expect(settings).toEqual([]);
  });

  test('rows that are copied ahead, and downloads that fail, stay within transactions', async () => {
    const { direct, pooled } = await setUp();
    const many = makeEvents({ from: plan.from, to: plan.from, perDay: 6000 });
    const { url } = await startExportServer({
      rows: () => many,
      misbehave: ({ before }, response) => {
        if (before > 0) return false;
        response.writeHead(200, { 'content-type': 'text/csv' });
        response.write('id,time\nghost,2026-11-01T00:00:00Z\n', () => response.destroy());
        return true;
      },
    });
    const directory = await temporaryDirectory();
    const argv = ['export', 'events', '--output', pooled, '--from', plan.from, '--to', plan.from];
    const { exit } = await runCli(argv, { url, directory });
    expect(exit).toBe(0);
    expect(await ask(direct, counted('scarf_events_raw'))).toEqual([{ all: 6000, ids: 6000 }]);
  });

  test('two runs at once: each row is there once, whoever wins', async () => {
    const { direct, pooled } = await setUp();
    const runs = await Promise.all([exportInto(pooled), exportInto(pooled)]);
    const exits = runs.map(({ exit }) => exit).sort();
    expect([
      [0, 0],
      [0, 9],
    ]).toContainEqual(exits);
    expect(await ask(direct, counted('scarf_events_raw'))).toEqual(everyRow);
    expect(await ask(direct, advisoryLocks)).toEqual([]);
  });
});

describe.skipIf(programs === undefined)('a role with few rights', () => {
  const server = usePostgres();

  /** Nobody but the owner may create anything; the role has what is granted. */
  async function setUp(tables: readonly string[], grants: readonly string[]) {
    const database = await server.createDatabase();
    const name = new URL(database).pathname.slice(1);
    const role = `clerk_${name}`;
    await ask(
      database,
      'revoke create on schema public from public',
      `create role ${role} login`,
      ...tables,
      ...grants.map((grant) => `${grant} to ${role}`),
    );
    const as = new URL(database);
    as.username = role;
    return { database, as: as.href, role, name };
  }

  test.each([
    ['SELECT and INSERT, for rows that are only added', keyedTable, 'select, insert', []],
    ['the same in a table without a key', plainTable, 'select, insert', []],
    ['UPDATE too, for --upsert', keyedTable, 'select, insert, update', ['--upsert']],
    ['DELETE too, where rows are replaced', plainTable, 'select, insert, delete', ['--upsert']],
  ])('%s suffices', async (_, table, rights, argv) => {
    const { as, database } = await setUp([table], [`grant ${rights} on scarf_events_raw`]);
    for (const _run of [1, 2]) {
      const { exit, stderr } = await exportInto(as, ...argv);
      expect(stderr).toContain('complete');
      expect(exit).toBe(0);
    }
    expect(await ask(database, counted('scarf_events_raw'))).toEqual(everyRow);
  });

  test('goes on with a table and its progress that an owner has made', async () => {
    const { as, database, role } = await setUp([], []);
    expect((await exportInto(database, '--incremental', '--to', '2026-11-02')).exit).toBe(0);
    await ask(database, `grant select, insert, update on all tables in schema public to ${role}`);
    const { exit, stderr } = await exportInto(as, '--incremental', '--lag', '0');
    expect(stderr).toContain('complete');
    expect(exit).toBe(0);
    expect(await ask(database, counted('scarf_events_raw'))).toEqual(everyRow);
  });

  test.each([
    [
      'INSERT',
      [keyedTable],
      ['grant select on scarf_events_raw'],
      [],
      'GRANT INSERT ON "scarf_events_raw" TO',
    ],
    [
      'SELECT',
      [keyedTable],
      ['grant insert on scarf_events_raw'],
      [],
      'GRANT SELECT ON "scarf_events_raw" TO',
    ],
    [
      'UPDATE',
      [keyedTable],
      ['grant select, insert on scarf_events_raw'],
      ['--upsert'],
      'GRANT UPDATE ON "scarf_events_raw" TO',
    ],
    [
      'DELETE',
      [plainTable],
      ['grant select, insert on scarf_events_raw'],
      ['--dedupe-existing'],
      'GRANT DELETE ON "scarf_events_raw" TO',
    ],
    ['CREATE for the table', [], [], [], 'GRANT CREATE ON SCHEMA "public" TO'],
    [
      'CREATE for the progress',
      [keyedTable],
      ['grant select, insert on scarf_events_raw'],
      ['--incremental'],
      'GRANT CREATE ON SCHEMA "public" TO',
    ],
    [
      'USAGE of the schema',
      ['create schema hidden', 'create table hidden.t (id text primary key)'],
      [],
      ['--table', 'hidden.t'],
      'GRANT USAGE ON SCHEMA "hidden" TO',
    ],
  ])('lacks %s: exit 6 before anything is fetched, with the grant', async (_, tables, grants, argv, hint) => {
    const { as, role } = await setUp(tables, grants);
    const { exit, stderr, asked } = await exportInto(as, ...argv);
    expect(exit).toBe(6);
    expect(stderr).toContain(`${hint} "${role}"`);
    expect(asked).toEqual([]);
  });

  test('lacks temporary tables: exit 6 before anything is fetched, with the grant', async () => {
    const { as, database, name, role } = await setUp(
      [keyedTable],
      ['grant select, insert on scarf_events_raw'],
    );
    await ask(database, `revoke temporary on database ${name} from public`);
    const { exit, stderr, asked } = await exportInto(as);
    expect(exit).toBe(6);
    expect(stderr).toContain(`GRANT TEMPORARY ON DATABASE "${name}" TO "${role}"`);
    expect(asked).toEqual([]);
  });
});

describe.skipIf(programs === undefined)('--table', () => {
  const server = usePostgres();

  test('is read as SQL reads it, and what is made is announced', async () => {
    const database = await server.createDatabase();
    await ask(database, 'create schema analytics', 'create schema "my.schema"');
    const bare = await exportInto(database, '--table', 'analytics.Events');
    expect(bare.stderr).toContain('the table "analytics"."events" was created');
    const quoted = await exportInto(database, '--table', '"my.schema"."T"', '--json');
    expect(JSON.parse(quoted.stdout.toString())).toMatchObject({ notices: [{ code: 'table-created' }] });
    expect((await exportInto(database, '--table', 'ANALYTICS.EVENTS')).stderr).not.toContain('was created');
    expect(await ask(database, counted('analytics.events'))).toEqual(everyRow);
    expect(await ask(database, counted('"my.schema"."T"'))).toEqual(everyRow);
  });

  test('that is made beside one which differs in capitals only says so', async () => {
    const database = await server.createDatabase();
    await ask(database, 'create table "Events" (id text)');
    expect((await exportInto(database, '--table', 'Events')).stderr).toContain(
      'there is also "public"."Events"',
    );
  });

  test('in a schema that is not there is exit 6', async () => {
    const { exit, stderr } = await exportInto(await server.createDatabase(), '--table', 'nowhere.t');
    expect(exit).toBe(6);
    expect(stderr).toContain('there is no schema "nowhere"');
  });
});

describe.skipIf(programs === undefined)('an empty answer', () => {
  const server = usePostgres();

  async function exportTwice(argv: readonly string[], bodies: readonly string[]) {
    let asked = 0;
    const scripted = await startScriptedServer(() => ({ status: 200, body: bodies[asked++] ?? '' }));
    onTestFinished(() => scripted.close());
    const database = await server.createDatabase();
    const directory = await temporaryDirectory();
    const exits: number[] = [];
    for (const _body of bodies) {
      const run = await runCli(['export', ...argv, '--output', database], { url: scripted.url, directory });
      exits.push(run.exit);
    }
    return { database, exits };
  }

  const days = ['--from', plan.from, '--to', plan.to];
  const header = 'date,package,total\n';

  test.each([
    ['no company', ['companies', '--by', 'package', ...days], header, `${header}2026-11-01,a,1\n`],
    ['no score', ['scores'], 'company,company_domain\n', 'company,company_domain\nACME,acme.example\n'],
    ['no aggregate', ['aggregates', ...days], '', '{"date":"2026-11-01","total":12}\n'],
  ])('with %s empties what it answers for', async (_, argv, empty, full) => {
    const { database, exits } = await exportTwice(argv, [empty, full, empty]);
    expect(exits).toEqual([0, 0, 0]);
    const [table] = await ask(
      database,
      `select format('%I', relname) as name from pg_class
       where relname like 'scarf%' and relname <> 'scarf_cli_watermarks' and relkind = 'r'`,
    );
    expect(await ask(database, `select * from ${String(table?.['name'])}`)).toEqual([]);
  });

  test('of events leaves the table as it is, and the days count as fetched', async () => {
    const database = await server.createDatabase();
    const { url } = await startExportServer({ rows: () => [] });
    const directory = await temporaryDirectory();
    const argv = ['export', 'events', '--output', database, ...days, '--incremental'];
    expect((await runCli(argv, { url, directory })).exit).toBe(0);
    expect(await ask(database, 'select count(*)::int as n from scarf_events_raw')).toEqual([{ n: 0 }]);
    const marks = await ask(database, 'select count(*)::int as n from scarf_cli_watermarks');
    expect(marks).toEqual([{ n: 1 }]);
  });
});
