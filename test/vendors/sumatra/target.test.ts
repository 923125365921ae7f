import { describe, expect, test } from 'vitest';
import { bodyOf, calm } from '../bodies.ts';
import { targetAgainst } from '../vendor-harness.ts';

const one = bodyOf('{"_type":"signup"}', 1, 'identity');
const three = bodyOf('[{"_type":"a"},{"_type":"b"},{"_type":"c"}]', 3, 'identity');

const reply = (id: string, more: object = {}) => ({
  event_id: id,
  event_time: '2026-07-01T00:00:00Z',
  ...more,
});

describe('single events', () => {
  test.each([
    [{}, '/event'],
    [{ decisions: true }, '/event?decisions'],
    [{ features: true, rules: true, decisions: true }, '/event?decisions&rules&features'],
  ])('%j', async (settings, path) => {
    const { target, server } = await targetAgainst(
      'sumatra',
      [{ status: 200, body: reply('e-1') }],
      settings,
    );
    expect(await target.send(one, calm)).toEqual({
      kind: 'settled',
      accepted: 1,
      rejected: [],
      unknown: 0,
      replies: [{ row: 0, body: reply('e-1') }],
    });
    expect(server.questions[0]).toMatchObject({
      method: 'POST',
      url: path,
      text: '{"_type":"signup"}',
      headers: { 'x-api-key': 'sekrit-token-1', 'content-type': 'application/json' },
    });
    expect(server.questions[0]?.headers).not.toHaveProperty('content-encoding');
    expect(target).toMatchObject({ endpoint: `${server.url}/event`, gzip: false, replies: true });
    expect(target).not.toHaveProperty('idField');
  });

  test('errors of features are counted by feature', async () => {
    const errors = { ip: 'required input missing', 'e\u001bmail': 'x' };
    const { target } = await targetAgainst('sumatra', [{ status: 200, body: reply('1', { errors }) }]);
    expect(await target.send(one, calm)).toMatchObject({
      accepted: 1,
      warnings: { 'feature-error: ip': 1, 'feature-error: e mail': 1 },
    });
  });

  test.each([
    [400, { kind: 'refused', reason: 'refused-400' }],
    [404, { kind: 'refused', reason: 'refused-404' }],
    [422, { kind: 'refused', reason: 'refused-422' }],
    [413, { kind: 'refused', reason: 'refused-413' }],
    [429, { kind: 'retry', taken: 'no', why: 'busy', waitMs: 2000 }],
    [503, { kind: 'retry', taken: 'no', why: 'transient', waitMs: 2000 }],
    [500, { kind: 'retry', taken: 'maybe', why: 'transient' }],
    [502, { kind: 'retry', taken: 'maybe', why: 'transient' }],
    [504, { kind: 'retry', taken: 'maybe', why: 'transient' }],
  ])('%i', async (status, expected) => {
    const { target } = await targetAgainst('sumatra', [{ status, headers: { 'retry-after': '2' } }]);
    expect(await target.send(one, calm)).toMatchObject(expected);
  });

  test.each(['garbage', '{}', '{"event_id":7}', '[{"event_id":"a"}]', ''])(
    'a success that says %j may have been taken',
    async (text) => {
      const { target } = await targetAgainst('sumatra', [{ status: 200, body: text }]);
      expect(await target.send(one, calm)).toMatchObject({
        kind: 'retry',
        taken: 'maybe',
        message: '200 without an event id',
      });
    },
  );

  test.each([
    [401, 'credentials'],
    [403, 'credentials'],
    [405, 'usage'],
    [301, 'usage'],
  ])('%i ends the run', async (status, kind) => {
    const { target } = await targetAgainst('sumatra', [{ status, body: 'sekrit-token-1' }]);
    const failure: unknown = await target.send(one, calm).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind });
  });

  test('concurrency', async () => {
    const { target } = await targetAgainst('sumatra', [], { concurrency: 3 });
    expect(target.limits).toMatchObject({ rows: 1, uploads: 3, open: 3 });
  });
});

describe('batches', () => {
  const settings = { batch: true };

  test('one reply an event, in order', async () => {
    const replies = [reply('1'), reply('2', { errors: { ip: 'x' } }), reply('3')];
    const { target, server } = await targetAgainst('sumatra', [{ status: 200, body: replies }], settings);
    expect(await target.send(three, calm)).toMatchObject({
      accepted: 3,
      replies: [
        { row: 0, body: { event_id: '1' } },
        { row: 1, body: { event_id: '2' } },
        { row: 2, body: { event_id: '3' } },
      ],
      warnings: { 'feature-error: ip': 1 },
    });
    expect(server.questions[0]?.url).toBe('/batch');
    expect(target).toMatchObject({
      framing: { head: '[', between: ',', tail: ']' },
      limits: { rows: 100, bytes: 1_000_000, uploads: 1 },
    });
  });

  test('an element without an id leaves its event unknown', async () => {
    const { target } = await targetAgainst(
      'sumatra',
      [{ status: 200, body: [reply('1'), {}, reply('3')] }],
      settings,
    );
    expect(await target.send(three, calm)).toMatchObject({
      accepted: 2,
      unknown: 1,
      warnings: { 'reply-without-id': 1 },
      replies: [{ row: 0 }, { row: 2 }],
    });
  });

  test.each([[[reply('1')]], [{}], [[{}, {}, {}]], ['nothing']])('%j may have been taken', async (body) => {
    const { target } = await targetAgainst('sumatra', [{ status: 200, body }], settings);
    expect(await target.send(three, calm)).toMatchObject({ kind: 'retry', taken: 'maybe' });
  });

  test.each([400, 404, 413, 422])('%i is cut until the culprit stands alone', async (status) => {
    const { target } = await targetAgainst('sumatra', [{ status }], settings);
    expect(await target.send(three, calm)).toMatchObject({ kind: 'smaller' });
    expect(await target.send({ ...three, events: 1 }, calm)).toMatchObject({ kind: 'refused' });
  });
});

describe('the type of an event', () => {
  test('is demanded', async () => {
    const { target } = await targetAgainst('sumatra', []);
    const type = { path: '_type', type: 'string', reason: 'type-missing', hint: '--event-type NAME' };
    expect(target.shape).toMatchObject({ required: [type] });
  });

  test('is written where there is none', async () => {
    const { target } = await targetAgainst('sumatra', [], { eventType: 'signup' });
    const { rebuild } = target.shape;
    expect(rebuild?.({ ip: 'x' })).toEqual({
      events: [{ _type: 'signup', ip: 'x' }],
      changes: ['type-filled'],
    });
    const typed = { ip: 'x', _type: 'login' };
    expect(rebuild?.(typed)).toEqual({ events: [typed] });
    expect(rebuild?.({ _type: 7 })).toMatchObject({ reason: 'type-missing' });
  });
});
