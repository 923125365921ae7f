/** What jobs that nobody watches are given: --metrics and --jitter. */
import { realMachine } from '../../src/real-machine.ts';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { SignalName } from '../../src/machine.ts';
import { metricsText, type RunMetrics } from '../../src/report/metrics.ts';
import { eventRows, lines, openPlace, type Place } from '../machine.ts';

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/**
 * A strict reader of the text format ("Prometheus docs, Exposition formats", 0.0.4): HELP and TYPE of a metric once each
 * and before its samples, samples of a metric together, no sample twice, a line feed at the end.
 */
function readExposition(text: string): Sample[] {
  expect(text.endsWith('\n')).toBe(true);
  const samples: Sample[] = [];
  const helped = new Set<string>();
  const typed = new Set<string>();
  let current = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    if (comment) {
      const [, keyword, name = '', rest = ''] = comment;
      const seen = keyword === 'HELP' ? helped : typed;
      expect(seen.has(name)).toBe(false);
      seen.add(name);
      if (keyword === 'TYPE') expect(['counter', 'gauge', 'histogram', 'summary', 'untyped']).toContain(rest);
      current = name;
      continue;
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!sample) throw new Error(`no line of the format: ${line}`);
    const [, name = '', labels = '', value = ''] = sample;
    expect(name).toBe(current);
    expect(helped.has(name) && typed.has(name)).toBe(true);
    expect(value).toMatch(/^([-+]?\d+(\.\d+)?([eE][-+]?\d+)?|[-+]?Inf|NaN)$/);
    samples.push({ name, labels: readLabels(labels), value: Number(value) });
  }
  const keys = samples.map(({ name, labels }) => JSON.stringify([name, Object.entries(labels).sort()]));
  expect(new Set(keys).size).toBe(keys.length);
  return samples;
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;
  for (let match = label.exec(text); match; match = label.exec(text)) {
    const [, name = '', value = ''] = match;
    expect(Object.hasOwn(labels, name)).toBe(false);
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    if (label.lastIndex === text.length) return labels;
  }
  if (text !== '') throw new Error(`no labels: ${text}`);
  return labels;
}

async function metricsOf(place: Place, name = 'job.prom'): Promise<Sample[]> {
  return readExposition(await readFile(join(place.directory, name), 'utf8'));
}

function valueOf(
  samples: readonly Sample[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const wanted = Object.entries(labels);
  const found = samples.find(
    (one) => one.name === name && wanted.every(([key, value]) => one.labels[key] === value),
  );
  return found?.value;
}

async function placeWithRows(): Promise<Place> {
  const place = await openPlace();
  await place.write('events.ndjson', lines(eventRows(3, { ids: true })));
  await place.write('damaged.ndjson', `${lines(eventRows(2, { first: 10, ids: true }))}no row\n`);
  return place;
}

const success = 'scarf_cli_last_success_timestamp_seconds';

describe('--metrics', () => {
  test('of a delivery: rows by outcome, bytes, duration, exit code and the time of success', async () => {
    const place = await placeWithRows();
    const before = Date.now() / 1000;
    const { exit } = await place.runCli(['import', 'events.ndjson', '--metrics', 'job.prom']);
    expect(exit).toBe(0);
    const samples = await metricsOf(place);
    for (const { name } of samples) expect(name).toMatch(/^scarf_cli_/);
    for (const { labels } of samples) expect(labels).toMatchObject({ name: 'job', command: 'import' });
    const rows = samples.filter(({ name }) => name === 'scarf_cli_rows');
    expect(Object.fromEntries(rows.map(({ labels, value }) => [labels['outcome'], value]))).toEqual({
      read: 3,
      accepted: 3,
      rejected: 0,
      skipped: 0,
      pending: 0,
      unknown: 0,
      unsent: 0,
    });
    expect(valueOf(samples, 'scarf_cli_exit_code')).toBe(0);
    expect(valueOf(samples, success)).toBeGreaterThanOrEqual(Math.floor(before));
    expect(valueOf(samples, success)).toBe(valueOf(samples, 'scarf_cli_last_run_timestamp_seconds'));
    expect(valueOf(samples, 'scarf_cli_bytes', { direction: 'sent' })).toBeGreaterThan(0);
    expect(valueOf(samples, 'scarf_cli_duration_seconds')).toBeGreaterThan(0);
    expect(valueOf(samples, 'scarf_cli_requests')).toBeGreaterThan(0);
    expect(valueOf(samples, 'scarf_cli_run_info')).toBe(1);
  });

  test('of a run that fails: its outcome, and the time of the success before it', async () => {
    const place = await placeWithRows();
    await place.runCli(['import', 'events.ndjson', '--metrics', 'job.prom']);
    const first = valueOf(await metricsOf(place), success);
    const rejected = await place.runCli(['import', 'damaged.ndjson', '--metrics', 'job.prom']);
    expect(rejected.exit).toBe(3);
    let samples = await metricsOf(place);
    expect(valueOf(samples, success)).toBe(first);
    expect(valueOf(samples, 'scarf_cli_exit_code')).toBe(3);
    expect(valueOf(samples, 'scarf_cli_rows', { outcome: 'rejected' })).toBe(1);
    const environment = { SCARF_API_TOKEN: 'wrong' };
    const refused = await place.runCli(['import', 'events.ndjson', '--again', '--metrics', 'job.prom'], {
      environment,
    });
    expect(refused.exit).toBe(4);
    samples = await metricsOf(place);
    expect(valueOf(samples, success)).toBe(first);
    expect(valueOf(samples, 'scarf_cli_exit_code')).toBe(4);
    const missing = await place.runCli(['import', 'no-such-file', '--metrics', 'job.prom']);
    expect(missing.exit).toBe(2);
    samples = await metricsOf(place);
    expect(valueOf(samples, success)).toBe(first);
    expect(valueOf(samples, 'scarf_cli_exit_code')).toBe(2);
  });

  test('of a first run that fails: no time of a success', async () => {
    const place = await placeWithRows();
    await place.runCli(['import', 'damaged.ndjson', '--metrics', 'job.prom']);
    expect(valueOf(await metricsOf(place), success)).toBeUndefined();
  });

  test('of ingest and of export', async () => {
    const place = await placeWithRows();
    await place.write('typed.ndjson', '{"_type":"a"}\n');
    await place.runCli(['ingest', 'sumatra', 'typed.ndjson', '--metrics', 'ingest.prom']);
    const ingested = await metricsOf(place, 'ingest.prom');
    expect(valueOf(ingested, 'scarf_cli_rows', { outcome: 'accepted', command: 'ingest sumatra' })).toBe(1);
    await place.runCli(['export', 'scores', '--output', 'scores.csv', '--metrics', 'export.prom']);
    const exported = await metricsOf(place, 'export.prom');
    expect(
      valueOf(exported, 'scarf_cli_rows', { outcome: 'written', command: 'export scores' }),
    ).toBeGreaterThan(0);
    expect(valueOf(exported, 'scarf_cli_bytes', { direction: 'received' })).toBeGreaterThan(0);
    const environment = { SCARF_API_TOKEN: 'wrong' };
    const again = ['export', 'scores', '--output', 'scores.csv', '--metrics', 'export.prom'];
    expect((await place.runCli(again, { environment })).exit).toBe(4);
    const failed = await metricsOf(place, 'export.prom');
    expect(valueOf(failed, 'scarf_cli_exit_code')).toBe(4);
    expect(valueOf(failed, success)).toBe(valueOf(exported, success));
  });

  test('can be read by the collector, and replaces no file of another kind', async () => {
    const place = await placeWithRows();
    await place.runCli(['import', 'events.ndjson', '--metrics', 'job.prom']);
    const umask = process.umask();
    expect((await stat(join(place.directory, 'job.prom'))).mode & 0o777).toBe(0o666 & ~umask);
    await place.write('other.txt', 'of somebody else\n');
    for (const more of [[], ['--overwrite']]) {
      const argv = ['import', 'events.ndjson', '--metrics', 'other.txt', ...more];
      expect((await place.runCli(argv)).exit).toBe(2);
    }
    expect((await place.runCli(['import', 'events.ndjson', '--metrics', 'events.ndjson'])).exit).toBe(2);
    expect(await readFile(join(place.directory, 'other.txt'), 'utf8')).toBe('of somebody else\n');
    expect(await readFile(join(place.directory, 'events.ndjson'), 'utf8')).toBe(
      lines(eventRows(3, { ids: true })),
    );
  });

  test('that could not be written are a failure of the run before anything is sent', async () => {
    const place = await placeWithRows();
    const { exit, stderr } = await place.runCli([
      'import',
      'events.ndjson',
      '--metrics',
      'no/such/place/job.prom',
    ]);
    expect(exit).toBe(6);
    expect(stderr).toContain('job.prom');
    expect(place.sandbox.traffic.list()).toEqual([]);
  });

  test('escape what labels may hold', () => {
    const name = 'a "quoted"\\ name\nof two lines';
    const run: RunMetrics = {
      name,
      command: 'import',
      version: '1',
      rows: { read: 1 },
      bytes: { sent: 2 },
      requests: 0,
      retries: 0,
      durationMs: 1500,
      exit: 0,
      nowMs: 1_700_000_000_123,
    };
    const text = metricsText(run, '');
    expect(readExposition(text).every(({ labels }) => labels['name'] === name)).toBe(true);
    expect(valueOf(readExposition(text), success)).toBe(1_700_000_000.123);
    const later = metricsText({ ...run, exit: 5, nowMs: 1_800_000_000_000 }, text);
    expect(valueOf(readExposition(later), success)).toBe(1_700_000_000.123);
  });
});

describe('--jitter', () => {
  test('waits a random part of the time first, and says so', async () => {
    const place = await placeWithRows();
    const waits: number[] = [];
    const machine = {
      random: () => 0.5,
      sleep: async (ms: number) => {
        waits.push(ms);
        await wait(5);
      },
    };
    for (const argv of [
      ['import', 'events.ndjson', '--jitter', '5m'],
      ['export', 'scores', '--output', 'scores.csv', '--jitter', '5m'],
    ]) {
      waits.length = 0;
      const { exit, stderr } = await place.runCli(argv, { machine });
      expect(exit).toBe(0);
      expect(waits[0]).toBe(150_000);
      expect(stderr).toContain('Beginning in 2 min 30 s (--jitter)');
    }
    const quiet = await place.runCli(['import', 'events.ndjson', '--jitter', '5m', '--quiet'], { machine });
    expect(quiet.stderr).toBe('');
  });

  test.each([
    ['a signal', [], 130],
    ['the deadline', ['--deadline', '1s'], 5],
  ])('%s ends the wait, and nothing is sent', async (name, options, code) => {
    const place = await placeWithRows();
    const onSignal = (listener: (name: SignalName) => void) => {
      const timer = setTimeout(() => listener('SIGINT'), 500);
      return () => clearTimeout(timer);
    };
    // Of the machine itself: what is written at the end needs the time that it really has.
    const real = realMachine();
    const machine = {
      random: () => 0.9,
      sleep: (ms: number, signal?: AbortSignal) => real.sleep(ms, signal),
      elapsedMs: () => real.elapsedMs(),
      ...(name === 'a signal' ? { onSignal } : {}),
    };
    for (const argv of [
      ['import', 'events.ndjson', '--metrics', 'job.prom'],
      ['export', 'scores', '--output', 'scores.csv'],
    ]) {
      const { exit } = await place.runCli([...argv, '--jitter', '2h', ...options], { machine });
      expect(exit).toBe(code);
    }
    expect(place.sandbox.vendors.scarf.imports()).toEqual([]);
    expect(valueOf(await metricsOf(place), 'scarf_cli_exit_code')).toBe(code);
  });

  test('what is wrong with the command line is said before the wait', async () => {
    const place = await placeWithRows();
    const { exit, stderr } = await place.runCli(['import', 'no-such-file', '--jitter', '2h']);
    expect(exit).toBe(2);
    expect(stderr).not.toContain('Beginning');
  });
});

describe('runs list --last-success', () => {
  test('prints the time of the last success, and ends with 3 before there is one', async () => {
    const place = await placeWithRows();
    const list = (...more: string[]) => place.runCli(['runs', 'list', '--last-success', ...more]);
    expect(await list()).toMatchObject({ exit: 3, stdout: '', stderr: 'no run has succeeded yet\n' });
    expect((await place.runCli(['import', 'damaged.ndjson'])).exit).toBe(3);
    const none = await list('--json');
    expect([none.exit, JSON.parse(none.stdout)]).toEqual([
      3,
      { schema: 1, lastSuccess: null, run: null, exit: 3 },
    ]);
    const before = Date.now();
    expect((await place.runCli(['import', 'events.ndjson'])).exit).toBe(0);
    await place.runCli(['import', 'damaged.ndjson', '--again', '--overwrite']);
    const { exit, stdout } = await list();
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\n$/);
    expect(Date.parse(stdout.trim())).toBeGreaterThanOrEqual(before);
  });
});
