/** What an export prints with --summary about its rows. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { openPlace, type Place } from '../../machine.ts';

const days = ['--from', '2026-11-01', '--to', '2026-11-03'];
const quietly = ['--summary', '--ascii', '--progress', 'none'];

async function exported(place: Place, argv: readonly string[]) {
  const { exit, stdout, stderr } = await place.runCli(['export', ...argv, ...quietly]);
  expect({ exit, stderr }).toMatchObject({ exit: 0 });
  return { stdout, stderr };
}

type Row = Record<string, string>;

async function rowsIn(place: Place, name: string): Promise<Row[]> {
  const text = await readFile(join(place.directory, name), 'utf8');
  return parse<Row>(text, { columns: true, bom: true });
}

function counted(rows: readonly Row[], keyOf: (row: Row) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
}

/** `  DE  ####  2,088  20.9 %` as name and number. */
function listed(stderr: string, title: string): [string, number][] {
  const [, part = ''] = new RegExp(`\\n${title}:\\n((?:  (?!and ).*\\n)+)`).exec(stderr) ?? [];
  return [...part.matchAll(/^ {2}(.+?) {2}[# ]*? *([\d,]+)(?: {2}[\d.]+ %)?$/gm)].map(
    ([, name = '', count = '']) => [name.trim(), Number(count.replaceAll(',', ''))],
  );
}

describe('a summary', () => {
  test('has the numbers of the rows that were written', async () => {
    const place = await openPlace();
    const { stderr } = await exported(place, ['events', ...days, '--output', 'e.csv']);
    const rows = await rowsIn(place, 'e.csv');
    expect(stderr).toContain(`\n${rows.length.toLocaleString('en')} events\n`);
    for (const [day, count] of counted(rows, ({ time = '' }) => time.slice(0, 10)))
      expect(stderr).toMatch(new RegExp(`\\n  ${day}  #+ +${count.toLocaleString('en')}\\n`));
    const countries = counted(rows, (row) => row['origin_country'] ?? '').filter(([name]) => name !== '');
    expect(new Map(listed(stderr, 'countries'))).toEqual(new Map(countries.slice(0, 5)));
    const companies = counted(rows, (row) => row['origin_company'] ?? '');
    const none = companies.find(([name]) => name === '')?.[1] ?? 0;
    expect(stderr).toMatch(new RegExp(`none ${none.toLocaleString('en')}\\n`));
  });

  test.each([
    ['NDJSON', ['events', ...days, '--output', 'e.ndjson'], 'versions:'],
    ['a file a day', ['events', ...days, '--split', 'day', '--output', 'days/'], 'countries:'],
    ['standard output', ['events', ...days, '--format', 'csv'], 'countries:'],
    ['companies', ['companies', '--output', 'c.csv'], 'stages:'],
    ['scores', ['scores', '--output', 's.csv'], 'stages:'],
    ['aggregates', ['aggregates', ...days, '--rollup', 'daily', '--output', 'a.csv'], 'events'],
  ])('is printed for %s', async (_name, argv, text) => {
    const place = await openPlace();
    const { stdout, stderr } = await exported(place, argv);
    expect(stderr).toContain(text);
    expect(stdout).not.toContain('countries:');
  });

  test('is of the whole file, when that is continued', async () => {
    const place = await openPlace();
    const more = ['--incremental', '--output', 'e.csv'];
    await exported(place, ['events', '--from', '2026-11-01', '--to', '2026-11-02', ...more]);
    const { stderr } = await exported(place, ['events', ...days, ...more]);
    const rows = await rowsIn(place, 'e.csv');
    expect(stderr).toContain(`\n${rows.length.toLocaleString('en')} events\n`);
  });

  test('is no part of a quiet export, nor of one without', async () => {
    const place = await openPlace();
    const argv = ['export', 'events', ...days, '--progress', 'none'];
    for (const flags of [
      ['--summary', '--quiet', '--output', 'a.csv'],
      ['--output', 'b.csv'],
    ])
      expect((await place.runCli([...argv, ...flags])).stderr).not.toContain('countries:');
  });

  test('is not given of an export that failed', async () => {
    const place = await openPlace();
    place.sandbox.faults.append([{ kind: 'status', status: 403, route: 'events-csv' }]);
    const { exit, stderr } = await place.runCli([
      'export',
      'events',
      ...days,
      '--output',
      'e.csv',
      ...quietly,
    ]);
    expect(exit).not.toBe(0);
    expect(stderr).not.toContain('countries:');
  });
});
