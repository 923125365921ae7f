import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { bodyOf, calm } from '../bodies.ts';
import { scarfAgainst, token } from './harness.ts';

const body = bodyOf('{"$time":"2026-06-30T00:00:00Z","$package":"p"}\n', 1);

describe('a taken upload', () => {
  test('is pending, with the job as the reply tells it', async () => {
    const { target, server } = await scarfAgainst([
      { status: 200, body: { id: 'i-1', status: 'importing', events_total: 1, error_log_sample: [] } },
    ]);
    const answer = await target.send(body, calm);
    expect(answer).toEqual({
      kind: 'pending',
      receipt: { id: 'i-1' },
      status: 200,
      job: { id: 'i-1', state: 'open', fields: { id: 'i-1', status: 'importing', events_total: 1 } },
    });
    expect(server.questions[0]).toMatchObject({
      method: 'POST',
      url: '/v2/acme/import',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/x-ndjson',
        'content-encoding': 'gzip',
        'content-length': String(body.byteLength),
      },
      text: '{"$time":"2026-06-30T00:00:00Z","$package":"p"}\n',
    });
  });

  test('needs nothing but an id, at any status of success', async () => {
    const { target } = await scarfAgainst([{ status: 202, body: { id: 'i-1' } }]);
    expect(await target.send(body, calm)).toMatchObject({
      kind: 'pending',
      status: 202,
      job: { state: 'open' },
    });
  });

  test('may be done at once', async () => {
    const { target } = await scarfAgainst([{ status: 200, body: { id: 'i-1', status: 'done' } }]);
    expect(await target.send(body, calm)).toMatchObject({ kind: 'pending', job: { state: 'done' } });
  });
});

describe('where uploads go', () => {
  test.each([
    [{ package: '12/3' }, '/v2/packages/My%20Org/12%2F3/import'],
    [{ pixel: 'é' }, '/v2/tracking-pixels/My%20Org/%C3%A9/import'],
    [{}, '/v2/My%20Org/import'],
  ])('%j', async (settings, path) => {
    const { target, server } = await scarfAgainst([{ status: 200, body: { id: '1' } }], {
      owner: 'My Org',
      ...settings,
    });
    await target.send(body, calm);
    expect(server.questions[0]?.url).toBe(path);
    expect(target.endpoint).toBe(server.url + path);
  });
});

const again = (fields: object) => ({ kind: 'retry', ...fields });

describe('what a status means', () => {
  test.each([
    [400, '', {}, { kind: 'refused', reason: 'refused-400' }],
    [404, '', {}, { kind: 'refused', reason: 'refused-404' }],
    [413, '', {}, { kind: 'smaller' }],
    [
      422,
      '{"code":"bad","message":"no good"}',
      {},
      { kind: 'refused', message: '422 Unprocessable Entity: no good' },
    ],
    [422, '{"code":"too-many-active-imports"}', {}, again({ taken: 'no', why: 'busy', lacks: 'slot' })],
    [422, '{"message":"Too Many Active Imports"}', {}, again({ taken: 'no', why: 'busy' })],
    [
      422,
      'too_many_active_imports',
      { 'retry-after': '3' },
      again({ taken: 'no', why: 'busy', waitMs: 3000 }),
    ],
    [429, '', {}, again({ taken: 'no', why: 'busy', status: 429 })],
    [429, '', { 'retry-after': '7' }, again({ taken: 'no', why: 'busy', waitMs: 7000 })],
    [429, '', { 'retry-after': 'Wed, 01 Jul 2026 00:00:09 GMT' }, again({ why: 'busy', waitMs: 9000 })],
    [429, '', { 'retry-after': 'soon' }, again({ why: 'busy' })],
    [
      500,
      'oops',
      {},
      again({ taken: 'maybe', why: 'transient', message: '500 Internal Server Error: oops' }),
    ],
    [
      502,
      '<html><head><title>Bad gateway</title></head>',
      {},
      again({ taken: 'maybe', why: 'transient', message: '502 Bad Gateway: Bad gateway' }),
    ],
    [503, '', { 'retry-after': '1' }, again({ taken: 'maybe', why: 'transient', waitMs: 1000 })],
    [504, '', {}, again({ taken: 'maybe', why: 'transient' })],
    [200, 'garbage', {}, again({ taken: 'maybe', why: 'transient', message: '200 without an import id' })],
    [200, '{"id":17}', {}, again({ taken: 'maybe', why: 'transient' })],
    [204, '', {}, again({ taken: 'maybe', why: 'transient' })],
  ])('%i %s %j', async (status, text, headers, expected) => {
    const { target } = await scarfAgainst([{ status, headers: headers, body: text }]);
    expect(await target.send(body, calm)).toMatchObject(expected);
  });

  test.each([
    [401, {}, 'credentials'],
    [402, {}, 'credentials'],
    [403, {}, 'credentials'],
    [404, { package: 'p' }, 'usage'],
    [404, { pixel: 'p' }, 'usage'],
    [405, {}, 'usage'],
    [410, {}, 'usage'],
  ])('%i with %j ends the run', async (status, settings, kind) => {
    const { target } = await scarfAgainst([{ status, body: `refused, Bearer ${token}` }], settings);
    const failure = await target.send(body, calm).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ kind });
  });

  test('a redirect is not followed, and explained', async () => {
    const { target, server } = await scarfAgainst([
      { status: 308, headers: { location: 'https://elsewhere.example/v2/acme/import' } },
    ]);
    await expect(target.send(body, calm)).rejects.toMatchObject({
      kind: 'usage',
      message: 'Scarf answered 308, a redirect to https://elsewhere.example',
      hint: expect.stringContaining('SCARF_API_URL') as string,
    });
    expect(server.questions).toHaveLength(1);
  });

  test('control characters of a server do not reach a message', async () => {
    const { target } = await scarfAgainst([{ status: 422, body: 'no\u001b[2J\u0007\r\nway \u202e' }]);
    expect(await target.send(body, calm)).toMatchObject({ message: '422 Unprocessable Entity: no [2J way' });
  });
});

describe('content types', () => {
  const takes = (type: string) => (question: { headers: Record<string, unknown> }) =>
    question.headers['content-type'] === type ? { status: 200, body: { id: '1' } } : { status: 415 };

  test('a 415 moves on to the next, and the one taken is kept', async () => {
    const { target, server } = await scarfAgainst(takes('application/json'));
    expect(await target.send(body, calm)).toMatchObject({ kind: 'retry', taken: 'no', why: 'session' });
    expect(await target.send(body, calm)).toMatchObject({ kind: 'retry', why: 'session' });
    expect(await target.send(body, calm)).toMatchObject({ kind: 'pending' });
    expect(await target.send(body, calm)).toMatchObject({ kind: 'pending' });
    expect(server.questions.map(({ headers }) => headers['content-type'])).toEqual([
      'application/x-ndjson',
      'application/ndjson',
      'application/json',
      'application/json',
    ]);
  });

  test('uploads side by side move on once', async () => {
    const { target } = await scarfAgainst(takes('application/ndjson'));
    const answers = await Promise.all([target.send(body, calm), target.send(body, calm)]);
    expect(answers).toMatchObject([{ why: 'session' }, { why: 'session' }]);
    expect(await target.send(body, calm)).toMatchObject({ kind: 'pending' });
  });

  test('the one that was asked for comes first; when none is left the run ends', async () => {
    const { target, server } = await scarfAgainst([{ status: 415 }], { contentType: 'text/plain' });
    for (let sends = 0; sends < 3; sends++) {
      expect(await target.send(body, calm)).toMatchObject({ why: 'session' });
    }
    await expect(target.send(body, calm)).rejects.toMatchObject({ kind: 'usage' });
    expect(server.questions[0]?.headers['content-type']).toBe('text/plain');
  });
});

describe('settings', () => {
  test.each([
    [{ owner: undefined }, 'missing owner'],
    [{ package: 'a', pixel: 'b' }, '--package and --pixel cannot be used together'],
    [{ apiUrl: 'http://example.org' }, 'SCARF_API_URL uses http'],
  ])('%j is refused before anything is asked', async (settings, message) => {
    await expect(scarfAgainst([], settings)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(message) as string,
    });
  });

  test.each([[undefined], ['two words'], ['a\u0000b']])(
    'token %j is refused at the first question',
    async (bad) => {
      const { target, server } = await scarfAgainst([{ status: 200, body: { id: '1' } }], { token: bad });
      await expect(target.send(body, calm)).rejects.toMatchObject({ kind: 'credentials' });
      expect(server.questions).toEqual([]);
    },
  );

  test('chunk size and places come from the settings', async () => {
    const { target } = await scarfAgainst([], { chunkSize: 8192, maxActive: 3 });
    expect(target.limits).toEqual({
      rows: Number.POSITIVE_INFINITY,
      bytes: 8192,
      bytesCountAs: 'raw',
      uploads: 4,
      open: 3,
    });
  });
});
