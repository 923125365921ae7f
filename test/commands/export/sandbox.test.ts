import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { addDays } from '../../../src/calendar.ts';
import type { Artifact, Fault, ScarfExportOptions, ScarfOptions } from '../../../src/sandbox/index.ts';
import { openSandbox, type Opened } from '../../sandbox/open.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { byId } from './event-rows.ts';
import { readTable } from './read-back.ts';
import { runCli } from './run-cli.ts';

const artifacts: Artifact[] = [
  { kind: 'package', id: '970493a1-4ca0-4a4d-a085-fdce578e5a08', name: 'widget', type: 'npm' },
  { kind: 'pixel', id: '0d3f2b1c-5a6e-4f70-8192-a3b4c5d6e7f8', name: 'Docs' },
];

async function open(
  exports: ScarfExportOptions = {},
  scarf: ScarfOptions = {},
  faults: Fault[] = [],
): Promise<Opened> {
  const settings = { eventsPerDay: 200, duplicateShare: 0.1, oddShare: 0.05, ...exports };
  return openSandbox({ scarf: { artifacts, exports: settings, ...scarf }, faults });
}

interface Around {
  sandbox: Opened;
  directory: string;
  now?: string;
}

function run(argv: string[], { sandbox, directory, now }: Around) {
  return runCli(['export', ...argv], {
    url: sandbox.url,
    directory,
    environment: { SCARF_API_TOKEN: 'sandbox-token', SCARF_OWNER: 'sandbox' },
    ...(now === undefined ? {} : { now }),
  });
}

const fiveDays = ['--from', '2026-11-02', '--to', '2026-11-06'];

test('five days: the same multiset of rows in CSV, NDJSON and Parquet, read by DuckDB', async () => {
  const sandbox = await open();
  const directory = await temporaryDirectory();
  for (const name of ['events.csv', 'events.ndjson', 'events.parquet']) {
    const { exit, stderr } = await run(['events', ...fiveDays, '--output', name], { sandbox, directory });
    expect(stderr).toContain('complete');
    expect(exit).toBe(0);
  }
  const database = await (await DuckDBInstance.create(':memory:')).connect();
  const file = (name: string) => `'${join(directory, name)}'`;
  const csv = `read_csv(${file('events.csv')}, all_varchar = true)`;
  const sources = [
    csv,
    `read_json(${file('events.ndjson')}, format = 'newline_delimited')`,
    `read_parquet(${file('events.parquet')})`,
  ];
  const sums: unknown[] = [];
  for (const source of sources) {
    const read = await database.runAndReadAll(
      `select count(*)::int as "rows", count(distinct id)::int as ids,
         sum(origin_latitude::double)::int as latitudes, sum(strlen(coalesce(variables, '')))::int as texts,
         sum(hash(origin_city) % 1000)::int as cities, count(dnt)::int as booleans,
         min(time::timestamp)::varchar as first, max(time::timestamp)::varchar as last
       from ${source}`,
    );
    sums.push(read.getRowObjectsJson()[0]);
  }
  expect(sums[0]).toMatchObject({ rows: 1000, ids: 1000 });
  expect(sums[1]).toEqual(sums[0]);
  expect(sums[2]).toEqual(sums[0]);
  const types = await database.runAndReadAll(`describe select time, dnt, confidence, id from ${sources[2]}`);
  expect(types.getRowObjectsJson().map((column) => column['column_type'])).toEqual([
    'TIMESTAMP WITH TIME ZONE',
    'BOOLEAN',
    'DOUBLE',
    'VARCHAR',
  ]);
});

test('the hive layout is one table for DuckDB', async () => {
  const sandbox = await open();
  const directory = await temporaryDirectory();
  const argv = ['events', ...fiveDays, '--split', 'day', '--layout', 'hive', '--output', 'events/'];
  await run([...argv, '--format', 'parquet', '--manifest', '--incremental'], { sandbox, directory });
  const database = await (await DuckDBInstance.create(':memory:')).connect();
  const read = await database.runAndReadAll(
    `select date::varchar as day, count(*)::int as "rows"
     from read_parquet('${join(directory, 'events')}/**/*.parquet', hive_partitioning = true) group by 1 order by 1`,
  );
  expect(read.getRowObjectsJson()).toEqual(
    [2, 3, 4, 5, 6].map((day) => ({ day: `2026-11-0${day}`, rows: 200 })),
  );
});

test('--incremental over two weeks with late rows equals one export of all', async () => {
  const sandbox = await open({ lateShare: 0.1, lateDays: 2 });
  const directory = await temporaryDirectory();
  sandbox.advance(-20 * 86_400_000);
  for (let today = '2026-11-02'; today <= '2026-11-16'; today = addDays(today, 1)) {
    const argv = ['events', '--from', '2026-10-28', '--incremental', '--output', 'daily.csv'];
    const { exit } = await run(argv, { sandbox, directory, now: `${today}T12:00:00Z` });
    expect(exit).toBe(0);
    sandbox.advance(86_400_000);
  }
  const settled = '2026-11-12';
  await run(['events', '--from', '2026-10-28', '--to', settled, '--output', 'whole.csv'], {
    sandbox,
    directory,
  });
  const whole = await readTable(join(directory, 'whole.csv'));
  const daily = (await readTable(join(directory, 'daily.csv'))).filter(
    ({ time = '' }) => time.slice(0, 10) <= settled,
  );
  expect(whole).toHaveLength(16 * 200);
  expect(byId(daily)).toEqual(byId(whole));
});

test('a later range, an earlier one, then no dates: byte for byte one export of everything', async () => {
  const sandbox = await open();
  const directory = await temporaryDirectory();
  const context = { sandbox, directory };
  const growing = ['events', '--incremental', '--output', 'ev.csv', '--manifest'];
  await run([...growing, '--from', '2026-11-10', '--to', '2026-11-20'], context);
  const second = await run([...growing, '--from', '2026-11-01', '--to', '2026-11-02', '--json'], context);
  expect(JSON.parse(second.stdout.toString())).toMatchObject({
    gaps: [{ from: '2026-11-03', to: '2026-11-09' }],
  });
  expect((await run(growing, context)).exit).toBe(0);
  await run(['events', '--from', '2026-11-01', '--output', 'whole.csv'], context);
  const whole = await readFile(join(directory, 'whole.csv'));
  expect(await readFile(join(directory, 'ev.csv'))).toEqual(whole);
  expect((await run(growing, context)).stderr).toContain('Nothing new');
});

describe('through faults', () => {
  const faults: [string, Fault][] = [
    ['replies reset in the middle', { kind: 'reset-mid-reply', afterBytes: 50_000, times: 2 }],
    ['replies that end early', { kind: 'short-reply', afterBytes: 70_000, times: 2 }],
    ['replies that are not CSV', { kind: 'garbage', times: 1 }],
    ['server errors', { kind: 'status', status: 503, times: 2 }],
    ['too many requests', { kind: 'status', status: 429, headers: { 'retry-after': '1' }, times: 2 }],
    ['resets', { kind: 'reset', times: 2 }],
  ];
  test.each(faults)('%s, the file is whole', async (_, fault) => {
    const directory = await temporaryDirectory();
    const calm = await open();
    const rough = await open({}, {}, [{ vendor: 'scarf', route: 'events-csv', ...fault }]);
    await run(['events', ...fiveDays, '--output', 'calm.csv'], { sandbox: calm, directory });
    const { exit } = await run(['events', ...fiveDays, '--output', 'rough.csv'], {
      sandbox: rough,
      directory,
    });
    expect(exit).toBe(0);
    expect(await readFile(join(directory, 'rough.csv'))).toEqual(await readFile(join(directory, 'calm.csv')));
  });

  test('a range that is too long, the file is whole', async () => {
    const sandbox = await open({ maxRangeDays: 2 });
    const directory = await temporaryDirectory();
    const { exit } = await run(['events', ...fiveDays, '--output', 'events.csv'], { sandbox, directory });
    expect(exit).toBe(0);
    expect(await readTable(join(directory, 'events.csv'))).toHaveLength(1000);
  });
});

test('names are resolved, other tables come too', async () => {
  const sandbox = await open();
  const directory = await temporaryDirectory();
  const context = { sandbox, directory };
  const exports = [
    ['events', ...fiveDays, '--package', 'npm/widget', '--output', 'package.csv'],
    ['events', ...fiveDays, '--pixel', 'Docs', '--output', 'pixel.csv'],
    ['companies', '--output', 'companies.csv'],
    ['companies', '--by', 'package', ...fiveDays, '--output', 'by-package.csv'],
    ['companies', '--by', 'pixel', ...fiveDays, '--output', 'by-pixel.csv'],
    ['scores', '--output', 'scores.csv'],
    ['aggregates', ...fiveDays, '--breakdown', 'by-company', '--output', 'aggregates.csv'],
    ['aggregates', ...fiveDays, '--api', 'v2', '--breakdown', 'by-country', '--output', 'aggregates-v2.csv'],
    [
      'aggregates',
      ...fiveDays,
      '--rollup',
      'total',
      '--breakdown',
      'by-company-size',
      '--output',
      'sizes.csv',
    ],
  ];
  for (const argv of exports) {
    const { exit, stderr } = await run(argv, context);
    expect(`${argv.join(' ')}: ${stderr}`).toContain('complete');
    expect(exit).toBe(0);
    expect((await readTable(join(directory, argv.at(-1) ?? ''))).length).toBeGreaterThan(0);
  }
  expect((await readdir(directory)).length).toBe(exports.length);
});

test.each([
  [{ plan: 'free' as const }, /paid plan/],
  [{ role: 'member' as const }, /Owner or Admin/],
])('%o may not export', async (scarf, message) => {
  const sandbox = await open({}, scarf);
  const directory = await temporaryDirectory();
  const { exit, stderr } = await run(['events', '--output', 'events.csv'], { sandbox, directory });
  expect(exit).toBe(4);
  expect(stderr).toMatch(message);
});
