import { describe, expect, test } from 'vitest';
import { bodyOf, calm } from '../bodies.ts';
import { targetAgainst } from '../vendor-harness.ts';

const batch = bodyOf('[{"a":1},{"b":2}]', 2);
const single = bodyOf('{"a":1}', 1);

describe('where events go', () => {
  test.each([
    [{}, '/v1/events/batch'],
    [{ single: true }, '/v1/events'],
    [{ actions: true }, '/v1/actions/batch'],
    [{ actions: true, single: true }, '/v1/actions'],
    [{ pathPrefix: '/moesifapi/' }, '/moesifapi/events/batch'],
    [{ pathPrefix: '/collector/v1', single: true }, '/collector/v1/events'],
  ])('%j', async (settings, path) => {
    const { target, server } = await targetAgainst('moesif', [{ status: 201 }], settings);
    expect(await target.send(batch, calm)).toEqual({
      kind: 'settled',
      accepted: 2,
      rejected: [],
      unknown: 0,
    });
    expect(target.endpoint).toBe(server.url + path);
    expect(server.questions[0]).toMatchObject({
      method: 'POST',
      url: path,
      text: '[{"a":1},{"b":2}]',
      headers: {
        'x-moesif-application-id': 'sekrit-token-1',
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      },
    });
  });

  test('framing and limits', async () => {
    const { target } = await targetAgainst('moesif', []);
    expect(target).toMatchObject({
      idField: 'transaction_id',
      framing: { head: '[', between: ',', tail: ']' },
      limits: { rows: 200, bytes: 10_000_000, bytesCountAs: 'raw' },
    });
    const one = await targetAgainst('moesif', [], { single: true, batchEvents: 50, batchBytes: 50_000_000 });
    expect(one.target).toMatchObject({
      framing: { head: '', between: '', tail: '' },
      limits: { rows: 1, bytes: 50_000_000 },
    });
  });

  test.each([
    [{ batchBytes: 50_000_001 }, '--batch-bytes is above'],
    [{ batchBytes: 15_000_001, actions: true }, '--batch-bytes is above'],
    [{ pathPrefix: 'v1' }, '--path-prefix must be a path'],
    [{ pathPrefix: '/v1?x' }, '--path-prefix must be a path'],
    [{ apiUrl: 'http://api.moesif.net' }, 'credentials are sent over https only'],
  ])('%j is refused', async (settings, message) => {
    await expect(targetAgainst('moesif', [], settings)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('what a status means', () => {
  test.each([
    [200, batch, { kind: 'settled', accepted: 2 }],
    [202, batch, { kind: 'settled', accepted: 2 }],
    [400, batch, { kind: 'smaller' }],
    [400, single, { kind: 'refused', reason: 'refused-400' }],
    [413, batch, { kind: 'smaller' }],
    [413, single, { kind: 'refused', reason: 'refused-413' }],
    [429, batch, { kind: 'retry', taken: 'no', why: 'busy', waitMs: 4000 }],
    [500, batch, { kind: 'retry', taken: 'maybe', why: 'transient' }],
    [502, batch, { kind: 'retry', taken: 'maybe', why: 'transient' }],
    [503, batch, { kind: 'retry', taken: 'maybe', why: 'transient', waitMs: 4000 }],
  ])('%i', async (status, body, expected) => {
    const { target } = await targetAgainst('moesif', [{ status, headers: { 'retry-after': '4' } }]);
    expect(await target.send(body, calm)).toMatchObject(expected);
  });

  test.each([
    [401, 'credentials'],
    [402, 'credentials'],
    [403, 'credentials'],
    [404, 'usage'],
    [405, 'usage'],
    [406, 'usage'],
    [410, 'usage'],
    [302, 'usage'],
  ])('%i ends the run', async (status, kind) => {
    const { target } = await targetAgainst('moesif', [{ status }]);
    await expect(target.send(batch, calm)).rejects.toMatchObject({ kind });
  });

  test('without an application id nothing is asked', async () => {
    const { target, server } = await targetAgainst('moesif', [{ status: 201 }], { token: undefined });
    await expect(target.send(batch, calm)).rejects.toMatchObject({ kind: 'credentials' });
    expect(server.questions).toEqual([]);
  });
});

const html = '<!doctype html><title>Please log in</title>';
const etag = { 'x-moesif-config-etag': 'e1' };

describe('a success counts when it can be the collector', () => {
  test.each([
    ['201 without a body', { status: 201 }, 'settled'],
    ['201 with words', { status: 201, body: 'queued' }, 'settled'],
    ['202 without a body', { status: 202 }, 'settled'],
    ['200 with JSON', { status: 200, body: '{"status":true}' }, 'settled'],
    [
      '200 with words and the tag of the configuration',
      { status: 200, headers: etag, body: 'ok' },
      'settled',
    ],
    ['200 with a page', { status: 200, headers: { 'content-type': 'text/html' }, body: html }, 'retry'],
    ['201 with a page', { status: 201, body: `\ufeff\n ${html}` }, 'retry'],
    ['200 with a page that has no body', { status: 200, headers: { 'content-type': 'text/html' } }, 'retry'],
    ['200 with words', { status: 200, body: 'You are online.' }, 'retry'],
    ['200 with half of JSON', { status: 200, body: '{"status":' }, 'retry'],
  ])('%s', async (_name, scripted, kind) => {
    const { target } = await targetAgainst('moesif', [scripted]);
    const answer = await target.send(batch, calm);
    expect(answer).toMatchObject(kind === 'settled' ? { kind, accepted: 2 } : { kind, taken: 'maybe' });
  });
});
