/** The vendor's own Node client is the oracle: for the same events the same body leaves. */
import moesifapi from 'moesifapi';
import { expect, onTestFinished, test } from 'vitest';
import { startScriptedServer, type Question } from '../../http/scripted-server.ts';
import { bodyOf, calm } from '../bodies.ts';
import { targetAgainst } from '../vendor-harness.ts';

const theirs = [
  {
    request: {
      time: '2016-08-16T09:21:56.998Z',
      uri: 'https://api.example/items?x=1&y=ä',
      verb: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Moesif-Tags': 'me' },
      apiVersion: '1.2',
      ipAddress: '61.48.220.123',
      body: { items: [1, 2.5, 'drei'], none: null },
      transferEncoding: 'json',
    },
    response: {
      time: '2016-08-16T09:21:57.100Z',
      status: 500,
      headers: { Vary: 'Accept' },
      ipAddress: '10.0.0.1',
      body: 'SGFsbG8=',
      transferEncoding: 'base64',
    },
    sessionToken: 'token',
    tags: 'user,admin',
    userId: 'u-1',
    companyId: 'c-1',
    metadata: { deep: { er: true } },
    direction: 'Incoming',
    weight: 3,
    blockedBy: 'rule-1',
  },
  {
    request: { time: '2016-08-16T09:21:58.000Z', uri: 'https://api.example/', verb: 'GET', headers: {} },
    response: { time: '2016-08-16T09:21:58.500Z', status: 204, headers: {} },
  },
];

/** The same events as rows of an input: Moesif's wire names, headers left out where there are none. */
const ours = [
  {
    request: {
      time: '2016-08-16T09:21:56.998Z',
      uri: 'https://api.example/items?x=1&y=ä',
      verb: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Moesif-Tags': 'me' },
      api_version: '1.2',
      ip_address: '61.48.220.123',
      body: { items: [1, 2.5, 'drei'], none: null },
      transfer_encoding: 'json',
    },
    response: {
      time: '2016-08-16T09:21:57.100Z',
      status: 500,
      headers: { Vary: 'Accept' },
      ip_address: '10.0.0.1',
      body: 'SGFsbG8=',
      transfer_encoding: 'base64',
    },
    session_token: 'token',
    tags: 'user,admin',
    user_id: 'u-1',
    company_id: 'c-1',
    metadata: { deep: { er: true } },
    direction: 'Incoming',
    weight: 3,
    blocked_by: 'rule-1',
    transaction_id: '00000000-0000-8000-8000-000000000001',
  },
  {
    request: { time: '2016-08-16T09:21:58.000Z', uri: 'https://api.example/', verb: 'GET' },
    response: { time: '2016-08-16T09:21:58.500Z', status: 204 },
    transaction_id: '00000000-0000-8000-8000-000000000002',
  },
];

async function whatTheirClientSends(single: boolean): Promise<Question> {
  const server = await startScriptedServer([{ status: 201 }]);
  onTestFinished(() => server.close());
  Object.assign(moesifapi.configuration, { BaseUri: server.url, ApplicationId: 'sekrit-token-1' });
  const models = theirs.map((event) => new moesifapi.EventModel(event));
  await new Promise<void>((resolve, reject) => {
    const done = (error: unknown) => (error === null ? resolve() : reject(new Error(JSON.stringify(error))));
    if (single) moesifapi.ApiController.createEvent(models[0] ?? {}, done);
    else moesifapi.ApiController.createEventsBatch(models, done);
  });
  return server.questions[0] ?? { method: '', url: '', headers: {}, text: '' };
}

async function whatWeSend(single: boolean): Promise<Question> {
  const { target, server } = await targetAgainst('moesif', [{ status: 201 }], { single });
  const rows = (single ? ours.slice(0, 1) : ours).flatMap((row) => {
    const rebuilt = target.shape.rebuild?.(row);
    return rebuilt !== undefined && 'events' in rebuilt ? rebuilt.events : [];
  });
  const { head, between, tail } = target.framing;
  const text = head + rows.map((row) => JSON.stringify(row)).join(between) + tail;
  await target.send(bodyOf(text, rows.length), calm);
  return server.questions[0] ?? { method: '', url: '', headers: {}, text: '' };
}

test.each([
  ['a single event', true],
  ['a batch', false],
])('%s', async (_name, single) => {
  const [client, own] = [await whatTheirClientSends(single), await whatWeSend(single)];
  expect(own).toMatchObject({ method: client.method, url: client.url });
  for (const name of ['x-moesif-application-id', 'content-encoding']) {
    expect(own.headers[name]).toBe(client.headers[name]);
  }
  expect(withoutIds(JSON.parse(own.text))).toEqual(JSON.parse(client.text));
});

/** That client drops `transaction_id`, so that Moesif cannot tell its repetitions apart; rows here keep it. */
function withoutIds(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(withoutIds);
  const { transaction_id: id, ...rest } = body as Record<string, unknown>;
  expect(id).toBeDefined();
  return rest;
}
