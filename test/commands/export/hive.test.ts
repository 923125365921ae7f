/** Directories of `--layout hive`, as table engines read them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { openSandbox } from '../../sandbox/open.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { runCli, type CliRun } from './run-cli.ts';

const readers: Record<string, string> = {
  csv: 'read_csv',
  ndjson: 'read_json',
  parquet: 'read_parquet',
};

const datasets = [['companies', '--by', 'package'], ['aggregates', '--rollup', 'daily'], ['events']];

const cases = Object.keys(readers).flatMap((format) =>
  datasets.map((dataset) => ({ format, dataset: dataset.join(' '), argv: dataset })),
);

test.each(cases)('$dataset in $format has its day in the path only', async ({ format, argv }) => {
  const { directory, run } = await openScene();
  const days = ['--from', '2026-11-02', '--to', '2026-11-04'];
  const flat = await run([...argv, ...days, '--output', `flat.${format}`]);
  const hive = await run([
    ...[...argv, ...days, '--format', format],
    ...['--split', 'day', '--layout', 'hive', '--output', 'hive/', '--manifest'],
  ]);
  expect([flat.exit, hive.exit]).toEqual([0, 0]);

  const database = await (await DuckDBInstance.create(':memory:')).connect();
  const table = (path: string, isHive: boolean) =>
    `${readers[format]}('${path}', hive_partitioning = ${isHive})`;
  const files = (await readdir(join(directory, 'hive'), { recursive: true })).filter((name) =>
    name.endsWith(`.${format}`),
  );
  expect(files).toHaveLength(3);
  // As pyarrow reads a directory: the path gives a column, which no file may have, and all files are alike.
  const inFiles = await Promise.all(
    files.map((name) => columnsOf(database, table(join(directory, 'hive', name), false))),
  );
  for (const columns of inFiles) {
    expect(columns.map((name) => name.toLowerCase())).not.toContain('date');
    expect(columns).toEqual(inFiles[0]);
  }
  const whole = table(join(directory, 'hive', '**', `*.${format}`), true);
  expect(await columnsOf(database, whole)).toContain('date');
  const count = async (from: string) => {
    const read = await database.runAndReadAll(`select count(*)::int as n from ${from}`);
    return read.getRowObjectsJson()[0]?.['n'];
  };
  expect(await count(whole)).toBe(await count(table(join(directory, `flat.${format}`), false)));
  const names = await readdir(join(directory, 'hive'));
  const manifest = names.find((name) => name.endsWith('.manifest.json')) ?? '';
  const listed = (
    JSON.parse(await readFile(join(directory, 'hive', manifest), 'utf8')) as {
      files: { columns: string[] }[];
    }
  ).files;
  expect(listed.flatMap(({ columns }) => columns)).not.toContain('date');
});

test('a day is the same in the path as it was in the rows', async () => {
  const { directory, run } = await openScene();
  const argv = ['companies', '--by', 'package', '--from', '2026-11-02', '--to', '2026-11-04'];
  await run([...argv, '--output', 'flat.csv']);
  await run([...argv, '--split', 'day', '--layout', 'hive', '--output', 'hive/']);
  const database = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = async (from: string) => {
    const sql = `select date::varchar as date, company, total from ${from} order by all`;
    return (await database.runAndReadAll(sql)).getRowObjectsJson();
  };
  const whole = await rows(`read_csv('${join(directory, 'flat.csv')}')`);
  expect(await rows(`read_csv('${join(directory, 'hive/**/*.csv')}', hive_partitioning = true)`)).toEqual(
    whole,
  );
});

test('--columns with nothing but the day leaves no file to write', async () => {
  const { run } = await openScene();
  const argv = ['companies', '--by', 'package', '--from', '2026-11-02', '--to', '2026-11-04'];
  const layout = ['--split', 'day', '--layout', 'hive', '--output', 'hive/'];
  expect((await run([...argv, ...layout, '--columns', 'date'])).exit).toBe(2);
});

async function openScene(): Promise<{ directory: string; run: (argv: string[]) => Promise<CliRun> }> {
  const sandbox = await openSandbox({ scarf: { exports: { eventsPerDay: 50 } } });
  const directory = await temporaryDirectory();
  const environment = { SCARF_API_TOKEN: 'sandbox-token', SCARF_OWNER: 'sandbox' };
  return {
    directory,
    run: (argv) => runCli(['export', ...argv], { url: sandbox.url, directory, environment }),
  };
}

async function columnsOf(database: DuckDBConnection, table: string): Promise<string[]> {
  const read = await database.runAndReadAll(`describe select * from ${table}`);
  return read.getRowObjectsJson().map((column) => column['column_name'] as string);
}
