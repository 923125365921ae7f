import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../../src/analysis/analysis.ts';
import { isInstalled } from '../../installed.ts';
import { openPlace, type Place } from '../../machine.ts';
import { analysisIn, shown } from './page-data.ts';

const timeout = 120_000;
const run = promisify(execFile);

async function exportEvents({ runCli }: Place, output: string, ...more: string[]): Promise<void> {
  const from = ['--from', '3d', '--package', 'all', '--pixels'];
  const { exit, stderr } = await runCli([
    'export',
    'events',
    ...from,
    '--output',
    output,
    '--quiet',
    ...more,
  ]);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
}

async function report({ directory, runCli }: Place, ...argv: string[]): Promise<Analysis> {
  const { exit, stderr } = await runCli([
    'report',
    ...argv,
    '--output',
    'report.html',
    '--overwrite',
    '--quiet',
  ]);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  return analysisIn(join(directory, 'report.html'));
}

describe('scarf-cli report', () => {
  it('finds the same in every form that exports have', { timeout }, async () => {
    const place = await openPlace({ scarf: { exports: { eventsPerDay: 200 } } });
    const { directory, write } = place;
    await exportEvents(place, 'events.csv');
    const wanted = await report(place, 'events.csv');
    expect(wanted.quality.events).toBeGreaterThan(100);
    await exportEvents(place, 'events.ndjson');
    await exportEvents(place, 'events.parquet');
    await exportEvents(place, 'flat/', '--split', 'day');
    await exportEvents(place, 'hive/', '--split', 'day', '--layout', 'hive', '--format', 'ndjson');
    await write('packed.csv.gz', gzipSync(await readFile(join(directory, 'events.csv'))));
    const packers = (['xz', 'bzip2', 'zstd'] as const).filter(isInstalled);
    for (const packer of packers) await run(packer, ['-k', 'events.csv'], { cwd: directory });
    const endings = { xz: 'xz', bzip2: 'bz2', zstd: 'zst' };
    const forms = [
      ...['events.ndjson', 'events.parquet', 'flat/', 'hive', 'packed.csv.gz'],
      ...packers.map((packer) => `events.csv.${endings[packer]}`),
    ];
    for (const form of forms) {
      expect({ form, ...shown(await report(place, form)) }).toEqual({ form, ...shown(wanted) });
    }
    const twice = await report(place, 'events.csv', 'events.ndjson');
    expect(shown(twice)).toEqual(shown(wanted));
    expect(twice.quality.duplicates).toBe(wanted.quality.events);
  });

  it('reads standard input, packed or not', { timeout }, async () => {
    const place = await openPlace();
    await exportEvents(place, 'events.csv');
    const wanted = await report(place, 'events.csv');
    const bytes = await readFile(join(place.directory, 'events.csv'));
    for (const stdin of [bytes, gzipSync(bytes)]) {
      const { exit, stdout } = await place.runCli(['report', '-', '--quiet'], { stdin });
      expect(exit).toBe(0);
      await writeFile(join(place.directory, 'stdin.html'), stdout);
      expect(shown(await analysisIn(join(place.directory, 'stdin.html')))).toEqual(shown(wanted));
    }
  });

  it('tells programs what it read, and ends with 3 when rows cannot be read', { timeout }, async () => {
    const { runCli, write, directory } = await openPlace();
    const events = 'id,type,time,package\n1,a,2026-11-01T00:00:00Z,w\n1,a,2026-11-01T00:00:00Z,w\n';
    const companies = 'company_name,company_domain,funnel_stage\nAcme,acme.example,interest\n';
    await write('both.csv', `${events}${companies}${events}2,b\n3,b,2026-11-03,w,more\n`);
    const document = {
      page: { path: 'page.html', bytes: expect.any(Number) as number },
      read: { files: 1, rows: 7, rowsOf: { events: 6, companies: 1, aggregates: 0, rollup: 0 } },
      counts: { events: 1, duplicates: 3, unreadable: 2, companies: 1 },
      days: { from: '2026-11-01', to: '2026-11-01', missing: [], missingCount: 0 },
      exit: 3,
    };
    const toFile = await runCli(['report', 'both.csv', '--output', 'page.html', '--json']);
    expect({ exit: toFile.exit, stderr: toFile.stderr }).toEqual({ exit: 3, stderr: '' });
    expect(JSON.parse(toFile.stdout)).toMatchObject(document);
    const page = await readFile(join(directory, 'page.html'), 'utf8');
    expect(Buffer.byteLength(page)).toBe((JSON.parse(toFile.stdout) as typeof document).page.bytes);
    const toStdout = await runCli(['report', 'both.csv', '--output', '-', '--json']);
    expect(toStdout.stdout.slice(0, 15)).toBe('<!doctype html>');
    expect(JSON.parse(toStdout.stderr)).toMatchObject({ ...document, page: { path: '-' } });
    const words = await runCli(['report', 'both.csv', '--output', 'other.html']);
    expect(words.stderr).toContain('warning: 2 rows cannot be read');
  });

  it('tells rows of several exports in one stream of objects', { timeout }, async () => {
    const { runCli } = await openPlace();
    const stdin = [
      '{"id":"1","type":"a","time":"2026-11-01T00:00:00Z"}',
      '{"company_domain":"acme.example","scarf_score":7}',
      '{"id":"2","type":"a","time":"2026-11-02T00:00:00Z"}',
      'no object',
    ].join('\n');
    const { stdout, exit } = await runCli(['report', '-', '--output', 'page.html', '--json'], { stdin });
    expect(exit).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      read: { rows: 4, rowsOf: { events: 2, companies: 1 }, bytes: Buffer.byteLength(stdin) },
      counts: { events: 2, unreadable: 1, companies: 1 },
    });
  });

  it('ends at the deadline while a pipe is silent, without a page', { timeout }, async () => {
    const { directory, runCli } = await openPlace();
    const stdin = new PassThrough();
    stdin.write('id,type,time\n1,a,2026-11-01T00:00:00Z\n');
    const { exit } = await runCli(['report', '-', '--output', 'late.html', '--deadline', '2s'], { stdin });
    expect(exit).toBe(5);
    expect(await readdir(directory)).toEqual([]);
  });

  it('keeps companies, scores and aggregates apart', { timeout }, async () => {
    const place = await openPlace();
    const { runCli } = place;
    for (const argv of [
      ['companies', '--output', 'companies.csv'],
      ['scores', '--output', 'scores.ndjson'],
      [
        'aggregates',
        '--rollup',
        'daily',
        '--breakdown',
        'by-country',
        '--from',
        '3d',
        '--output',
        'country.csv',
      ],
      [
        'aggregates',
        '--rollup',
        'weekly',
        '--breakdown',
        'by-version',
        '--from',
        '30d',
        '--output',
        'version.parquet',
      ],
    ]) {
      expect((await runCli(['export', ...argv, '--quiet'])).exit).toBe(0);
    }
    const { facts, companies } = await report(
      place,
      'companies.csv',
      'scores.ndjson',
      'country.csv',
      'version.parquet',
    );
    expect(facts.map(({ source, label }) => `${source} ${label}`)).toEqual([
      'aggregates daily by-country',
      'aggregates weekly by-version',
    ]);
    expect(companies).toHaveLength(5);
    expect(
      companies.every(
        ({ score, stage, events }) => score !== undefined && stage !== '' && events !== undefined,
      ),
    ).toBe(true);
  });

  it.each([
    ['a table without a database', ['events.csv', '--table', 'events'], 2],
    ['a file that is no export', ['others.csv'], 2],
    ['a file that is missing', ['missing.csv'], 2],
    ['a directory without exports', ['empty/'], 2],
    ['a table that ends within a cell', ['cut.csv'], 6],
    ['an archive of something else', ['book.7z'], 2],
    ['a page in the place of an input', ['events.csv', '--output', 'events.csv'], 2],
    ['a page in the place of another file', ['events.csv', '--output', 'others.csv'], 2],
  ])('refuses %s', { timeout }, async (_what, argv, exit) => {
    const place = await openPlace();
    const { directory, runCli, write } = place;
    await write('others.csv', 'a,b\n1,2\n');
    await write('events.csv', 'id,type,time\n1,a,2026-11-01T00:00:00Z\n');
    await write('cut.csv', 'id,type,time\n1,"a,2026-11-01T00:00:00Z\n');
    await write('book.7z', Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4]));
    await mkdir(join(directory, 'empty'));
    const ended = await runCli(['report', '--output', 'report.html', ...argv]);
    expect(ended.exit).toBe(exit);
    expect(ended.stderr).toMatch(/error/);
    expect(await readFile(join(directory, 'others.csv'), 'utf8')).toBe('a,b\n1,2\n');
    await expect(readFile(join(directory, 'report.html'))).rejects.toThrow();
  });
});
