import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addDays } from '../../../src/calendar.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { byId, makeEvents, writeCsv, type EventRow } from './event-rows.ts';
import { startExportServer } from './export-server.ts';
import { readTable } from './read-back.ts';
import { runCli } from './run-cli.ts';

const first = '2026-11-01';
const last = '2026-11-14';
const all = makeEvents({ from: first, to: last, perDay: 60 });

/** What Scarf knows on a day: one row in ten arrives up to three days late, and today's are there by half. */
function knownOn(day: string): EventRow[] {
  return all.filter(({ time = '' }, index) => {
    const lateDays = index % 10 === 3 ? 1 + (index % 3) : 0;
    return addDays(time.slice(0, 10), lateDays) < day || (lateDays === 0 && time.slice(0, 13) < `${day}T12`);
  });
}

/** Runs the same command every noon over two weeks and a few days, which all late rows arrive in. */
async function runDaily(options: string[], everyRun?: (directory: string, day: string) => Promise<void>) {
  const directory = await temporaryDirectory();
  let today = first;
  const { url, asked } = await startExportServer({ rows: () => knownOn(today), duplicateEvery: 10 });
  for (today = '2026-11-03'; today <= '2026-11-18'; today = addDays(today, 1)) {
    const argv = ['export', 'events', '--from', first, '--to', today > last ? last : 'yesterday', ...options];
    const { exit, stderr } = await runCli([...argv, '--incremental'], {
      url,
      directory,
      now: `${today}T12:00:00Z`,
    });
    expect(stderr).not.toContain('error');
    expect(exit).toBe(0);
    await everyRun?.(directory, today);
  }
  return { directory, asked, url };
}

describe('two weeks of daily runs with late rows equal one export of all', () => {
  // The last day is fetched no more once it is there: late rows need the range to go on.
  const ended = (day: string) => addDays(day, -4);

  test('as one CSV file', async () => {
    const { directory } = await runDaily(['--output', 'events.csv']);
    const table = await readTable(join(directory, 'events.csv'));
    const settled = (row: EventRow) => (row['time'] ?? '').slice(0, 10) <= ended(last);
    expect(byId(table.filter(settled))).toEqual(byId(all.filter(settled)));
    expect(new Set(table.map(({ id }) => id)).size).toBe(table.length);
    expect((await readdir(directory)).sort()).toEqual(['.events.csv.scarf-cli.json', 'events.csv']);
  });

  test('as one compressed NDJSON file', async () => {
    const { directory } = await runDaily(['--output', 'events.ndjson.gz']);
    const table = await readTable(join(directory, 'events.ndjson.gz'));
    const settled = (row: EventRow) => (row['time'] ?? '').slice(0, 10) <= ended(last);
    expect(byId(table.filter(settled))).toEqual(byId(all.filter(settled)));
  });

  test.each([
    ['flat', (day: string) => `events-${day}.csv`],
    ['hive', (day: string) => join(`date=${day}`, 'events.csv')],
  ])('as a file a day, %s', async (layout, nameOf) => {
    const { directory } = await runDaily(['--split', 'day', '--layout', layout, '--output', 'out/']);
    for (let day = first; day <= ended(last); day = addDays(day, 1)) {
      const table = await readTable(join(directory, 'out', nameOf(day)));
      expect(byId(table)).toEqual(byId(all.filter(({ time = '' }) => time.startsWith(day))));
    }
  });

  test('fetching only what is missing and the lag', async () => {
    const { asked } = await runDaily(['--output', 'events.csv', '--lag', '2d']);
    expect(asked.slice(0, 4).map((label) => label.split(' ')[1])).toEqual([
      '2026-11-01..2026-11-02',
      '2026-11-01..2026-11-03',
      '2026-11-01..2026-11-04',
      '2026-11-02..2026-11-05',
    ]);
  });
});

test('nothing new is success, says so and asks for nothing', async () => {
  const directory = await temporaryDirectory();
  const { url, asked } = await startExportServer({ rows: () => all });
  const argv = ['export', 'events', '--from', first, '--output', 'events.csv', '--incremental'];
  const context = { url, directory, now: '2026-11-15T08:00:00Z' };
  await runCli(argv, context);
  const questions = asked.length;
  const { exit, stderr } = await runCli(argv, context);
  expect(exit).toBe(0);
  expect(stderr).toBe(`Nothing new: ${join(directory, 'events.csv')} has 2026-11-01 to 2026-11-14.\n`);
  expect(asked).toHaveLength(questions);
});

test('today is fetched, but is not over: the next run fetches it again without a lag', async () => {
  const directory = await temporaryDirectory();
  const { url, asked } = await startExportServer({ rows: () => all });
  const argv = [
    'export',
    'events',
    '--from',
    '2026-11-03',
    '--to',
    'today',
    '--lag',
    '0',
    '--incremental',
  ].concat(['--output', 'events.csv']);
  await runCli(argv, { url, directory, now: '2026-11-05T08:00:00Z' });
  await runCli(argv, { url, directory, now: '2026-11-06T08:00:00Z' });
  expect(asked.map((label) => label.split(' ')[1])).toEqual([
    '2026-11-03..2026-11-05',
    '2026-11-04..2026-11-06',
  ]);
  const expected = all.filter(({ time = '' }) => time >= '2026-11-03' && time < '2026-11-07');
  expect(await readFile(join(directory, 'events.csv'), 'utf8')).toBe(writeCsv(expected));
});

test('a file that is gone is fetched from the beginning, whatever the state says', async () => {
  const directory = await temporaryDirectory();
  const { url } = await startExportServer({ rows: () => all });
  const argv = ['export', 'events', '--from', first, '--output', 'events.csv', '--incremental'];
  const context = { url, directory, now: '2026-11-15T08:00:00Z' };
  await runCli(argv, context);
  await rm(join(directory, 'events.csv'));
  expect((await runCli(argv, context)).exit).toBe(0);
  expect(await readFile(join(directory, 'events.csv'), 'utf8')).toBe(writeCsv(all));
});

test.each([
  ['emptied', () => ''],
  ['cut', (text: string) => text.slice(0, -100)],
  ['added to', (text: string) => `${text}more\n`],
])('a file that somebody has %s is fetched again, and that is said', async (_, change) => {
  const directory = await temporaryDirectory();
  const { url } = await startExportServer({ rows: () => all });
  const path = join(directory, 'events.csv');
  const argv = ['export', 'events', '--output', 'events.csv', '--incremental'];
  await runCli([...argv, '--from', first], { url, directory, now: '2026-11-10T08:00:00Z' });
  await writeFile(path, change(await readFile(path, 'utf8')));
  // Even when only a day is asked for that is there: the file is that of its days again.
  const { exit, stderr } = await runCli([...argv, '--from', '2026-11-02', '--to', '2026-11-02'], {
    url,
    directory,
    now: '2026-11-15T08:00:00Z',
  });
  expect(exit).toBe(0);
  expect(stderr).toContain('is not as it was left');
  const nine = all.filter(({ time = '' }) => time < '2026-11-10');
  expect(await readFile(path, 'utf8')).toBe(writeCsv(nine));
});

test('another selection does not go on with the same output', async () => {
  const directory = await temporaryDirectory();
  const { url } = await startExportServer({ rows: () => all });
  const argv = ['export', 'events', '--from', first, '--output', 'events.csv', '--incremental'];
  const context = { url, directory, now: '2026-11-15T08:00:00Z' };
  await runCli(argv, context);
  const { exit, stderr } = await runCli([...argv, '--pixels'], context);
  expect(exit).toBe(2);
  expect(stderr).toContain('belongs to an export with different packages, pixels');
});

test('two runs at once: the second exits 9 and changes nothing', async () => {
  const directory = await temporaryDirectory();
  const argv = ['export', 'events', '--from', first, '--to', last, '--output', 'events.csv'];
  let second: Awaited<ReturnType<typeof runCli>> | undefined;
  const { url } = await startExportServer({
    rows: () => all,
    misbehave: ({ before }, response) => {
      if (before > 0) return false;
      void runCli(argv, { url, directory }).then((end) => {
        second = end;
        response.end(writeCsv(all));
      });
      return true;
    },
  });
  const { exit } = await runCli(argv, { url, directory });
  expect(exit).toBe(0);
  expect(second?.exit).toBe(9);
  expect(second?.stderr).toContain('another run is using');
  expect(await readFile(join(directory, 'events.csv'), 'utf8')).toBe(writeCsv(all));
});

test.each(['', '-a1B2c3'])('what a dead run left is cleared: parts%s', async (ending) => {
  const directory = await temporaryDirectory();
  const parts = join(directory, `.events.csv.scarf-cli-parts${ending}`);
  await mkdir(join(parts, 'window-0'), { recursive: true });
  await writeFile(join(parts, 'window-0', 'window-0-0-0.csv'), 'torn');
  const { url } = await startExportServer({ rows: () => all });
  const argv = ['export', 'events', '--from', first, '--to', last, '--output', 'events.csv'];
  expect((await runCli(argv, { url, directory })).exit).toBe(0);
  expect(await readdir(directory)).toEqual(['events.csv']);
});

test('--manifest lists every file with its digest, those of earlier runs too', async () => {
  const directory = await temporaryDirectory();
  const { url } = await startExportServer({ rows: () => all });
  const argv = ['export', 'events', '--from', first, '--split', 'day', '--manifest', '--incremental'].concat([
    '--output',
    'out/',
  ]);
  await runCli(argv, { url, directory, now: '2026-11-06T08:00:00Z' });
  await runCli(argv, { url, directory, now: '2026-11-08T08:00:00Z' });
  const text = await readFile(join(directory, 'out', '_events.manifest.json'), 'utf8');
  const manifest = JSON.parse(text) as { rows: number; window: unknown; files: Record<string, unknown>[] };
  expect(manifest.window).toEqual({ from: first, to: '2026-11-07' });
  expect(manifest.rows).toBe(7 * 60);
  expect(manifest.files.map(({ path }) => path)).toEqual(
    [1, 2, 3, 4, 5, 6, 7].map((day) => `events-2026-11-0${day}.csv`),
  );
  expect(manifest.files[0]).toMatchObject({
    rows: 60,
    day: '2026-11-01',
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
});
