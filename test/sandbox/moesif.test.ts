import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { MoesifOptions } from '../../src/sandbox/index.ts';
import { openSandbox, type Opened } from './open.ts';

const request = { time: '2026-11-21T08:00:00.000', uri: 'https://example.com/a?b', verb: 'GET', headers: {} };
const response = { time: '2026-11-21T08:00:01Z', status: 200, headers: {} };

async function post(sandbox: Opened, path: string, body: unknown, headers = {}): Promise<Response> {
  const bytes = Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return fetch(sandbox.url + path, {
    method: 'POST',
    headers: { 'x-moesif-application-id': 'sandbox-application', ...headers },
    body: bytes,
  });
}

const batch = '/v1/events/batch';
const open = (moesif: MoesifOptions = {}): Promise<Opened> =>
  openSandbox({ moesif: { keepEvents: true, ...moesif } });

describe('moesif', () => {
  it('takes events, single, in batches and packed, with 201 and the tag of its configuration', async () => {
    const sandbox = await open();
    const one = await post(sandbox, '/v1/events', { request, response });
    expect([one.status, await one.text()]).toEqual([201, '']);
    expect(one.headers.get('x-moesif-config-etag')).toMatch(/^[0-9a-f]{32}$/);
    const packed = gzipSync(JSON.stringify([{ request }, { request }]));
    expect((await post(sandbox, batch, packed, { 'content-encoding': 'gzip' })).status).toBe(201);
    const actions = [{ action_name: 'Clicked', request: { uri: 'https://example.com' } }];
    expect((await post(sandbox, '/v1/actions/batch', actions)).status).toBe(201);
    expect(sandbox.vendors.moesif.events().map(({ origin }) => origin)).toEqual([
      'event',
      'event',
      'event',
      'action',
    ]);
  });

  it('knows an event by its transaction_id across requests', async () => {
    const sandbox = await open();
    const event = { request, transaction_id: 'a'.repeat(36) };
    await post(sandbox, batch, [event, { request }]);
    await post(sandbox, batch, [event, { ...event, user_id: 'changed' }]);
    const counts = { received: 4, stored: 2, duplicates: 2, conflicting: 1, withoutId: 1 };
    expect(sandbox.vendors.moesif.counts()).toMatchObject(counts);
  });

  it.each([
    ['no object', 5],
    ['no request', {}],
    ['no time', { request: { ...request, time: undefined } }],
    ['no uri', { request: { ...request, uri: undefined } }],
    ['no verb', { request: { ...request, verb: undefined } }],
    ['no status', { request, response: { ...response, status: undefined } }],
    ['an old time', { request: { ...request, time: '2026-10-01T00:00:00Z' } }],
  ])('refuses the whole batch for an event with %s, or drops that event alone', async (_name, bad) => {
    const strict = await open();
    expect((await post(strict, batch, [{ request }, bad])).status).toBe(400);
    expect(strict.vendors.moesif.events()).toHaveLength(0);
    const lenient = await open({ badEvents: 'drop-event' });
    expect((await post(lenient, batch, [{ request }, bad])).status).toBe(201);
    expect(lenient.vendors.moesif.events()).toHaveLength(1);
  });

  it('has its switches: subscription, old paths, old events, size', async () => {
    const gone = await open();
    expect((await post(gone, '/moesifapi/events', { request })).status).toBe(404);
    expect((await post(await open({ legacyPaths: true }), '/moesifapi/events', { request })).status).toBe(
      201,
    );
    expect((await post(await open({ subscribed: false }), '/v1/events', { request })).status).toBe(402);
    const old = { request: { ...request, time: '2016-01-01T00:00:00' } };
    expect((await post(await open({ oldEvents: 'accept' }), '/v1/events', old)).status).toBe(201);
    const small = await open({ maxBatchBytes: 100 });
    const packed = gzipSync(JSON.stringify([{ request }]));
    expect((await post(small, batch, packed, { 'content-encoding': 'gzip' })).status).toBe(413);
    expect((await post(gone, '/v1/events', { request }, { 'x-moesif-application-id': 'x' })).status).toBe(
      401,
    );
    expect((await post(gone, batch, { request })).status).toBe(400);
  });
});
