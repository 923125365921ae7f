import { describe, expect, test } from 'vitest';
import type { Question, Scripted } from '../../http/scripted-server.ts';
import { findVendor } from '../../../src/vendors/index.ts';
import { bodyOf, calm } from '../bodies.ts';
import { installationId, targetAgainst } from '../vendor-harness.ts';
import { processMask } from '../../../src/masking/process-mask.ts';

const two = bodyOf('{"events":[{"text":"a"},{"text":"b"}]}', 2);
const one = bodyOf('{"events":[{"text":"a"}]}', 1);
const taken = { ingested: 2, message: 'events ingested', status: 'ok' };
const login = { username: 'admin', password: 'pass-word-1' };

describe('where events go', () => {
  test.each([
    [{}, `/api/v1/events/ingest/${installationId}`, '{"events":['],
    [{ agentId: 'rack 1/a' }, '/api/v1/events/ingest/rack%201%2Fa', '{"events":['],
    [{ api: 'v2' }, '/api/v2/events', '['],
    [{ api: 'cloud', sessionId: 't' }, '/api/v2/events', '['],
  ])('%j', async (settings, path, head) => {
    const { target, server } = await targetAgainst('loginsight', [{ status: 200, body: taken }], settings);
    expect(await target.send(two, calm)).toEqual({ kind: 'settled', accepted: 2, rejected: [], unknown: 0 });
    expect(server.questions[0]).toMatchObject({
      method: 'POST',
      url: path,
      text: '{"events":[{"text":"a"},{"text":"b"}]}',
    });
    expect(target).toMatchObject({ endpoint: server.url + path, framing: { head } });
    expect(target).not.toHaveProperty('idField');
  });

  test('limits by interface', async () => {
    const { target } = await targetAgainst('loginsight', []);
    expect(target.limits).toEqual({ rows: 500, bytes: 3_900_000, bytesCountAs: 'raw', uploads: 2, open: 2 });
    const cloud = await targetAgainst('loginsight', [], { api: 'cloud' });
    expect(cloud.target.limits.bytes).toBe(900_000);
  });

  test('plain http to any host, but not with credentials', async () => {
    const apiUrl = 'http://logs.example:9000';
    const { target } = await targetAgainst('loginsight', [], { apiUrl, agentId: '0' });
    expect(target.endpoint).toBe('http://logs.example:9000/api/v1/events/ingest/0');
    for (const settings of [login, { sessionId: 's' }]) {
      await expect(targetAgainst('loginsight', [], { apiUrl, ...settings })).rejects.toMatchObject({
        kind: 'usage',
      });
    }
  });

  test.each([
    [{ apiUrl: '' }, 'usage'],
    [{ username: 'a' }, 'usage'],
    [{ password: 'a' }, 'usage'],
    [{ api: 'cloud', ...login }, 'usage'],
    [{ sessionId: 'two words' }, 'credentials'],
  ])('%j is refused', async (settings, kind) => {
    await expect(targetAgainst('loginsight', [], settings)).rejects.toMatchObject({ kind });
  });

  test('what is told before anything is sent, and which certificates are trusted', () => {
    const vendor = findVendor('loginsight');
    expect(vendor?.cautions?.({})).toEqual([expect.stringContaining('not logged in')]);
    expect(vendor?.cautions?.({ ...login, insecure: true })).toEqual([expect.stringContaining('--insecure')]);
    expect(vendor?.trust?.({ caFile: '/ca.pem' })).toEqual({ caFile: '/ca.pem', insecure: false });
    expect(vendor?.trust?.({ insecure: true })).toEqual({ insecure: true });
  });
});

describe('what a reply means', () => {
  test.each([
    [200, taken, two, { kind: 'settled', accepted: 2, unknown: 0 }],
    [
      200,
      { ingested: 1 },
      two,
      { kind: 'settled', accepted: 1, unknown: 1, warnings: { 'left-out-of-count': 1 } },
    ],
    [200, { ingested: 0 }, two, { kind: 'settled', accepted: 0, unknown: 2 }],
    [200, { ingested: 3 }, two, { kind: 'settled', accepted: 2, unknown: 0 }],
    [200, { received: 2, message: '' }, two, { kind: 'settled', accepted: 2 }],
    [200, 'garbage', two, { kind: 'retry', taken: 'maybe', message: '200 without a count' }],
    [200, { status: 'ok' }, two, { kind: 'retry', taken: 'maybe' }],
    [413, '', two, { kind: 'smaller' }],
    [413, '', one, { kind: 'refused', reason: 'refused-413' }],
    [429, '', two, { kind: 'retry', taken: 'no', why: 'busy', waitMs: 1000 }],
    [503, '', two, { kind: 'retry', taken: 'no', why: 'transient', waitMs: 1000 }],
    [500, '', two, { kind: 'retry', taken: 'maybe', why: 'transient' }],
    [502, '<html>', two, { kind: 'retry', taken: 'maybe', why: 'transient' }],
    [504, '', two, { kind: 'retry', taken: 'maybe', why: 'transient' }],
  ])('%i %j', async (status, body, sent, expected) => {
    const { target } = await targetAgainst('loginsight', [{ status, body, headers: { 'retry-after': '1' } }]);
    expect(await target.send(sent, calm)).toMatchObject(expected);
  });

  test.each([
    [401, '"Invalid session ID"', {}, 'credentials'],
    [401, '', { sessionId: 's' }, 'credentials'],
    [440, '"Login Timeout"', { sessionId: 's' }, 'credentials'],
    [403, '', {}, 'credentials'],
    [404, '', {}, 'usage'],
    [405, '', {}, 'usage'],
    [503, '{"errorMessage":"LI server should be bootstrapped to process this API call"}', {}, 'unavailable'],
  ])('%i %s with %j ends the run', async (status, body, settings, kind) => {
    const { target } = await targetAgainst('loginsight', [{ status, body }], settings);
    await expect(target.send(two, calm)).rejects.toMatchObject({ kind });
  });
});

describe('compression', () => {
  const takesPlain = ({ headers, text }: Question): Scripted =>
    headers['content-encoding'] === undefined && text !== 'bad'
      ? { status: 200, body: taken }
      : { status: 400, body: { errorMessage: 'Bad JSON' } };

  test('that is refused at first is given up, and the rows come plain', async () => {
    const { target, server } = await targetAgainst('loginsight', takesPlain);
    expect(await target.send(two, calm)).toMatchObject({ kind: 'retry', taken: 'no', why: 'session' });
    expect(await target.send(two, calm)).toMatchObject({ kind: 'settled', accepted: 2 });
    const [first, second] = server.questions;
    expect(second?.text).toBe(first?.text);
    expect(second?.headers).toMatchObject({ 'content-length': String(two.rawLength) });
    expect(await target.send(bodyOf('bad', 2), calm)).toMatchObject({ kind: 'smaller' });
    expect(await target.send(bodyOf('bad', 1), calm)).toMatchObject({ kind: 'refused' });
  });

  test('that worked once is not to blame', async () => {
    const { target } = await targetAgainst('loginsight', [{ status: 200, body: taken }, { status: 400 }]);
    await target.send(two, calm);
    expect(await target.send(two, calm)).toMatchObject({ kind: 'smaller' });
    expect(await target.send(one, calm)).toMatchObject({ kind: 'refused', reason: 'refused-400' });
  });

  test('415 of a plain body ends the run', async () => {
    const { target } = await targetAgainst('loginsight', [{ status: 415 }]);
    expect(await target.send(two, calm)).toMatchObject({ why: 'session' });
    await expect(target.send(two, calm)).rejects.toMatchObject({ kind: 'usage' });
  });
});

describe('sessions', () => {
  /** A server that hands out sessions and takes those that `isGood`. */
  function withSessions(
    isGood: (session: string, used: number) => boolean,
    ttl: unknown = 1800,
    refusal: Scripted = { status: 440, body: '"Login Timeout"' },
  ) {
    const uses = new Map<string, number>();
    let made = 0;
    const answer = (question: Question): Scripted => {
      if (question.url === '/api/v1/sessions') {
        return { status: 200, body: { userId: 'u', sessionId: `session-${++made}`, ttl } };
      }
      const session = String(question.headers['authorization']).replace('Bearer ', '');
      const used = (uses.get(session) ?? 0) + 1;
      uses.set(session, used);
      return isGood(session, used) ? { status: 200, body: taken } : refusal;
    };
    return answer;
  }

  const sessionsUsed = (questions: readonly Question[]) =>
    questions.map(({ url, headers }) => (url === '/api/v1/sessions' ? 'login' : headers['authorization']));

  test('one login serves all, side by side as well', async () => {
    const { target, server } = await targetAgainst(
      'loginsight',
      withSessions(() => true),
      login,
    );
    await Promise.all([target.send(two, calm), target.send(two, calm)]);
    await target.send(two, calm);
    expect(sessionsUsed(server.questions)).toEqual([
      'login',
      'Bearer session-1',
      'Bearer session-1',
      'Bearer session-1',
    ]);
    expect(JSON.parse(server.questions[0]?.text ?? '')).toEqual({ ...login, provider: 'Local' });
  });

  test('a session that ran out is replaced, once for all who used it', async () => {
    const { target, server } = await targetAgainst(
      'loginsight',
      withSessions((session, used) => session !== 'session-1' || used <= 1),
      { ...login, provider: 'vIDM' },
    );
    expect(await target.send(two, calm)).toMatchObject({ kind: 'settled' });
    const answers = await Promise.all([target.send(two, calm), target.send(two, calm)]);
    expect(answers).toMatchObject([
      { kind: 'retry', taken: 'no', why: 'transient' },
      { kind: 'retry', taken: 'no', why: 'transient' },
    ]);
    expect(await target.send(two, calm)).toMatchObject({ kind: 'settled' });
    expect(sessionsUsed(server.questions).filter((use) => use === 'login')).toHaveLength(2);
  });

  test('a session near its end is renewed before it is used', async () => {
    const { target, server } = await targetAgainst(
      'loginsight',
      withSessions(() => true, 0),
      login,
    );
    await target.send(two, calm);
    await target.send(two, calm);
    expect(sessionsUsed(server.questions)).toEqual([
      'login',
      'Bearer session-1',
      'login',
      'Bearer session-2',
    ]);
  });

  test('a given session is used as it is, and followed by a login where there is one', async () => {
    const { target, server } = await targetAgainst(
      'loginsight',
      withSessions((session) => session !== 'given'),
      { ...login, sessionId: 'given' },
    );
    expect(await target.send(two, calm)).toMatchObject({ why: 'transient' });
    expect(await target.send(two, calm)).toMatchObject({ kind: 'settled' });
    expect(sessionsUsed(server.questions)).toEqual(['Bearer given', 'login', 'Bearer session-1']);
  });

  test('new sessions that are never taken end the run', async () => {
    const { target } = await targetAgainst(
      'loginsight',
      withSessions(() => false, 1800, { status: 401, body: '"Invalid session ID"' }),
      login,
    );
    for (let tries = 0; tries < 3; tries++) {
      expect(await target.send(two, calm)).toMatchObject({ why: 'session' });
    }
    await expect(target.send(two, calm)).rejects.toMatchObject({ kind: 'credentials' });
  });

  test('a session that has run out and is no longer known says nothing against the login', async () => {
    const { target } = await targetAgainst(
      'loginsight',
      withSessions(() => false, 0, { status: 401, body: '"Invalid session ID"' }),
      login,
    );
    for (let tries = 0; tries < 6; tries++) {
      expect(await target.send(two, calm)).toMatchObject({ why: 'transient', taken: 'no' });
    }
  });

  test('sessions that run out before they are used say nothing against the login', async () => {
    const { target } = await targetAgainst(
      'loginsight',
      withSessions((session) => session === 'session-7'),
      login,
    );
    for (let tries = 0; tries < 6; tries++) {
      expect(await target.send(two, calm)).toMatchObject({ kind: 'retry', taken: 'no', why: 'transient' });
    }
    expect(await target.send(two, calm)).toMatchObject({ kind: 'settled' });
  });

  test.each([
    [{ status: 401, body: { errorMessage: 'Invalid username or password.' } }, 'credentials'],
    [{ status: 400 }, 'credentials'],
    [{ status: 403 }, 'credentials'],
    [{ status: 404 }, 'usage'],
    [{ status: 503, body: { errorMessage: 'LI server should be bootstrapped' } }, 'unavailable'],
  ])('a login answered with %j ends the run', async (answer, kind) => {
    const { target, server } = await targetAgainst('loginsight', [answer], login);
    await expect(target.send(two, calm)).rejects.toMatchObject({ kind });
    expect(server.questions).toHaveLength(1);
  });

  test.each([
    [{ status: 500 }, { why: 'transient' }],
    [
      { status: 503, headers: { 'retry-after': '2' } },
      { why: 'transient', waitMs: 2000 },
    ],
    [{ status: 429 }, { why: 'busy' }],
    [{ status: 200, body: 'garbage' }, { why: 'transient' }],
    [{ status: 200, body: { sessionId: 'two words' } }, { why: 'transient' }],
  ])('a login answered with %j is tried again, nothing was taken', async (answer, expected) => {
    const { target } = await targetAgainst('loginsight', [answer], login);
    expect(await target.send(two, calm)).toMatchObject({ kind: 'retry', taken: 'no', ...expected });
  });

  test('a session is masked like the password that it was given for', async () => {
    // As settings do with whatever secret they read.
    processMask.add('pass-word-1');
    const echo = ({ text, headers }: Question): Scripted =>
      text.includes('password')
        ? { status: 200, body: { sessionId: 'secret-session', ttl: 9 } }
        : { status: 403, body: `${headers['authorization']?.toString()} pass-word-1` };
    const { target } = await targetAgainst('loginsight', echo, login);
    const failure: unknown = await target.send(two, calm).catch((error: unknown) => error);
    expect(processMask.text((failure as Error).message)).toBe(
      'Log Insight answered 403 Forbidden: Bearer [secret] [secret]',
    );
  });
});
