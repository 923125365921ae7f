import { once } from 'node:events';
import { request } from 'node:https';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { LogInsightOptions } from '../../src/sandbox/index.ts';
import { openSandbox, type Opened } from './open.ts';

const ingestPath = '/api/v1/events/ingest/agent';
const nowMs = Date.parse('2026-11-22T12:00:00Z');

async function post(sandbox: Opened, path: string, body: unknown, headers = {}): Promise<Response> {
  const bytes = Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return fetch(sandbox.url + path, { method: 'POST', headers, body: bytes });
}

const open = (loginsight: LogInsightOptions = {}): Promise<Opened> =>
  openSandbox({ loginsight: { keepEvents: true, ...loginsight } });

async function logIn(
  sandbox: Opened,
  login = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const body = { username: 'admin', password: 'sandbox-password', provider: 'Local', ...login };
  const reply = await post(sandbox, '/api/v1/sessions', body);
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
}

interface Stored {
  text: string;
  timestamp: number;
  fields: { name: string; content?: string }[];
}

const stored = (sandbox: Opened): Stored[] =>
  sandbox.vendors.loginsight.events().map(({ text }) => JSON.parse(text ?? '') as Stored);

describe('log insight', () => {
  it('takes events, adds its own fields, and tells how many it took', async () => {
    const sandbox = await open();
    const fields = [{ name: 'a', content: '1' }, { name: 'b', startPosition: 0, length: 2 }, { name: 'c' }];
    const events = [{ text: 'hello', timestamp: nowMs, fields }, {}];
    for (const path of [ingestPath, '/api/v2/events/ingest/0']) {
      const reply = await post(sandbox, path, { events });
      expect([reply.status, await reply.json()]).toEqual([
        200,
        { ingested: 2, message: 'events ingested', status: 'ok' },
      ]);
    }
    const packed = gzipSync(JSON.stringify({ events }));
    expect((await post(sandbox, ingestPath, packed, { 'content-encoding': 'gzip' })).status).toBe(200);
    expect(stored(sandbox)).toHaveLength(6);
    const names = stored(sandbox)[0]?.fields.map(({ name }) => name);
    expect(names).toEqual(['a', 'b', 'c', 'source', 'hostname', 'event_type']);
  });

  it('forces anonymous times to ten minutes around its own and believes those of a session', async () => {
    const sandbox = await open();
    const events = [{ text: 'old', timestamp: 0 }, { text: 'new', timestamp: nowMs + 9e9 }, { text: 'none' }];
    await post(sandbox, ingestPath, { events });
    const { sessionId } = (await logIn(sandbox)).body;
    await post(sandbox, ingestPath, { events }, { authorization: `Bearer ${String(sessionId)}` });
    expect(stored(sandbox).map(({ timestamp }) => timestamp - nowMs)).toEqual([
      -600_000,
      600_000,
      0,
      -nowMs,
      9e9,
      0,
    ]);
  });

  it('knows sessions: wrong password, unknown, current, expired', async () => {
    const sandbox = await open({ sessionTtlMs: 150 });
    expect(await logIn(sandbox, { password: 'x' })).toEqual({
      status: 401,
      body: { errorMessage: 'Invalid username or password.', errorCode: 'FIELD_ERROR' },
    });
    const { sessionId, ttl } = (await logIn(sandbox)).body;
    expect(ttl).toBe(1);
    const send = async (id: unknown): Promise<[number, string]> => {
      const headers = { authorization: `Bearer ${String(id)}` };
      const reply = await post(sandbox, ingestPath, { events: [{}] }, headers);
      return [reply.status, await reply.text()];
    };
    expect((await send(sessionId))[0]).toBe(200);
    expect(await send('unknown')).toEqual([401, 'Invalid session ID']);
    sandbox.advance(151);
    expect(await send(sessionId)).toEqual([440, 'Login Timeout']);
    expect(sandbox.vendors.loginsight.counts()).toMatchObject({ logins: 1, expiredSessions: 1, stored: 1 });
  });

  it.each([
    ['an empty list', { events: [] }, 'Missing events'],
    ['no list', {}, 'Missing events'],
    ['an array', [{}], 'Invalid request body'],
    [
      'a field called timestamp',
      { events: [{ fields: [{ name: 'timestamp', content: '1' }] }] },
      'timestamp',
    ],
    ['content that is no string', { events: [{ fields: [{ name: 'a', content: 1 }] }] }, 'string'],
    ['a field twice', { events: [{ fields: [{ name: 'a' }, { name: 'a' }] }] }, 'twice'],
    [
      'a range beyond the text',
      { events: [{ text: 'abc', fields: [{ name: 'a', startPosition: 1, length: 3 }] }] },
      'range',
    ],
    ['an unknown key in a field', { events: [{ fields: [{ name: 'a', value: '' }] }] }, 'unknown keys'],
    ['a text of 17 KB in few characters', { events: [{ text: 'é'.repeat(8500) }] }, '16384'],
    ['a timestamp in words', { events: [{ timestamp: 'now' }] }, 'integer'],
    ['too many events', { events: Array.from({ length: 501 }, () => ({})) }, '500'],
  ])('refuses %s', async (_name, body, reason) => {
    const sandbox = await open();
    const reply = await post(sandbox, ingestPath, body);
    expect(reply.status).toBe(400);
    expect(((await reply.json()) as { errorMessage: string }).errorMessage).toContain(reason);
    expect(stored(sandbox)).toHaveLength(0);
  });

  it('may drop bad events and say so in its count', async () => {
    const sandbox = await open({ badEvents: 'drop-event' });
    const reply = await post(sandbox, ingestPath, { events: [{}, { timestamp: 'now' }] });
    expect(await reply.json()).toMatchObject({ ingested: 1 });
  });

  it('has its switches: size, gzip, not set up', async () => {
    const body = { events: Array.from({ length: 300 }, () => ({ text: 'x'.repeat(14_000) })) };
    expect((await post(await open(), ingestPath, body)).status).toBe(413);
    const packed = gzipSync('{"events":[{}]}');
    const coded = await post(await open({ gzip: false }), ingestPath, packed, { 'content-encoding': 'gzip' });
    expect(coded.status).toBe(400);
    const bare = await post(await open({ bootstrapped: false }), ingestPath, { events: [{}] });
    expect([bare.status, await bare.text()]).toEqual([
      503,
      expect.stringContaining('bootstrapped') as string,
    ]);
  });

  it('takes flat events on the appliance, all or none', async () => {
    const sandbox = await open();
    expect(
      await (await post(sandbox, '/api/v2/events', [{ text: 'a', timestamp: 5, level: 3 }])).json(),
    ).toMatchObject({
      ingested: 1,
    });
    expect(stored(sandbox)[0]).toMatchObject({
      text: 'a',
      timestamp: nowMs,
      fields: [{ name: 'level', content: '3' }, {}, {}, {}],
    });
    expect((await post(sandbox, '/api/v2/events', [{}, 5])).status).toBe(400);
    expect(stored(sandbox)).toHaveLength(1);
  });

  it('takes events with a token in the cloud', async () => {
    const sandbox = await open({ product: 'cloud' });
    const headers = { authorization: 'Bearer sandbox-cloud-token' };
    const events = [{ text: 'a', timestamp: 5, fields: { level: 'info' } }];
    expect((await post(sandbox, '/api/v2/events', events)).status).toBe(401);
    expect(await (await post(sandbox, '/api/v2/events', events, headers)).json()).toMatchObject({
      received: 1,
    });
    expect(stored(sandbox)[0]?.timestamp).toBe(5);
    const bad = await post(sandbox, '/api/v2/events', [{ fields: { ['x'.repeat(65)]: '' } }], headers);
    expect([bad.status, await bad.json()]).toMatchObject([400, { errorCode: 'FIELD_ERROR' }]);
    const large = [{ text: 'x'.repeat(1_000_000) }];
    expect((await post(sandbox, '/api/v2/events', large, headers)).status).toBe(413);
  });

  it('says that the route for messages is deprecated', async () => {
    const sandbox = await open();
    const reply = await post(sandbox, '/api/v1/messages/ingest/1', { messages: [{ text: 'a' }] });
    expect([reply.status, reply.headers.get('vmware-li-api-status')]).toEqual([200, 'Deprecated']);
  });

  it('listens with a self-signed certificate that only a client with that certificate trusts', async () => {
    const sandbox = await open({ tls: true });
    expect(sandbox.environment['LOGINSIGHT_URL']).toBe(sandbox.tls?.url);
    const get = async (trusted: object): Promise<number | undefined> => {
      const call = request(`${sandbox.tls?.url}/api/v1/sessions/current`, trusted);
      call.end();
      const [reply] = (await once(call, 'response')) as [{ statusCode?: number; resume(): void }];
      reply.resume();
      return reply.statusCode;
    };
    expect(await get({ ca: sandbox.tls?.certificate })).toBe(401);
    await expect(get({})).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });
});
