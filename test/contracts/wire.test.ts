/** Our targets against the vendors' own examples: what we send is what they show, and what they answer is understood. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Target } from '../../src/contracts/target.ts';
import { findVendor } from '../../src/vendors/index.ts';
import { startScriptedServer } from '../http/scripted-server.ts';
import { bodyOf, calm, judged } from '../vendors/bodies.ts';
import type { ScarfTarget } from '../vendors/scarf/harness.ts';
import { targetOf } from './vendor-case.ts';
import { replay, wireReply, wireRequest } from './wire-files.ts';

async function targetAt(vendorName: string, settings: Record<string, unknown>): Promise<Target> {
  const vendor = findVendor(vendorName);
  if (vendor === undefined) throw new Error(`no vendor ${vendorName}`);
  return targetOf(vendor, { token: 'the-token', owner: 'acme', agentId: '0', ...settings });
}

describe('requests', () => {
  test.each([
    ['scarf', 'scarf/import', 3, {}],
    ['sumatra', 'sumatra/event', 1, { decisions: true, rules: true }],
    ['moesif', 'moesif/event-2016', 1, { single: true, pathPrefix: '/moesifapi' }],
    ['moesif', 'moesif/batch', 1, {}],
    ['loginsight', 'loginsight/ingest', 1, { sessionId: 'given' }],
  ])('of %s: %s', async (vendorName, name, count, settings) => {
    const server = await startScriptedServer([{ status: 500 }]);
    onTestFinished(() => server.close());
    const target = await targetAt(vendorName, { ...settings, apiUrl: server.url });
    const example = wireRequest(name);
    const text = framed(target, rowsOf(target, example.body), count);
    await target.send(bodyOf(text, count, target.gzip ? 'gzip' : 'identity'), calm);
    const asked = server.questions[0];
    expect(asked).toMatchObject({ method: example.method, url: example.url });
    for (const [header, value] of Object.entries(example.headers)) {
      expect(asked?.headers[header.toLowerCase()]).toBe(value.replace('{token}', 'the-token'));
    }
    expect(jsonIn(asked?.text ?? '')).toEqual(jsonIn(example.body));
  });
});

/** The rows of an example, each through the target's own last word on rows. */
function rowsOf(target: Target, body: string): unknown[] {
  const values = jsonIn(body);
  const [first] = values;
  const rows = Array.isArray(first) ? (first as unknown[]) : (eventsIn(first) ?? values);
  return rows.flatMap((row) => {
    const rebuilt = target.shape.rebuild?.(row as Record<string, unknown>);
    return rebuilt !== undefined && 'events' in rebuilt ? rebuilt.events : [row];
  });
}

function eventsIn(value: unknown): unknown[] | undefined {
  return (value as { events?: unknown[] }).events;
}

function framed({ framing }: Target, rows: unknown[], count: number): string {
  expect(rows).toHaveLength(count);
  return framing.head + rows.map((row) => JSON.stringify(row)).join(framing.between) + framing.tail;
}

/** One JSON text, or one a line. */
function jsonIn(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  }
}

describe('replies', () => {
  const login = { username: 'admin', password: 'secret' };

  test.each([
    ['scarf', ['import'], {}, { kind: 'pending', receipt: { id: 'b5b4d1a2-0c3d-4e5f-8a6b-7c8d9e0f1a2b' } }],
    ['scarf', ['too-many-active-imports'], {}, { kind: 'retry', taken: 'no', why: 'busy' }],
    ['scarf', ['unsupported-media-type'], {}, { kind: 'retry', taken: 'no', why: 'session' }],
    ['scarf', ['unknown-artifact'], {}, { kind: 'refused' }],
    ['sumatra', ['event'], {}, { kind: 'settled', accepted: 1, warnings: { 'feature-error: ip': 1 } }],
    ['sumatra', ['maintenance'], {}, { kind: 'retry', taken: 'no' }],
    ['sumatra', ['internal-error'], {}, { kind: 'retry', taken: 'maybe' }],
    ['sumatra', ['bad-request'], {}, { kind: 'refused' }],
    ['moesif', ['created'], {}, { kind: 'settled', accepted: 1 }],
    ['loginsight', ['ingest'], {}, { kind: 'settled', accepted: 1 }],
    [
      'loginsight',
      ['ingest', 'missing-events'],
      {},
      { kind: 'refused', message: '400 Bad Request: Missing events' },
    ],
    ['loginsight', ['session', 'invalid-session'], login, { kind: 'retry', taken: 'no', why: 'session' }],
    ['loginsight', ['session', 'login-timeout'], login, { kind: 'retry', taken: 'no', why: 'transient' }],
    ['loginsight', ['overloaded'], {}, { kind: 'retry', taken: 'no', waitMs: 5000 }],
  ])('of %s: %j', async (vendorName, names, settings, expected) => {
    const apiUrl = await replay(names.map((name) => `${vendorName}/${name}`));
    const target = await targetAt(vendorName, { ...settings, apiUrl });
    const body = bodyOf('{}', 1);
    // What needs no session of its own before it is one question; the last answer counts.
    if (names[0] === 'ingest' && names.length > 1) await target.send(body, calm);
    expect(await target.send(body, calm)).toMatchObject(expected);
  });

  test.each([
    ['moesif', 'inactive', {}, 'credentials'],
    ['loginsight', 'wrong-password', login, 'credentials'],
    ['loginsight', 'not-set-up', login, 'unavailable'],
    ['loginsight', 'invalid-session', {}, 'credentials'],
    ['scarf', 'unknown-artifact', { package: 'p' }, 'usage'],
  ])('of %s that end the run: %s', async (vendorName, name, settings, kind) => {
    const apiUrl = await replay([`${vendorName}/${name}`]);
    const target = await targetAt(vendorName, { ...settings, apiUrl });
    await expect(target.send(bodyOf('{}', 1), calm)).rejects.toMatchObject({ kind });
  });

  test('of Scarf about jobs: the list and the log', async () => {
    const apiUrl = await replay(['scarf/list', 'scarf/log']);
    const target = (await targetAt('scarf', { apiUrl })) as ScarfTarget;
    const ids = ['b5b4d1a2-0c3d-4e5f-8a6b-7c8d9e0f1a2b', 'c6c5e2b3-1d4e-4f60-9b7c-8d9e0f1a2b3c'];
    const seen = await target.pollJobs(
      ids.map((id) => ({ id })),
      calm,
    );
    expect(seen).toMatchObject({ jobs: [{ state: 'done' }, { state: 'open' }], others: 0 });
    const job = { id: ids[0] ?? '', state: 'done' as const, fields: {} };
    expect(await judged(target.judge(job, 3, calm))).toMatchObject({
      accepted: 1,
      rejected: [
        { row: 1, reason: 'failed-to-decode', message: 'Not a valid JSON object' },
        { row: 2, reason: 'artifact-not-found' },
      ],
    });
    expect(wireReply('scarf/list').status).toBe(200);
  });
});
