import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPgBouncer, startPgBouncer } from '../../pgbouncer.ts';
import { withClient } from '../../postgres-server.ts';
import { advisoryLocks, findPostgres, usePostgres } from '../../use-postgres.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { buildCli, runProcess } from './cli-process.ts';
import { byId, makeEvents } from './event-rows.ts';
import { startExportServer } from './export-server.ts';
import { readTable } from './read-back.ts';

const plan = { from: '2026-11-01', to: '2026-11-06', perDay: 300 };
const rows = makeEvents(plan);
const argv = ['export', 'events', '--from', plan.from, '--to', plan.to, '--window', '1d'];
const events = ['--progress', 'json'];

const node = process.execPath;
let cli: Awaited<ReturnType<typeof buildCli>>;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

function environmentFor(url: string): Record<string, string> {
  return { SCARF_API_TOKEN: 'secret', SCARF_OWNER: 'acme', SCARF_API_URL: url };
}

test('killed at one step after the other, then run: the files are those of one run', async () => {
  const directory = await temporaryDirectory();
  const { url } = await startExportServer({ rows: () => rows, duplicateEvery: 10 });
  const output = ['--split', 'day', '--incremental', '--output', 'out/', ...events];
  const cliProcess = {
    command: [node, cli.path],
    argv: [...argv, ...output],
    directory,
    environment: environmentFor(url),
  };
  for (const at of [1, 4, 7, 10, 13, 16]) {
    const { code } = await runProcess(cliProcess, (_, number, kill) => {
      if (number === at) kill();
    });
    expect(code).toBeNull();
  }
  const { code } = await runProcess(cliProcess);
  expect(code).toBe(0);
  const names = (await readdir(join(directory, 'out'))).sort();
  expect(names).toEqual([
    '.events.scarf-cli.json',
    ...[1, 2, 3, 4, 5, 6].map((day) => `events-2026-11-0${day}.csv`),
  ]);
  const tables = await Promise.all(names.slice(1).map((name) => readTable(join(directory, 'out', name))));
  expect(byId(tables.flat())).toEqual(byId(rows));
});

const programs = findPostgres();

describe.skipIf(programs === undefined)('PostgreSQL', () => {
  const server = usePostgres();

  const pooler = findPgBouncer();

  test.each([
    ['straight', false],
    ['through PgBouncer', true],
  ])(
    '%s, killed six times, then run: every id once, no temporary table, lock or file',
    async (_, isPooled) => {
      if (isPooled && pooler === undefined) return;
      const directory = await temporaryDirectory();
      const database = await server.createDatabase();
      const address = isPooled ? await startPgBouncer(pooler ?? '', database) : database;
      const { url } = await startExportServer({ rows: () => rows, duplicateEvery: 10 });
      const temporary = join(directory, 'temporary');
      await mkdir(temporary);
      const cliProcess = {
        command: [node, cli.path],
        argv: [...argv, '--output', 'postgres:', ...events],
        directory,
        environment: { ...environmentFor(url), PSQL_CONN_STRING: address, TMPDIR: temporary },
      };
      for (let kill = 0; kill < 6; kill++) {
        const at = 1 + ((kill * 7) % 24);
        await runProcess(cliProcess, (_line, number, end) => {
          if (number === at) end();
        });
        const counted = await withClient(database, (client) => countByDay(client));
        // Whole windows only.
        for (const count of counted) expect(count).toBe(plan.perDay);
      }
      const { code, stderr } = await runProcess(cliProcess);
      expect(stderr).not.toContain('"failed"');
      expect(code).toBe(0);
      expect(await readdir(temporary)).toEqual([]);
      await withClient(database, async (client) => {
        expect(await countByDay(client)).toEqual([300, 300, 300, 300, 300, 300]);
        const ids = await client.query('select 1 from scarf_events_raw group by id having count(*) > 1');
        expect(ids.rows).toEqual([]);
        const left = await client.query(`select 1 from pg_class where relname like 'scarf_cli_staging%'`);
        expect(left.rows).toEqual([]);
        const locks = await client.query(advisoryLocks);
        expect(locks.rows).toEqual([]);
      });
    },
    120_000,
  );
});

async function countByDay(client: Parameters<Parameters<typeof withClient>[1]>[0]): Promise<number[]> {
  const there = await client.query<{ found: string | null }>(
    `select to_regclass('scarf_events_raw')::text as found`,
  );
  if ((there.rows[0]?.found ?? null) === null) return [];
  const { rows: counted } = await client.query<{ count: number }>(
    'select count(*)::int as count from scarf_events_raw group by time::date order by time::date',
  );
  return counted.map(({ count }) => count);
}
