import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { JobState } from '../../../src/records.ts';
import { calm, judged } from '../bodies.ts';
import { scarfAgainst } from './harness.ts';

const job = (state: JobState['state'], fields: Record<string, unknown> = {}): JobState => ({
  id: 'i-1',
  state,
  fields,
});

const done = (total?: number, imported?: number, failed?: number) =>
  job('done', {
    ...(total === undefined ? {} : { events_total: total }),
    ...(imported === undefined ? {} : { events_successfully_imported: imported }),
    ...(failed === undefined ? {} : { events_failed_to_import: failed }),
  });

const bad = (line?: number, type = 'failed-to-decode') => ({
  type,
  class: 'error',
  ...(line === undefined ? {} : { line }),
  human_friendly_message: 'Not a valid JSON object',
});

const logOf = (...entries: object[]) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

const rejection = (row?: number, reason = 'failed-to-decode', message = 'Not a valid JSON object') => ({
  ...(row === undefined ? {} : { row }),
  reason,
  message,
});

const silent = rejection(undefined, 'failed-to-import', 'Scarf did not name the failed line');

describe('without a look into the log', () => {
  test.each([
    ['all accepted', done(5, 5, 0), { accepted: 5, rejected: [], unknown: 0 }],
    ['aborted by somebody', job('aborted', { events_total: 5 }), { accepted: 0, unknown: 5, aborted: true }],
    ['missing for good', job('missing'), { accepted: 0, unknown: 5 }],
  ])('%s', async (_name, state, expected) => {
    const { target, server } = await scarfAgainst([{ status: 500 }]);
    expect(await judged(target.judge(state, 5, calm))).toMatchObject({ kind: 'settled', ...expected });
    expect(server.questions).toEqual([]);
  });

  test('a missing job is not called aborted', async () => {
    const { target } = await scarfAgainst([]);
    expect(await judged(target.judge(job('missing'), 5, calm))).not.toHaveProperty('aborted');
  });
});

describe('with the log', () => {
  test.each([
    ['neither counters nor entries: accepted whole', done(), '', { accepted: 5, rejected: [] }],
    ['no counters, one entry', done(), logOf(bad(3)), { accepted: 4, rejected: [rejection(2)] }],
    [
      'no counters, an entry without a line',
      done(),
      logOf(bad(3), bad()),
      { accepted: 3, rejected: [rejection(2), rejection()] },
    ],
    [
      'failures named',
      done(5, 3, 2),
      logOf(bad(5), bad(1)),
      { accepted: 3, rejected: [rejection(0), rejection(4)] },
    ],
    [
      'more failed than named: the rest has no row',
      done(5, 2, 3),
      logOf(bad(2), bad()),
      { accepted: 2, rejected: [rejection(1), rejection(), silent] },
    ],
    [
      'all failed, nothing named',
      done(5, 0, 5),
      '',
      { accepted: 0, rejected: [silent, silent, silent, silent, silent] },
    ],
    ['a line named twice is one row', done(5, 4, 1), logOf(bad(2), bad(2)), { accepted: 4 }],
    ['a line that the body does not have', done(5, 4, 1), logOf(bad(6)), { rejected: [rejection()] }],
    ['only errors count', done(5, 5), logOf({ ...bad(2), class: 'info' }), { accepted: 5, rejected: [] }],
    ['progress is no row', done(5, 5), logOf({ ...bad(2, 'progress') }), { accepted: 5, rejected: [] }],
    [
      'warnings are counted',
      done(5, 5),
      logOf({ ...bad(2), class: 'warning' }),
      { warnings: { 'server-warning': 1 } },
    ],
    ['a gap is no failure', done(5, 4, 0), '', { accepted: 5, rejected: [], unaccounted: 1 }],
    ['a blank line in the total', done(6, 5, 0), '', { accepted: 5, unaccounted: 1 }],
    ['fewer seen than sent', done(3, 3, 0), '', { accepted: 5, unaccounted: 2 }],
    ['a gap that the log explains', done(5, 4, 0), logOf(bad(1)), { accepted: 4, rejected: [rejection(0)] }],
    ['counters beyond all reason', done(5, 0, 99), '', { accepted: 0 }],
    [
      'an artifact is named',
      done(5, 4, 1),
      logOf({ type: 'artifact-not-found', class: 'error', line: 1, package_id: 'p\u001b' }),
      { rejected: [rejection(0, 'artifact-not-found', 'artifact not found: p')] },
    ],
    [
      'an odd type is not passed on as a code',
      done(5, 4, 1),
      logOf({ type: 'x\u001b[0m', class: 'error', line: 1 }),
      { rejected: [rejection(0, 'refused', 'refused')] },
    ],
  ])('%s', async (_name, state, log, expected) => {
    const { target, server } = await scarfAgainst([{ status: 200, body: log }]);
    const settled = await target.judge(state, 5, calm);
    expect(await judged(Promise.resolve(settled))).toMatchObject({
      kind: 'settled',
      unknown: 0,
      ...expected,
    });
    if (settled.kind === 'settled') expect(settled.accepted + settled.rejected.length).toBe(5);
    if (!('unaccounted' in expected)) expect(settled).not.toHaveProperty('unaccounted');
    expect(server.questions.map(({ url }) => url)).toEqual(['/v2/imports/acme/i-1/log']);
  });

  test('lines that are torn or null are passed over and counted', async () => {
    const body = `null\n${logOf(bad(3))}{"type":"failed-to-de\n7\n[]\n`;
    const { target } = await scarfAgainst([{ status: 200, body }]);
    expect(await judged(target.judge(done(5, 4, 1), 5, calm))).toMatchObject({
      accepted: 4,
      rejected: [rejection(2)],
      warnings: { 'log-line-unreadable': 4 },
    });
  });

  test('a log that ends within a line is asked for again, and in the end taken as it is', async () => {
    const { target, server } = await scarfAgainst([{ status: 200, body: `${logOf(bad(3))}{"type":"fail` }]);
    const again = { kind: 'retry', taken: 'no' };
    expect(await judged(target.judge(done(), 5, calm))).toMatchObject(again);
    expect(await judged(target.judge(done(), 5, calm))).toMatchObject(again);
    expect(await judged(target.judge(done(), 5, calm))).toMatchObject({
      accepted: 4,
      rejected: [rejection(2)],
      warnings: { 'log-line-unreadable': 1 },
    });
    expect(server.questions).toHaveLength(3);
  });

  test('a log that is empty though events failed is asked for again', async () => {
    const { target, server } = await scarfAgainst([{ status: 200 }, { status: 200, body: logOf(bad(3)) }]);
    expect(await judged(target.judge(done(5, 4, 1), 5, calm))).toMatchObject({ kind: 'retry', taken: 'no' });
    expect(await judged(target.judge(done(5, 4, 1), 5, calm))).toMatchObject({
      accepted: 4,
      rejected: [rejection(2)],
    });
    expect(server.questions).toHaveLength(2);
  });

  test('a log that stays empty leaves the counters', async () => {
    const { target, server } = await scarfAgainst([{ status: 200 }]);
    for (const _ of [1, 2])
      expect(await judged(target.judge(done(5, 4, 1), 5, calm))).toMatchObject({ kind: 'retry' });
    expect(await judged(target.judge(done(5, 4, 1), 5, calm))).toMatchObject({
      accepted: 4,
      rejected: [silent],
    });
    expect(server.questions).toHaveLength(3);
  });

  test('a gap is never larger than what was sent', async () => {
    const { target } = await scarfAgainst([{ status: 200 }]);
    expect(await judged(target.judge(done(1e15, 0, 0), 5, calm))).toMatchObject({
      accepted: 5,
      unaccounted: 5,
    });
  });

  test('a log that is not there yet is asked for again', async () => {
    const { target } = await scarfAgainst([{ status: 404 }, { status: 200, body: logOf(bad(3)) }]);
    expect(await judged(target.judge(done(5, 4, 1), 5, calm))).toMatchObject({
      kind: 'retry',
      taken: 'no',
      otherwise: { kind: 'settled', accepted: 4 },
    });
    expect(await judged(target.judge(done(5, 4, 1), 5, calm))).toMatchObject({ rejected: [rejection(2)] });
  });

  test.each([
    ['not there', { status: 404 }],
    ['empty', { status: 200 }],
  ])('a log that is %s leaves the lines that the import itself names', async (_name, answer) => {
    const { target } = await scarfAgainst([answer]);
    const counters = { events_total: 5, events_successfully_imported: 3, events_failed_to_import: 2 };
    const sampled = job('done', { ...counters, error_log_sample: [null, bad(3)] });
    for (const _ of [1, 2]) await judged(target.judge(sampled, 5, calm));
    expect(await judged(target.judge(sampled, 5, calm))).toMatchObject({
      accepted: 3,
      rejected: [rejection(2), silent],
    });
  });

  test('a log that stays away leaves the counters', async () => {
    const { target } = await scarfAgainst([{ status: 404 }]);
    for (const _ of [1, 2])
      expect(await judged(target.judge(done(5, 4, 1), 5, calm))).toMatchObject({ kind: 'retry' });
    expect(await judged(target.judge(done(5, 4, 1), 5, calm))).toMatchObject({
      accepted: 4,
      rejected: [silent],
    });
    expect(await judged(target.judge(done(), 5, calm))).toMatchObject({
      accepted: 5,
      warnings: { 'neither-counted-nor-logged': 5 },
    });
  });

  test.each([
    [
      'cut in the middle',
      (_: unknown, response: ServerResponse) => {
        response.writeHead(200, { 'content-length': '9999' }).write(logOf(bad(1)), () => response.destroy());
      },
    ],
    ['garbage', { status: 200, body: '<html>\n' }],
    ['500', { status: 500 }],
    ['429', { status: 429 }],
  ])('a log %s is asked for again', async (_name, answer) => {
    const { target } = await scarfAgainst([answer, { status: 200, body: logOf(bad(1)) }]);
    expect(await judged(target.judge(done(5, 4, 1), 5, calm))).toMatchObject({ kind: 'retry', taken: 'no' });
    expect(await judged(target.judge(done(5, 4, 1), 5, calm))).toMatchObject({ rejected: [rejection(0)] });
  });

  test('a log of a hundred thousand entries', async () => {
    const entries = Array.from({ length: 100_000 }, (_, index) => bad(index + 1));
    const { target } = await scarfAgainst([{ status: 200, body: logOf(...entries) }]);
    const settled = await target.judge(done(100_000, 0, 100_000), 100_000, calm);
    expect(settled).toMatchObject({ accepted: 0 });
    expect(settled.kind === 'settled' && settled.rejected.at(99_999)?.row).toBe(99_999);
  });
});
