/** Exports by parts: every n-th day each, in one directory, with one manifest. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { addDays } from '../../../src/calendar.ts';
import { realMachine } from '../../../src/real-machine.ts';
import { daysOfShard, isDayOf } from '../../../src/shards/days.ts';
import { eachDay } from '../../../src/calendar.ts';
import { propertyRuns } from '../../property-runs.ts';
import { startFakeS3 } from '../../storage/fake-s3.ts';
import { KEYS } from '../../storage/store.ts';
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
    { running: ['--shard', '0/2'], refused: [[], ['--shard', '0/3'], ['--shard', '0/2']] },
    { running: [], refused: [['--shard', '0/2'], []] },
  ])('keeps out whoever has the same days: $running', async ({ running, refused }) => {
    const exits: number[] = [];
    let hasBegun = false;
    const place = { url: '', directory: await temporaryDirectory() };
    const { url } = await startExportServer({
      rows: () => all,
      misbehave: ({ before }, response) => {
        if (hasBegun || before > 0) return false;
        hasBegun = true;
        void (async () => {
          for (const more of refused) exits.push((await runPart(place, [...range, ...more])).exit);
          response.writeHead(500).end();
        })();
        return true;
      },
    });
    place.url = url;
    expect((await runPart(place, [...range, ...running])).exit).toBe(0);
    expect(exits).toEqual(refused.map(() => 9));
    const left = await readdir(join(place.directory, 'events'));
    expect(left.filter((name) => name.startsWith('.'))).toEqual([]);
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

describe('export events --shard into a bucket', () => {
  const argv = [...range, '--manifest', '--incremental'];

  /** Parts on machines of their own: nothing but the bucket is common to them. */
  async function openBucket(rows = all) {
    const s3 = await startFakeS3();
    onTestFinished(() => s3.close());
    const { url, asked } = await startExportServer({ rows: () => rows });
    const run = async (more: readonly string[], own?: string) => {
      const directory = own ?? (await temporaryDirectory());
      const options = ['--split', 'day', '--output', 's3://bucket/events/', ...argv, ...more];
      const environment = { ...KEYS, AWS_ENDPOINT_URL: s3.endpoint };
      return runCli(['export', 'events', ...options], { url, directory, environment });
    };
    const textOf = (name: string) => s3.objects.get(`bucket/events/${name}`)?.bytes.toString() ?? '';
    const names = () => [...s3.objects.keys()].map((path) => path.slice('bucket/events/'.length)).sort();
    return { s3, url, asked, run, textOf, names };
  }

  test('side by side writes what one export writes to a disk, and one manifest', async () => {
    const { url, run, textOf, names } = await openBucket();
    const whole = await undivided(url, argv);
    const exits = await Promise.all([2, 0, 4, 1, 3].map((index) => run(['--shard', `${index}/5`])));
    expect(exits.map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0]);
    const files = await filesOf(whole);
    for (const [name, content] of files) expect(textOf(name)).toBe(content);
    expect(names().filter((name) => name.startsWith('events-'))).toEqual([...files.keys()]);
    expect(JSON.parse(textOf('_events.manifest.json'))).toEqual(await manifestOf(whole));
  });

  test('has states that are read as one, by parts and by the whole', async () => {
    const { asked, run, names } = await openBucket();
    for (const index of [0, 1, 2]) expect((await run(['--shard', `${index}/3`])).exit).toBe(0);
    expect(asked.length).toBe(12);
    for (const more of [['--shard', '1/3'], ['--shard', '3/4'], []]) expect((await run(more)).exit).toBe(0);
    expect(asked.length).toBe(12);
    expect(names()).toContain('.events.scarf-cli.1-of-3.json');
  });

  test('aborts what a killed run of its own began, and no upload of another part', async () => {
    const { s3, run } = await openBucket();
    const directory = await temporaryDirectory();
    const own = join(directory, '.local/state/scarf-cli/exports/buckets');
    const name = createHash('sha256').update('s3://bucket/events/events').digest('hex').slice(0, 32);
    await mkdir(join(own, `${name}.0-of-2-parts-a1B2c3`), { recursive: true });
    for (const day of [first, addDays(first, 1)])
      await fetch(`${s3.endpoint}/bucket/events/events-${day}.csv?uploads`, { method: 'POST' });
    expect((await run(['--shard', '0/2'], directory)).exit).toBe(0);
    const isOthers = (path: string) => !isDayOf(path.slice(-14, -4), { index: 0, of: 2 });
    expect([...s3.uploads.values()].map(isOthers)).toEqual([true]);
    expect(await readdir(own)).toEqual([]);
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
