/** The sequence that lost days: a later range, an earlier one, then no dates; with a kill in each of the last two. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../postgres-server.ts';
import { findPostgres, usePostgres } from '../../use-postgres.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { buildCli, runProcess } from './cli-process.ts';
import { idsOf, later, startDayServer } from './day-server.ts';
import { readTable } from './read-back.ts';

// The process has the clock of this machine.
const today = new Date().toISOString().slice(0, 10);
const ago = (days: number) => later(today, -days);

let cli: Awaited<ReturnType<typeof buildCli>>;
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => cli.remove());

async function playSequence(output: readonly string[], environment: Record<string, string> = {}) {
  const vendor = await startDayServer({ today });
  const directory = await temporaryDirectory();
  const run = (argv: readonly string[], killAt: number) =>
    runProcess(
      {
        command: [process.execPath, cli.path],
        argv: ['export', 'events', ...output, '--incremental', '--progress', 'json', ...argv],
        directory,
        environment: {
          SCARF_API_TOKEN: 'secret',
          SCARF_OWNER: 'acme',
          SCARF_API_URL: vendor.url,
          ...environment,
        },
      },
      (_, number, kill) => {
        if (number === killAt) kill();
      },
    );
  expect((await run(['--from', ago(16), '--to', ago(6)], 0)).code).toBe(0);
  expect((await run(['--from', ago(25), '--to', ago(20), '--window', '1d'], 12)).code).toBeNull();
  expect((await run(['--window', '1d'], 9)).code).toBeNull();
  expect((await run(['--from', ago(25), '--to', ago(24)], 0)).code).toBe(0);
  const last = await run([], 0);
  expect(last.stderr).not.toContain('"failed"');
  expect(last.code).toBe(0);
  return { directory, expected: idsOf(vendor, ago(25), ago(1)) };
}

test.each([
  ['a file', ['--output', 'ev.csv']],
  ['a directory', ['--output', 'days/', '--split', 'day']],
])(
  'into %s: everything is there',
  async (_, output) => {
    const { directory, expected } = await playSequence(output);
    const names = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.csv'));
    const rows = await Promise.all(names.map((name) => readTable(join(directory, name))));
    expect(
      rows
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(expected);
  },
  60_000,
);

const programs = findPostgres();

describe.skipIf(programs === undefined)('PostgreSQL', () => {
  const server = usePostgres();

  test('everything is there', async () => {
    const database = await server.createDatabase();
    const { expected } = await playSequence(['--output', 'postgres:'], { PSQL_CONN_STRING: database });
    const { rows } = await withClient(database, (client) =>
      client.query<{ id: string }>('select id from scarf_events_raw order by id collate "C"'),
    );
    expect(rows.map(({ id }) => id)).toEqual(expected);
  });
});
