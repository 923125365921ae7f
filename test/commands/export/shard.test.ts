/** Exports by parts: every n-th day each, in one directory, with one manifest. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '../../../src/calendar.ts';
import { realMachine } from '../../../src/machine.ts';
import { daysOfShard } from '../../../src/shards/days.ts';
import { eachDay } from '../../../src/calendar.ts';
import { propertyRuns } from '../../property-runs.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { makeEvents, type EventRow } from './event-rows.ts';
import { startExportServer } from './export-server.ts';
import { runCli } from './run-cli.ts';

const first = '2026-11-01';
const last = '2026-11-12';
const all = makeEvents({ from: first, to: last, perDay: 20 });
const split = ['export', 'events', '--split', 'day', '--output', 'events/'];

interface Place {
  url: string;
  directory: string;
}

async function runPart({ url, directory }: Place, argv: readonly string[], now = '2026-11-22T12:00:00Z') {
  // Parts wait for one another here, so time must pass.
  const real = realMachine();
  const sleep = (ms: number, signal?: AbortSignal) => real.sleep(ms, signal);
  return runCli([...split, ...argv], { url, directory, now, machine: { sleep } });
}

/** The day files, by name. */
async function filesOf(directory: string): Promise<Map<string, string>> {
  const names = (await readdir(join(directory, 'events'))).filter((name) => name.startsWith('events-'));
  const files = new Map<string, string>();
  for (const name of names.sort()) files.set(name, await readFile(join(directory, 'events', name), 'utf8'));
  return files;
}

interface ManifestDocument {
  ranges: unknown;
  window: unknown;
  rows: number;
  files: { path: string; sha256: string; rows: number }[];
}

async function manifestOf(directory: string): Promise<ManifestDocument> {
  const text = await readFile(join(directory, 'events', '_events.manifest.json'), 'utf8');
  return JSON.parse(text) as ManifestDocument;
}

async function undivided(url: string, argv: readonly string[]): Promise<string> {
  const directory = await temporaryDirectory();
  expect((await runPart({ url, directory }, argv)).exit).toBe(0);
  return directory;
}

const range = ['--from', first, '--to', last];

describe('export events --shard', () => {
  test.each([
    ['one after the other', false],
    ['side by side', true],
  ])('writes what one export writes, and one manifest, %s', async (_name, isAtOnce) => {
    const { url } = await startExportServer({ rows: () => all });
    const argv = [...range, '--manifest', '--incremental'];
    const whole = await undivided(url, argv);
    const place = { url, directory: await temporaryDirectory() };
    const parts = [2, 0, 4, 1, 3].map((index) => [...argv, '--shard', `${index}/5`]);
    const exits: number[] = [];
    if (isAtOnce)
      exits.push(...(await Promise.all(parts.map((part) => runPart(place, part)))).map(({ exit }) => exit));
    else for (const part of parts) exits.push((await runPart(place, part)).exit);
    expect(exits).toEqual([0, 0, 0, 0, 0]);
    expect(await filesOf(place.directory)).toEqual(await filesOf(whole));
    expect(await manifestOf(place.directory)).toEqual(await manifestOf(whole));
  });

  test('has states that are read as one: nothing is fetched again, by parts or by the whole', async () => {
    const { url, asked } = await startExportServer({ rows: () => all });
    const place = { url, directory: await temporaryDirectory() };
    const argv = [...range, '--incremental'];
    for (const index of [0, 1, 2]) await runPart(place, [...argv, '--shard', `${index}/3`]);
    const before = asked.length;
    expect(before).toBe(12);
    for (const more of [['--shard', '1/3'], ['--shard', '3/4'], []])
      expect((await runPart(place, [...argv, ...more])).exit).toBe(0);
    expect(asked.length).toBe(before);
  });

  test('leaves what another part has not fetched, and fills it later', async () => {
    const { url } = await startExportServer({ rows: () => all });
    const whole = await undivided(url, range);
    const place = { url, directory: await temporaryDirectory() };
    await runPart(place, [...range, '--incremental', '--manifest', '--shard', '0/3']);
    expect((await filesOf(place.directory)).size).toBe(4);
    expect((await runPart(place, [...range, '--incremental', '--manifest'])).exit).toBe(0);
    expect(await filesOf(place.directory)).toEqual(await filesOf(whole));
    expect((await manifestOf(place.directory)).files).toHaveLength(12);
  });

  test('goes on with a part that the vendor refused, and with a day whose file is gone', async () => {
    let isDown = true;
    const { url } = await startExportServer({
      rows: () => all,
      misbehave: ({ from }, response) => {
        if (!isDown || from < '2026-11-07') return false;
        response.writeHead(500).end();
        return true;
      },
    });
    const place = { url, directory: await temporaryDirectory() };
    const argv = [...range, '--incremental', '--manifest', '--retries', '0'];
    const parts = [0, 1].map((index) => [...argv, '--shard', `${index}/2`]);
    for (const part of parts) expect((await runPart(place, part)).exit).toBe(5);
    isDown = false;
    await rm(join(place.directory, 'events', 'events-2026-11-02.csv'));
    for (const part of parts) expect((await runPart(place, part)).exit).toBe(0);
    const whole = await undivided(url, [...range, '--manifest', '--incremental']);
    expect(await filesOf(place.directory)).toEqual(await filesOf(whole));
    expect(await manifestOf(place.directory)).toEqual(await manifestOf(whole));
  });

  test('fetches late rows like one export that runs daily', async () => {
    let today = first;
    const known = (): EventRow[] =>
      all.filter(({ time = '' }, index) => addDays(time.slice(0, 10), index % 7 === 3 ? 2 : 0) < today);
    const { url } = await startExportServer({ rows: known });
    const place = { url, directory: await temporaryDirectory() };
    for (today = '2026-11-03'; today <= '2026-11-18'; today = addDays(today, 1)) {
      const to = today > last ? last : 'yesterday';
      for (const index of [1, 0, 2]) {
        const argv = ['--from', first, '--to', to, '--incremental', '--shard', `${index}/3`];
        expect((await runPart(place, argv, `${today}T12:00:00Z`)).exit).toBe(0);
      }
    }
    const whole = await undivided(url, range);
    expect(await filesOf(place.directory)).toEqual(await filesOf(whole));
  });

  test('begins where the whole begins, whichever part is first', async () => {
    const { url } = await startExportServer({ rows: () => all });
    const place = { url, directory: await temporaryDirectory() };
    const now = '2026-11-13T12:00:00Z';
    await runPart(place, [...range, '--incremental', '--shard', '0/4'], now);
    for (const index of [1, 2, 3]) await runPart(place, ['--incremental', '--shard', `${index}/4`], now);
    const names = [...(await filesOf(place.directory)).keys()];
    expect(names[0]).toBe(`events-${first}.csv`);
    expect(names).toHaveLength(12);
  });

  test.each([
    ['without a file a day', ['export', 'events', ...range, '--output', 'events/']],
    ['into one file', ['export', 'events', ...range, '--output', 'events.csv']],
    ['onto standard output', ['export', 'events', ...range]],
  ])('is refused %s', async (_name, argv) => {
    const { url, asked } = await startExportServer({ rows: () => all });
    const directory = await temporaryDirectory();
    expect((await runCli([...argv, '--shard', '0/2'], { url, directory })).exit).toBe(2);
    expect(asked).toEqual([]);
  });

  test('is refused beside another export in that directory', async () => {
    const { url } = await startExportServer({ rows: () => all });
    const place = { url, directory: await temporaryDirectory() };
    await runPart(place, [...range, '--incremental', '--shard', '0/2']);
    const other = await runPart(place, [...range, '--incremental', '--shard', '1/2', '--columns', 'id,time']);
    expect(other.exit).toBe(2);
  });
});

test('days of all parts are all days, once each', () => {
  fc.assert(
    fc.property(fc.nat(9000), fc.nat(400), fc.integer({ min: 1, max: 40 }), (start, length, of) => {
      const from = addDays('2001-01-01', start);
      const days = { from, to: addDays(from, length) };
      const parts = Array.from({ length: of }, (_, index) => daysOfShard([days], { index, of }));
      expect(
        parts
          .flat()
          .map((day) => day.from)
          .sort(),
      ).toEqual(eachDay(days));
      const sizes = parts.map((part) => part.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
    propertyRuns(50),
  );
});
