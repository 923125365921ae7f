import { describe, expect, it } from 'vitest';
import { openSandbox, type Opened } from './open.ts';

async function post(sandbox: Opened, path: string, body: unknown, headers = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(sandbox.url + path, {
    method: 'POST',
    headers: { 'x-api-key': 'sandbox-key', ...headers },
    body: text,
  });
}

describe('sumatra', () => {
  it('answers with its own id and time, and with what the flags ask for, whatever their value', async () => {
    const sandbox = await openSandbox({ sumatra: { keepEvents: true } });
    const bare = (await (await post(sandbox, '/event', { _type: 'signup', ip: '::1' })).json()) as object;
    expect(bare).toEqual({
      event_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      event_time: '2026-11-22T12:00:00.000Z',
    });
    const path = '/event?decisions&rules=&features=0';
    const full = (await (await post(sandbox, path, { _type: 'signup', ip: '::1' })).json()) as object;
    expect(full).toMatchObject({
      decisions: { verdict: 'Pass' },
      rules: [],
      features: { ip: '::1', num_events_of_type: 2 },
    });
    expect(sandbox.vendors.sumatra.events().map(({ text }) => text)).toEqual([
      '{"_type":"signup","ip":"::1"}',
      '{"_type":"signup","ip":"::1"}',
    ]);
  });

  it('reports failed features with status 200', async () => {
    const sandbox = await openSandbox({ sumatra: { requiredInputs: ['ip'] } });
    const reply = await post(sandbox, '/event?features&rules&decisions', { _type: 'signup' });
    expect([reply.status, await reply.json()]).toMatchObject([
      200,
      { errors: { ip: 'required input missing' }, features: { ip: null }, decisions: { verdict: 'Review' } },
    ]);
  });

  it.each([
    ['/event', '{"_type":"a"', {}, 400],
    ['/event', '{"type":"a"}', {}, 400],
    ['/event', '[{"_type":"a"}]', {}, 400],
    ['/event', '{"_type":"unknown"}', {}, 404],
    ['/event', '{"_type":"a"}', { 'x-api-key': 'wrong' }, 403],
    ['/event', '{"_type":"a"}', { 'content-encoding': 'gzip' }, 400],
    ['/event', `{"_type":"a","b":"${'x'.repeat(600)}"}`, {}, 413],
    ['/batch', '{"_type":"a"}', {}, 400],
    ['/batch', '[{"_type":"a"},{"_type":"unknown"}]', {}, 404],
  ])('at %s refuses %s %o with %i and keeps nothing', async (path, body, headers, status) => {
    const sandbox = await openSandbox({ sumatra: { eventTypes: ['a'], maxBodyBytes: 500 } });
    expect((await post(sandbox, path, body, headers)).status).toBe(status);
    expect(sandbox.vendors.sumatra.counts().received).toBe(0);
  });

  it('wants a key, a POST, and takes a batch as an array of answers', async () => {
    const sandbox = await openSandbox();
    expect((await fetch(`${sandbox.url}/event`, { method: 'POST', body: '{}' })).status).toBe(401);
    expect((await fetch(`${sandbox.url}/event`)).status).toBe(405);
    const answers = (await (
      await post(sandbox, '/batch?exports', [{ _type: 'a' }, { _type: 'b' }])
    ).json()) as object[];
    expect(answers).toHaveLength(2);
    expect(sandbox.vendors.sumatra.counts()).toMatchObject({ stored: 2, withoutId: 2 });
  });

  it('loses a reply after the event was taken', async () => {
    const faults = [{ vendor: 'sumatra', route: 'event', kind: 'reset', at: 'after', times: 1 } as const];
    const sandbox = await openSandbox({ faults });
    await expect(post(sandbox, '/event', { _type: 'a' })).rejects.toThrow();
    expect(sandbox.vendors.sumatra.counts().stored).toBe(1);
  });
});
