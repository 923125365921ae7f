/** Whole ingests at size, as people run them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startScriptedServer } from '../http/scripted-server.ts';
import { sceneWith } from './delivery-run.ts';

const rowsOf = (count: number, row: (index: number) => unknown): string[] =>
  Array.from({ length: count }, (_, index) => JSON.stringify(row(index)));

interface Stored {
  text: string;
  timestamp: number;
  fields: { name: string; content?: string }[];
}

describe('moesif', () => {
  const call = (n: number) => ({
    request: {
      time: '2026-06-30T00:00:00Z',
      uri: `https://a.example/${n}`,
      verb: 'GET',
      ip_address: '1.2.3.4',
    },
    response: { time: '2026-06-30T00:00:01Z', status: 200 },
  });

  test('3,000 events, one of them without an address', async () => {
    const scene = await sceneWith({ moesif: { keepEvents: true } });
    const rows = rowsOf(3000, call);
    rows[1234] = JSON.stringify({ request: { time: '2026-06-30T00:00:00Z', verb: 'GET' } });
    await scene.writeRows('calls.ndjson', rows);
    const outcome = await scene.runJson(['ingest', 'moesif', 'calls.ndjson']);
    expect(outcome).toMatchObject({
      exit: 3,
      report: { counts: { read: 3000, accepted: 2999, rejected: 1 }, requests: 15 },
    });
    expect(outcome.stderr).toContain('calls.ndjson:1235');
    const stored = scene.sandbox.vendors.moesif.events();
    expect(stored).toHaveLength(2999);
    expect(new Set(stored.map(({ id }) => id)).size).toBe(2999);
    expect(JSON.parse(stored[0]?.text ?? '')).toMatchObject({
      request: { headers: {} },
      response: { headers: {} },
    });
  });

  test('a culprit that only the server knows is found by halving, and nothing else is lost', async () => {
    const scene = await sceneWith({ moesif: { maxEventAgeDays: 30 } });
    const rows = rowsOf(200, call);
    const old = {
      request: { time: '2026-05-01T00:00:00Z', uri: 'https://a.example', verb: 'GET', ip_address: 'x' },
    };
    rows[77] = JSON.stringify(old);
    await scene.writeRows('calls.ndjson', rows);
    const outcome = await scene.runJson(['ingest', 'moesif', 'calls.ndjson']);
    expect(outcome).toMatchObject({
      exit: 3,
      report: { counts: { accepted: 199, rejected: 1 }, warnings: { 'old-event': 1 } },
    });
    expect(outcome.stderr).toContain('calls.ndjson:78');
    expect(scene.sandbox.vendors.moesif.counts()).toMatchObject({ stored: 199, duplicates: 0 });
  });
});

test('moesif: events of which it cuts the bodies are counted, as they leave', async () => {
  const scene = await sceneWith();
  // As given, and by the id that is filled in.
  const rows = [1_000_000, 1_000_001, 999_970].map((length, n) => {
    const id = n < 2 ? { transaction_id: `own-${n}` } : {};
    const request = { time: '2026-06-30T00:00:00Z', uri: 'u', verb: 'GET', headers: {}, ip_address: 'x' };
    const empty = JSON.stringify({ ...id, request: { ...request, body: '' } });
    return JSON.stringify({ ...id, request: { ...request, body: 'x'.repeat(length - empty.length) } });
  });
  await scene.writeRows('calls.ndjson', rows);
  const outcome = await scene.runJson(['ingest', 'moesif', 'calls.ndjson']);
  expect(outcome).toMatchObject({ exit: 0, report: { warnings: { 'event-cut-by-vendor': 2 } } });
  expect(outcome.stderr).toContain('2 events are over 1 MB');
});

test('moesif: times as numbers leave as text, tags are set, an id that is there stays', async () => {
  const scene = await sceneWith({ moesif: { keepEvents: true } });
  const request = { time: 1782777600, uri: 'https://a.example/', verb: 'GET', headers: { Via: ['a', 'b'] } };
  await scene.writeRows('calls.ndjson', [JSON.stringify({ request, transaction_id: 'own', id: 0 })]);
  const set = ['--set', 'request.headers.X-Moesif-Tags=me'];
  const outcome = await scene.runJson(['ingest', 'moesif', 'calls.ndjson', ...set]);
  expect(outcome).toMatchObject({
    exit: 0,
    report: { changes: { 'headers-joined': 1 }, warnings: { 'ip-address-missing': 1 } },
  });
  expect(JSON.parse(scene.sandbox.vendors.moesif.events()[0]?.text ?? '')).toEqual({
    request: {
      ...request,
      time: '2026-06-30T00:00:00Z',
      headers: { Via: 'a, b', 'X-Moesif-Tags': 'me' },
    },
    transaction_id: 'own',
    id: 0,
  });
});

test('moesif: a row that needs nothing leaves as its own bytes', async () => {
  const server = await startScriptedServer([{ status: 201 }]);
  onTestFinished(() => server.close());
  const scene = await sceneWith();
  const row =
    '{ "request" : {"time":"2026-06-30T00:00:00Z","uri":"https://u/","verb":"GET","headers":{},"ip_address":"x", "n":1e2},"transaction_id":"own", "big":12345678901234567890}';
  await scene.writeRows('calls.ndjson', [row, row]);
  const outcome = await scene.runJson(['ingest', 'moesif', 'calls.ndjson'], { MOESIF_API_URL: server.url });
  expect(outcome).toMatchObject({ exit: 0, report: { changes: {}, warnings: {} } });
  expect(server.questions.map(({ text }) => text)).toEqual([`[${row},${row}]`]);
});

describe('sumatra', () => {
  test('400 events, one reply cut after the event was taken', async () => {
    const scene = await sceneWith({
      faults: [{ vendor: 'sumatra', route: 'event', kind: 'reset', at: 'after', skip: 200, times: 1 }],
    });
    await scene.writeRows(
      'signups.ndjson',
      rowsOf(400, (n) => ({ _type: 'signup', n })),
    );
    const argv = ['ingest', 'sumatra', 'signups.ndjson', '--features', '--output', 'answers.ndjson'];
    const outcome = await scene.runJson(argv);
    expect(outcome).toMatchObject({ exit: 8, report: { counts: { read: 400, accepted: 399, unknown: 1 } } });
    expect(scene.sandbox.vendors.sumatra.counts().received).toBe(400);
    const answers = (await readFile(join(scene.directory, 'answers.ndjson'), 'utf8')).trimEnd().split('\n');
    const lines = answers.map((line) => JSON.parse(line) as { line: number; reply?: { event_id: string } });
    expect(lines.map(({ line }) => line)).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
    expect(lines.filter(({ reply }) => reply === undefined)).toHaveLength(1);
  });

  test('features that fail are counted', async () => {
    const scene = await sceneWith({ sumatra: { requiredInputs: ['ip'] } });
    await scene.writeRows(
      'signups.ndjson',
      rowsOf(5, (n) => (n < 2 ? { ip: 'x' } : {})),
    );
    const outcome = await scene.runJson([
      'ingest',
      'sumatra',
      'signups.ndjson',
      '--event-type',
      'signup',
      '--features',
    ]);
    expect(outcome).toMatchObject({
      exit: 0,
      report: {
        counts: { accepted: 5 },
        changes: { 'type-filled': 5 },
        warnings: { 'feature-error: ip': 3 },
      },
    });
  });
});

describe('loginsight', () => {
  test('20,000 events of 2014 through sessions that last a moment', async () => {
    const scene = await sceneWith({ loginsight: { sessionTtlMs: 150_000, keepEvents: true } });
    const time = (n: number) => 1396622879241 + n;
    await scene.writeRows(
      'app.ndjson',
      rowsOf(20_000, (n) => ({ text: `line ${n}`, timestamp: time(n) })),
    );
    const outcome = await scene.runJson(['ingest', 'loginsight', 'app.ndjson']);
    expect(outcome).toMatchObject({ exit: 0, report: { counts: { read: 20_000, accepted: 20_000 } } });
    const stored = scene.sandbox.vendors.loginsight
      .events()
      .map(({ text }) => JSON.parse(text ?? '') as Stored);
    const arrived = new Map(stored.map(({ text, timestamp }) => [text, timestamp]));
    expect(stored).toHaveLength(20_000);
    expect(arrived.size).toBe(20_000);
    for (let n = 0; n < 20_000; n++) expect(arrived.get(`line ${n}`)).toBe(time(n));
    expect(scene.sandbox.traffic.countsOf('loginsight').largestBodyBytes).toBeLessThan(4_000_000);
  });

  test('a number that no double holds keeps its digits', async () => {
    const scene = await sceneWith({ loginsight: { keepEvents: true } });
    await scene.writeRows('app.ndjson', ['{"text":"a","timestamp":1396622879241,"n":12345678901234567890}']);
    expect(await scene.runJson(['ingest', 'loginsight', 'app.ndjson'])).toMatchObject({ exit: 0 });
    expect(scene.sandbox.vendors.loginsight.events()[0]?.text).toContain('"12345678901234567890"');
  });

  test('a server that is overloaded is left alone as long as it says', async () => {
    const overloaded = { kind: 'status', status: 503, headers: { 'Retry-After': '1' }, times: 3 } as const;
    const scene = await sceneWith({ faults: [{ ...overloaded, vendor: 'loginsight', route: 'ingest' }] });
    await scene.writeRows(
      'app.ndjson',
      rowsOf(10, (n) => ({ text: `line ${n}` })),
    );
    const outcome = await scene.runJson(['ingest', 'loginsight', 'app.ndjson']);
    expect(outcome).toMatchObject({ exit: 0, report: { counts: { accepted: 10 }, retries: 3 } });
  });

  test('texts of 17 KB in many scripts arrive whole, in pieces', async () => {
    const scene = await sceneWith({ loginsight: { keepEvents: true } });
    const texts = ['ä', '€', '😀', 'aä€😀'].map((unit) =>
      unit.repeat(Math.ceil(17_000 / Buffer.byteLength(unit))),
    );
    await scene.writeRows(
      'app.ndjson',
      rowsOf(4, (n) => ({ text: texts[n], part: n, timestamp: 1396622879241 })),
    );
    const outcome = await scene.runJson(['ingest', 'loginsight', 'app.ndjson']);
    expect(outcome).toMatchObject({
      exit: 0,
      report: { counts: { read: 4, accepted: 4 }, changes: { 'text-split': 4 } },
    });
    const stored = scene.sandbox.vendors.loginsight
      .events()
      .map(({ text }) => JSON.parse(text ?? '') as Stored);
    const wholes = ['', '', '', ''];
    for (const { text, fields } of stored) {
      const part = Number(fields.find(({ name }) => name === 'part')?.content);
      wholes[part] += text;
    }
    expect(stored).toHaveLength(8);
    expect(wholes).toEqual(texts);
  });

  test('a long text that the server refuses is one reject, not cut for ever', async () => {
    const scene = await sceneWith({ loginsight: { keepEvents: true } });
    const twice = [{ name: 'level' }, { name: 'level' }];
    await scene.writeRows('app.ndjson', [
      JSON.stringify({ text: 'x'.repeat(40_000), fields: twice }),
      JSON.stringify({ text: 'short' }),
    ]);
    const outcome = await scene.runJson(['ingest', 'loginsight', 'app.ndjson', '--rejects', 'bad.ndjson']);
    expect(outcome).toMatchObject({
      exit: 3,
      report: {
        counts: { read: 2, accepted: 1, rejected: 1 },
        rejects: { reasons: [{ reason: 'refused-400', rows: 1 }] },
        requests: 5,
      },
    });
    expect(scene.sandbox.vendors.loginsight.counts().stored).toBe(1);
  });

  test('nobody logged in: the server moves times, which is said, and the original is kept', async () => {
    const scene = await sceneWith({ loginsight: { keepEvents: true } });
    await scene.writeRows(
      'app.ndjson',
      rowsOf(3, (n) => ({ text: `line ${n}`, timestamp: 1396622879241 })),
    );
    const outcome = await scene.runJson(['ingest', 'loginsight', 'app.ndjson'], {
      LOGINSIGHT_USERNAME: '',
      LOGINSIGHT_PASSWORD: '',
    });
    expect(outcome).toMatchObject({
      exit: 0,
      report: {
        counts: { accepted: 3 },
        changes: { 'time-kept-in-field': 3 },
        warnings: { 'time-clamped': 3 },
      },
    });
    expect(outcome.stderr).toContain('not logged in');
    const [first] = scene.sandbox.vendors.loginsight.events();
    expect(JSON.parse(first?.text ?? '')).toMatchObject({
      fields: expect.arrayContaining([
        { name: 'original_timestamp', content: '2014-04-04T14:47:59.241Z' },
      ]) as unknown,
    });
  });
});
