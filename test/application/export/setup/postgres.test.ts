import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { withClient } from '../../../postgres-server.ts';
import { findPostgres, usePostgres } from '../../../use-postgres.ts';
import { startScriptedServer } from '../../../http/scripted-server.ts';
import { temporaryDirectory } from '../../../vendors/temporary.ts';
import { columnNames, makeEvents, type EventRow } from '../../../commands/export/event-rows.ts';
import { startExportServer } from '../../../commands/export/export-server.ts';
import { runCli } from '../../../commands/export/run-cli.ts';

const plan = { from: '2026-11-01', to: '2026-11-05', perDay: 200 };
const rows = makeEvents(plan);
const range = ['--from', plan.from, '--to', plan.to];
const programs = findPostgres();

/** Under which a run locks the table. */
const lockKey = createHash('sha256')
  .update('scarf-cli public.scarf_events_raw')
  .digest()
  .readBigInt64BE()
  .toString();

/** As the vendor's exporter makes it (scarf-sh/scarf-postgres-exporter, 2025-10): 24 columns, no key. */
const exporterTable = `create table scarf_events_raw (
  id text, type text, package text, pixel text, version text, time timestamp, referer text, user_agent text,
  platform text, variables text, origin_id text, origin_latitude numeric, origin_longitude numeric,
  origin_country text, origin_city text, origin_postal text, origin_connection_type text, origin_company text,
  origin_domain text, dnt boolean, confidence numeric, endpoint_id text, origin_state text,
  mtc_quota_exceeded boolean)`;

describe.skipIf(programs === undefined)('PostgreSQL', () => {
  const server = usePostgres();

  async function countIds(url: string, table = 'scarf_events_raw') {
    return withClient(url, async (client) => {
      const { rows: counted } = await client.query<{ all: string; ids: string }>(
        `select count(*) as all, count(distinct id) as ids from ${table}`,
      );
      return { all: Number(counted[0]?.all), ids: Number(counted[0]?.ids) };
    });
  }

  async function setUp(options: { rows?: () => readonly EventRow[]; duplicateEvery?: number } = {}) {
    const { url, asked } = await startExportServer({ rows: () => rows, duplicateEvery: 10, ...options });
    const directory = await temporaryDirectory();
    const database = await server.createDatabase();
    const run = (argv: string[], now = '2026-11-22T12:00:00Z', environment: Record<string, string> = {}) =>
      runCli(['export', 'events', '--output', 'postgres:', ...argv], {
        url,
        directory,
        now,
        environment: { PSQL_CONN_STRING: database, ...environment },
      });
    return { run, asked, database, directory };
  }

  test('five days with duplicates: a thousand rows, and a thousand after a second run', async () => {
    const { run, database, directory } = await setUp();
    const first = await run([...range, '--json']);
    expect(first.stderr).toContain('complete');
    expect(first.exit).toBe(0);
    expect(await countIds(database)).toEqual({ all: 1000, ids: 1000 });
    const second = await run([...range, '--json']);
    expect(JSON.parse(second.stdout.toString())).toMatchObject({
      exit: 0,
      counts: { received: 1150, written: 0, duplicates: 1150, outside: 0, rejected: 0 },
    });
    expect(await countIds(database)).toEqual({ all: 1000, ids: 1000 });
    expect(await readdir(directory)).toEqual([]);
  });

  test('every value arrives as it was', async () => {
    const { run, database } = await setUp();
    await run(range);
    const { rows: stored } = await withClient(database, (client) =>
      client.query<EventRow>(
        `select ${columnNames.map((name) => (name === 'time' ? `to_char(time, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as time` : `coalesce(${name}::text, '') as ${name}`)).join(', ')}
         from scarf_events_raw order by id`,
      ),
    );
    const sorted = [...rows].sort((left, right) => ((left['id'] ?? '') < (right['id'] ?? '') ? -1 : 1));
    expect(stored).toEqual(sorted);
  });

  test('the exporter of the vendor is gone on with from its newest row, without new duplicates', async () => {
    const { run, database, asked } = await setUp();
    const old = rows.filter(({ time = '' }) => time < '2026-11-03T12');
    await withClient(database, async (client) => {
      await client.query(exporterTable);
      for (const row of [...old, ...old.slice(0, 50)]) {
        await client.query('insert into scarf_events_raw (id, time) values ($1, $2)', [
          row['id'],
          row['time'],
        ]);
      }
    });
    const argv = ['--incremental', '--lag', '0'];
    const { exit, stderr } = await run(argv, '2026-11-06T12:00:00Z', {
      SCARF_OWNER: '',
      SCARF_ENTITY_NAME: 'acme',
      BACKFILL_DAYS: '31',
    });
    expect(stderr).toContain('complete');
    expect(exit).toBe(0);
    expect(asked).toEqual(['/v2/packages/acme/events 2026-11-02..2026-11-05']);
    expect(await countIds(database)).toEqual({ all: 1050, ids: 1000 });
    const cleaned = await run([...argv, '--dedupe-existing'], '2026-11-07T12:00:00Z');
    expect(cleaned.stderr).toContain('removed 50 existing duplicates');
    expect(await countIds(database)).toEqual({ all: 1000, ids: 1000 });
  });

  test('BACKFILL_DAYS=N fetches the N whole days that end yesterday', async () => {
    const { run, asked } = await setUp();
    await run(['--incremental'], '2026-11-06T12:00:00Z', { BACKFILL_DAYS: '4' });
    expect(asked).toEqual(['/v2/packages/acme/events 2026-11-02..2026-11-05']);
    const bare = await setUp();
    await bare.run(['--incremental'], '2026-11-06T12:00:00Z');
    expect(bare.asked).toEqual(['/v2/packages/acme/events 2026-10-06..2026-11-05']);
  });

  test('incremental runs go on from the watermark, and say when nothing is new', async () => {
    const { run, asked, database } = await setUp();
    await run(['--incremental', '--from', '2026-11-01'], '2026-11-04T12:00:00Z');
    await run(['--incremental', '--lag', '1d'], '2026-11-06T12:00:00Z');
    expect(asked.map((label) => label.split(' ')[1])).toEqual([
      '2026-11-01..2026-11-03',
      '2026-11-02..2026-11-05',
    ]);
    const { exit, stderr } = await run(['--incremental'], '2026-11-06T13:00:00Z');
    expect(exit).toBe(0);
    expect(stderr).toContain('Nothing new');
    expect(await countIds(database)).toEqual({ all: 1000, ids: 1000 });
  });

  test.each([
    [
      'ahead of the newest row',
      `update scarf_cli_watermarks set through_day = '2026-11-20'`,
      '2026-11-04..2026-11-21',
    ],
    ['over an empty table', 'truncate scarf_events_raw', '2026-10-22..2026-11-21'],
    ['over a missing table', 'drop table scarf_events_raw', '2026-10-22..2026-11-21'],
  ])('a watermark %s is not believed', async (_, sql, expected) => {
    const { run, asked, database } = await setUp();
    await run(['--incremental', '--from', '2026-11-01'], '2026-11-06T12:00:00Z');
    await withClient(database, (client) => client.query(sql));
    await run(['--incremental', '--lag', '0']);
    expect(asked.at(-1)).toBe(`/v2/packages/acme/events ${expected}`);
  });

  test('--upsert brings the company that was found later; without it rows stay', async () => {
    let company = '';
    const later = () => rows.map((row) => ({ ...row, origin_company: company }));
    const { run, database } = await setUp({ rows: later });
    const companies = () =>
      withClient(database, async (client) => {
        const found = await client.query<{ name: string | null }>(
          'select distinct origin_company as name from scarf_events_raw',
        );
        return found.rows.map(({ name }) => name);
      });
    await run(range);
    company = 'ACME';
    await run(range);
    expect(await companies()).toEqual([null]);
    const { exit } = await run([...range, '--upsert']);
    expect(exit).toBe(0);
    expect(await companies()).toEqual(['ACME']);
    expect(await countIds(database)).toEqual({ all: 1000, ids: 1000 });
  });

  test('a column that the table does not have is reported, or added with --evolve', async () => {
    const { run, database } = await setUp();
    await withClient(database, (client) =>
      client.query('create table scarf_events_raw (id text primary key, time timestamp)'),
    );
    const left = await run([...range]);
    expect(left.exit).toBe(0);
    expect(left.stderr).toContain('the table has no columns "type", "package"');
    await run([...range, '--evolve', '--upsert']);
    const { rows: found } = await withClient(database, (client) =>
      client.query<{ origin_city: string; dnt: boolean }>(
        `select origin_city, dnt from scarf_events_raw where id = '${rows[7]?.['id'] ?? ''}'`,
      ),
    );
    expect(found).toEqual([{ origin_city: 'Zürich\r\n東京', dnt: false }]);
  });

  test('a missing table is made, unless that is forbidden', async () => {
    const { run } = await setUp();
    const { exit, stderr } = await run([...range, '--no-create-table', '--table', 'public.other']);
    expect(exit).toBe(6);
    expect(stderr).toContain('no such table: "public"."other"');
  });

  test('two runs at once: the second waits, then exits 9', async () => {
    const { run, database } = await setUp();
    await withClient(database, async (client) => {
      await run([...range]);
      await client.query('select pg_advisory_lock($1)', [lockKey]);
      const { exit, stderr, waits } = await run([...range]);
      expect(exit).toBe(9);
      expect(stderr).toContain('another run is writing to the table');
      expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(9_000);
    });
  });

  test('a database that is not there is exit 6, and its password is in no message', async () => {
    const { run } = await setUp();
    const { exit, stderr } = await run([...range, '--json'], undefined, {
      PSQL_CONN_STRING: 'postgres://someone:hidden@127.0.0.1:9/nowhere',
    });
    expect(exit).toBe(6);
    expect(stderr).toContain('cannot reach 127.0.0.1:9: connection refused (check PSQL_CONN_STRING)');
    expect(stderr).not.toContain('hidden');
  });

  test('rows without ids replace those of their days', async () => {
    const bodies = ['2026-11-01,a,1\n2026-11-02,b,2\n', '2026-11-02,c,3\n', '2026-11-02,c,4\n'];
    let asked = 0;
    const scripted = await startScriptedServer(() => ({
      status: 200,
      body: `date,package,total\n${bodies[asked++] ?? ''}`,
    }));
    const database = await server.createDatabase();
    const directory = await temporaryDirectory();
    const argv = ['export', 'companies', '--by', 'package', '--output', database, '--to', '2026-11-02'];
    await runCli([...argv, '--from', '2026-11-01'], { url: scripted.url, directory });
    await runCli([...argv, '--from', '2026-11-02'], { url: scripted.url, directory });
    const last = await runCli([...argv, '--from', '2026-11-02'], { url: scripted.url, directory });
    await scripted.close();
    expect(last.exit).toBe(0);
    const { rows: found } = await withClient(database, (client) =>
      client.query('select date::text, package, total::int from scarf_companies_by_package order by 1'),
    );
    expect(found).toEqual([
      { date: '2026-11-01', package: 'a', total: 1 },
      { date: '2026-11-02', package: 'c', total: 4 },
    ]);
  });

  test('aggregates go into a table of their own, which holds one selection', async () => {
    const row = { date: '2026-11-01', total: 12, breakdowns: ['by-company'], company_name: 'ACME, Inc.' };
    const scripted = await startScriptedServer(() => ({ status: 200, body: `${JSON.stringify(row)}\n` }));
    const database = await server.createDatabase();
    const directory = await temporaryDirectory();
    const argv = ['export', 'aggregates', '--output', database, '--from', '2026-11-01', '--to', '2026-11-01'];
    const first = await runCli(argv, { url: scripted.url, directory });
    expect(first.stderr).toContain('complete');
    const other = await runCli([...argv, '--breakdown', 'by-company'], { url: scripted.url, directory });
    await scripted.close();
    expect(other.exit).toBe(2);
    expect(other.stderr).toContain('contains another selection');
    const { rows: found } = await withClient(database, (client) =>
      client.query('select total::int, breakdowns, company_name from scarf_aggregates'),
    );
    expect(found).toEqual([{ total: 12, breakdowns: ['by-company'], company_name: 'ACME, Inc.' }]);
  });
});
