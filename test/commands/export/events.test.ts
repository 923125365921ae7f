import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { byId, columnNames, makeEvents, writeCsv } from './event-rows.ts';
import { startExportServer, tableFor } from './export-server.ts';
import { readTable } from './read-back.ts';
import { runCli } from './run-cli.ts';

const plan = { from: '2026-11-01', to: '2026-11-05', perDay: 200 };
const rows = makeEvents(plan);
const range = ['--from', plan.from, '--to', plan.to];

describe('five days with duplicates', () => {
  test.each([
    'events.csv',
    'events.ndjson',
    'events.jsonl',
    'events.parquet',
    'events.csv.gz',
    'events.ndjson.gz',
  ])('into %s: each id once, every column, the same rows', async (name) => {
    const directory = await temporaryDirectory();
    const { url } = await startExportServer({ rows: () => rows, duplicateEvery: 10 });
    const { exit, stdout, stderr } = await runCli(
      ['export', 'events', ...range, '--output', name, '--json'],
      { url, directory },
    );
    expect(stderr).toContain('complete');
    expect(exit).toBe(0);
    const table = await readTable(join(directory, name));
    expect(Object.keys(table[0] ?? {})).toEqual(columnNames);
    expect(byId(table)).toEqual(byId(rows));
    expect(await readdir(directory)).toEqual([name]);
    const report = JSON.parse(stdout.toString()) as { counts: unknown; files: unknown };
    expect(report.counts).toEqual({
      received: 1150,
      written: 1000,
      duplicates: 150,
      outside: 0,
      rejected: 0,
    });
    expect(report.files).toMatchObject([{ path: join(directory, name), rows: 1000 }]);
  });

  test('in several windows at once', async () => {
    const directory = await temporaryDirectory();
    const { url, asked } = await startExportServer({ rows: () => rows, duplicateEvery: 10 });
    const options = ['--window', '2d', '--concurrency', '3', '--output', 'events.csv'];
    const { exit } = await runCli(['export', 'events', ...range, ...options], { url, directory });
    expect(exit).toBe(0);
    expect(asked).toHaveLength(3);
    expect(await readFile(join(directory, 'events.csv'), 'utf8')).toBe(writeCsv(rows));
  });

  test('stay in with --keep-duplicates, byte for byte', async () => {
    const directory = await temporaryDirectory();
    const options = { rows: () => rows, duplicateEvery: 10 };
    const { url } = await startExportServer(options);
    const { exit } = await runCli(
      ['export', 'events', ...range, '--keep-duplicates', '--output', 'events.csv'],
      { url, directory },
    );
    expect(exit).toBe(0);
    expect(await readFile(join(directory, 'events.csv'), 'utf8')).toBe(tableFor(options, plan.from, plan.to));
  });
});

test('rows outside the range are dropped and counted, whatever the server means by its last day', async () => {
  const directory = await temporaryDirectory();
  const { url } = await startExportServer({
    rows: () => rows,
    misbehave: (_, response) => {
      response.end(writeCsv(rows));
      return true;
    },
  });
  const { exit, stderr } = await runCli(
    ['export', 'events', '--from', '2026-11-02', '--to', '2026-11-03', '--output', 'events.csv'],
    { url, directory },
  );
  expect(exit).toBe(0);
  expect(stderr).toContain('1,000 received = 400 written + 0 duplicates + 600 outside + 0 rejected');
  const expected = rows.filter(({ time = '' }) => time >= '2026-11-02' && time < '2026-11-04');
  expect(await readFile(join(directory, 'events.csv'), 'utf8')).toBe(writeCsv(expected));
});

test('a column that no row has is empty, and said once for all files', async () => {
  const directory = await temporaryDirectory();
  const { url } = await startExportServer({ rows: () => rows });
  const options = ['--columns', 'id,usr_agent', '--split', 'day', '--output', 'days/'];
  const { exit, stderr } = await runCli(['export', 'events', ...range, ...options], { url, directory });
  expect(exit).toBe(0);
  expect(stderr.match(/no column "usr_agent"/g)).toHaveLength(1);
  const [first] = await readTable(join(directory, 'days', 'events-2026-11-01.csv'));
  expect(first).toMatchObject({ usr_agent: '' });
});

test('standard output gets CSV, and --json then goes to standard error', async () => {
  const directory = await temporaryDirectory();
  const { url } = await startExportServer({ rows: () => rows });
  const { exit, stdout, stderr } = await runCli(['export', 'events', ...range, '--json'], { url, directory });
  expect(exit).toBe(0);
  expect(stdout.toString()).toBe(writeCsv(rows));
  const last = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as { exit: number };
  expect(last.exit).toBe(0);
  expect(await readdir(directory)).toEqual([]);
});

test('packages, pixels and both are asked for where they are', async () => {
  const asks = async (...options: string[]) => {
    const directory = await temporaryDirectory();
    const { url, asked } = await startExportServer({ rows: () => rows });
    await runCli(['export', 'events', '--from', '2026-11-01', '--to', '2026-11-01', ...options], {
      url,
      directory,
    });
    return asked.map((label) => label.split(' ')[0]);
  };
  const id = '970493a1-4ca0-4a4d-a085-fdce578e5a08';
  expect(await asks()).toEqual(['/v2/packages/acme/events']);
  expect(await asks('--pixels')).toEqual(['/v2/tracking-pixels/acme/events']);
  expect(await asks('--package', 'all', '--pixels')).toEqual([
    '/v2/packages/acme/events',
    '/v2/tracking-pixels/acme/events',
  ]);
  expect(await asks('--package', id)).toEqual([`/v2/packages/acme/${id}/events`]);
  expect(await asks('--pixel', id)).toEqual([`/v2/tracking-pixels/acme/${id}/events`]);
});
