/** No rows are an answer; nothing at all, where a header should stand, is none. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startScriptedServer } from '../../http/scripted-server.ts';
import { withClient } from '../../postgres-server.ts';
import { findPostgres, usePostgres } from '../../use-postgres.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { idsOf, startDayServer } from './day-server.ts';
import { readTable } from './read-back.ts';
import { runCli } from './run-cli.ts';

const empty = 'an answer without even a header';

describe.each([
  ['a file', ['--output', 'ev.csv'], 'ev.csv'],
  ['a directory', ['--output', 'days/', '--split', 'day'], join('days', 'events-2026-11-18.csv')],
])(`${empty}, into %s`, (_, output, name) => {
  async function setUp() {
    const vendor = await startDayServer();
    const directory = await temporaryDirectory();
    const run = (...argv: string[]) =>
      runCli(['export', 'events', ...output, '--retries', '2', ...argv], {
        url: vendor.url,
        directory,
        now: `${vendor.today}T12:00:00Z`,
      });
    return { vendor, directory, run };
  }

  test.each([[['--incremental']], [[]]])('is asked again, and then counts as no rows (%j)', async (extra) => {
    const { directory, run, vendor } = await setUp();
    vendor.saysNothing = true;
    const { exit, stderr } = await run('--from', '2026-11-18', '--to', '2026-11-18', ...extra);
    expect(exit).toBe(0);
    expect(stderr).toContain('not even a header');
    expect(vendor.asked).toHaveLength(3);
    expect(await readTable(join(directory, name))).toEqual([]);
    // Nothing is there that could be lost.
    expect((await run('--from', '2026-11-18', '--to', '2026-11-18', ...extra)).exit).toBe(0);
  });

  test('is not taken for days that were read: the next incremental run asks again', async () => {
    const { directory, run, vendor } = await setUp();
    vendor.saysNothing = true;
    const range = ['--from', '2026-11-18', '--to', '2026-11-18', '--incremental'];
    await run(...range);
    vendor.saysNothing = false;
    const { exit, stderr } = await run(...range);
    expect(exit).toBe(0);
    expect(stderr).not.toContain('Nothing new');
    const ids = (await readTable(join(directory, name))).map(({ id }) => id);
    expect(ids).toEqual(idsOf(vendor, '2026-11-18', '2026-11-18'));
  });

  test.each([[['--incremental']], [[]]])('never empties days that have rows: exit 5 (%j)', async (extra) => {
    const { directory, run, vendor } = await setUp();
    await run('--from', '2026-11-18', '--to', '2026-11-21', ...extra);
    const before = await readFile(join(directory, name));
    vendor.saysNothing = true;
    vendor.today = '2026-11-23';
    const { exit, stderr } = await run('--from', '2026-11-18', ...extra);
    expect(stderr).toContain('stay as they are');
    expect(exit).toBe(5);
    expect(await readFile(join(directory, name))).toEqual(before);
  });
});

describe.each([
  ['a file', ['--output', 'a.ndjson'], 'a.ndjson'],
  [
    'a directory',
    ['--output', 'days/', '--split', 'day', '--format', 'ndjson'],
    'days/aggregates-2026-11-18.ndjson',
  ],
])('aggregates without a byte, into %s', (_, output, name) => {
  const row = '{"date":"2026-11-18","artifact":"a","total":1}\n';

  async function setUp(
    none: { body: string; headers?: Record<string, string> },
    extra: readonly string[] = [],
  ) {
    let answer: { body: string; headers?: Record<string, string> } = { body: row };
    const scripted = await startScriptedServer(() => ({ status: 200, ...answer }));
    onTestFinished(() => scripted.close());
    const { url } = scripted;
    const directory = await temporaryDirectory();
    const run = (day: string) =>
      runCli(['export', 'aggregates', ...output, '--from', day, '--to', day, ...extra], {
        url,
        directory,
        now: '2026-11-19T12:00:00Z',
      });
    expect((await run('2026-11-18')).exit).toBe(0);
    answer = none;
    return { run, read: () => readFile(join(directory, name), 'utf8') };
  }

  test('never empty days that have rows: exit 5', async () => {
    const { read, run } = await setUp({ body: '' });
    const { exit, stderr } = await run('2026-11-18');
    expect(stderr).toContain('Scarf answered nothing for 2026-11-18 to 2026-11-18');
    expect(exit).toBe(5);
    expect(await read()).toBe(row);
  });

  test('are no rows, without a word, for days that have none', async () => {
    const { read, run } = await setUp({ body: '' }, ['--incremental']);
    const { exit, stderr } = await run('2026-11-16');
    expect([exit, stderr.includes('warning')]).toEqual([0, false]);
    expect((await run('2026-11-16')).stderr).toContain('Nothing new');
    expect(await read()).toBe(row);
  });

  test.each([
    ['headers with the window', { body: '', headers: { 'x-scarf-effective-start-date': '2026-11-18' } }],
    ['a blank line', { body: '\n' }],
  ])('are taken at their word where %s shows whose they are', async (_mark, none) => {
    const { read, run } = await setUp(none);
    expect((await run('2026-11-18')).exit).toBe(0);
    expect(await read()).toBe('');
  });
});

const programs = findPostgres();

describe.skipIf(programs === undefined)('PostgreSQL', () => {
  const server = usePostgres();

  interface Row {
    from: string;
    through: string;
  }

  async function readState(
    database: string,
    table: string,
  ): Promise<{ rows: number; mark: Row | undefined }> {
    return withClient(database, async (client) => {
      const counted = await client.query<{ count: number }>(`select count(*)::int as count from ${table}`);
      const { rows } = await client.query<Row>(
        `select from_day::text as from, through_day::text as through from scarf_cli_watermarks
         where table_name = '${table}'`,
      );
      return { rows: counted.rows[0]?.count ?? -1, mark: rows[0] };
    });
  }

  test.each([
    ['no aggregates', ['aggregates'], 'scarf_aggregates', `{"date":"2026-11-18","total":1}\n`, ''],
    [
      'a quiet week',
      ['companies', '--by', 'package'],
      'scarf_companies_by_package',
      'date,package,total\n2026-11-18,a,1\n',
      'date,package,total\n',
    ],
  ])('%s empties the days and moves the watermark', async (_, dataset, table, some, none) => {
    let body = some;
    const scripted = await startScriptedServer(() => ({ status: 200, body }));
    const database = await server.createDatabase();
    const directory = await temporaryDirectory();
    const run = (day: string, now: string) =>
      runCli(
        ['export', ...dataset, '--output', database, '--incremental', '--from', '2026-11-18', '--to', day],
        { url: scripted.url, directory, now: `${now}T12:00:00Z` },
      );
    expect((await run('2026-11-18', '2026-11-19')).exit).toBe(0);
    expect(await readState(database, table)).toEqual({
      rows: 1,
      mark: { from: '2026-11-18', through: '2026-11-18' },
    });
    body = none;
    const { exit, stderr } = await run('2026-11-20', '2026-11-21');
    expect(stderr).toContain('complete');
    expect(exit).toBe(0);
    expect(await readState(database, table)).toEqual({
      rows: 0,
      mark: { from: '2026-11-18', through: '2026-11-20' },
    });
    await scripted.close();
  });

  test('scores with only a header empty the table', async () => {
    let body = 'company,scarf_score\nACME,1\n';
    const scripted = await startScriptedServer(() => ({ status: 200, body }));
    const database = await server.createDatabase();
    const directory = await temporaryDirectory();
    const argv = ['export', 'scores', '--output', database];
    await runCli(argv, { url: scripted.url, directory });
    body = 'company,scarf_score\n';
    expect((await runCli(argv, { url: scripted.url, directory })).exit).toBe(0);
    await withClient(database, async (client) => {
      expect((await client.query('select * from scarf_scores')).rows).toEqual([]);
    });
    await scripted.close();
  });

  test(`${empty} leaves rows alone: exit 5`, async () => {
    const vendor = await startDayServer();
    const database = await server.createDatabase();
    const directory = await temporaryDirectory();
    const argv = ['export', 'events', '--output', database, '--incremental', '--retries', '0'];
    const context = { url: vendor.url, directory };
    await runCli([...argv, '--from', '2026-11-18', '--to', '2026-11-19'], context);
    vendor.saysNothing = true;
    expect((await runCli([...argv, '--from', '2026-11-20', '--to', '2026-11-20'], context)).exit).toBe(0);
    expect((await readState(database, 'scarf_events_raw')).mark?.through).toBe('2026-11-19');
    const again = await runCli([...argv, '--from', '2026-11-17'], {
      ...context,
      now: '2026-11-23T12:00:00Z',
    });
    expect(again.exit).toBe(5);
  });
});
