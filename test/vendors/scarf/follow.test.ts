import { expect, test } from 'vitest';
import { calm } from '../bodies.ts';
import type { Question, Scripted } from '../../http/scripted-server.ts';
import { scarfAgainst, token } from './harness.ts';

interface Row {
  id: string;
  status: string;
}

const rows = (count: number, status = 'done', prefix = 'x'): Row[] =>
  Array.from({ length: count }, (_, index) => ({ id: `${prefix}${index}`, status }));

const receipts = (...ids: string[]) => ids.map((id) => ({ id }));

/** A list as Scarf may serve it: `hears` names the parameters that it obeys, the others are ignored. */
function serveList(all: Row[], hears: readonly ('per_page' | 'after' | 'page')[]) {
  return (question: Question): Scripted => {
    const url = new URL(question.url, 'http://x');
    const one = /\/v2\/imports\/acme\/(.+)$/.exec(url.pathname)?.[1];
    if (one !== undefined) {
      const row = all.find(({ id }) => id === one);
      return row === undefined ? { status: 404 } : { status: 200, body: row };
    }
    const heard = (name: 'per_page' | 'after' | 'page') =>
      hears.includes(name) ? url.searchParams.get(name) : null;
    const perPage = Number(heard('per_page') ?? 10);
    const after = heard('after');
    const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
    const start = from + (Number(heard('page') ?? 1) - 1) * perPage;
    return { status: 200, body: { event_imports: all.slice(start, start + perPage) } };
  };
}

test('all open jobs are seen with one call, jobs of others counted', async () => {
  const all = [...rows(20), { id: 'mine1', status: 'importing' }, { id: 'mine2', status: 'done' }];
  const { target, server } = await scarfAgainst(
    serveList([...all, { id: 'theirs', status: 'importing' }], ['per_page']),
  );
  const seen = await target.pollJobs(receipts('mine1', 'mine2'), calm);
  expect(seen).toEqual({
    kind: 'seen',
    others: 1,
    jobs: [
      { id: 'mine1', state: 'open', fields: { id: 'mine1', status: 'importing' } },
      { id: 'mine2', state: 'done', fields: { id: 'mine2', status: 'done' } },
    ],
  });
  expect(server.questions.map(({ url }) => url)).toEqual(['/v2/imports/acme?per_page=200']);
  expect(server.questions[0]?.headers['authorization']).toBe(`Bearer ${token}`);
});

test.each([
  [['after'], ['', '?after', '?after'], 3],
  [['page'], ['', '?after', '?page', '?page'], 4],
] as const)('a list cut at ten rows is read on by %j', async (hears, _steps, calls) => {
  const all = [...rows(25), { id: 'mine1', status: 'importing' }, { id: 'mine2', status: 'aborted' }];
  const { target, server } = await scarfAgainst(serveList(all, hears));
  expect(await target.pollJobs(receipts('mine1', 'mine2'), calm)).toMatchObject({
    jobs: [{ state: 'open' }, { state: 'aborted' }],
  });
  expect(server.questions).toHaveLength(calls);
});

test('where nothing is heard, those not in the list are asked for one by one', async () => {
  const all = [...rows(12), { id: 'mine/1', status: 'importing' }, { id: 'mine2', status: 'done' }];
  const { target, server } = await scarfAgainst((question) =>
    serveList(all, [])({ ...question, url: decodeURIComponent(question.url) }),
  );
  expect(await target.pollJobs(receipts('mine/1', 'mine2'), calm)).toMatchObject({
    jobs: [{ state: 'open' }, { state: 'done' }],
  });
  expect(server.questions.slice(-2).map(({ url }) => url)).toEqual([
    '/v2/imports/acme/mine%2F1',
    '/v2/imports/acme/mine2',
  ]);
});

test('a page costs as much as a question about one job: for one missing job no further page is read', async () => {
  const all = [...rows(10), { id: 'mine', status: 'done' }];
  const { target, server } = await scarfAgainst(serveList(all, ['after']));
  await target.pollJobs(receipts('mine'), calm);
  expect(server.questions.map(({ url }) => url)).toEqual([
    '/v2/imports/acme?per_page=200',
    '/v2/imports/acme/mine',
  ]);
});

test('a job that is nowhere is missing; how long that is borne is not for the target to say', async () => {
  const { target } = await scarfAgainst(serveList([], ['per_page']));
  expect(await target.pollJobs(receipts('new'), calm)).toMatchObject({ jobs: [{ state: 'missing' }] });
});

test('an id that is no UUID is refused with an empty 400, and cannot exist', async () => {
  const { target } = await scarfAgainst((question) =>
    question.url.includes('?') ? { status: 200, body: { event_imports: [] } } : { status: 400 },
  );
  expect(await target.pollJobs(receipts('odd'), calm)).toMatchObject({ jobs: [{ state: 'missing' }] });
});

test('nested samples stay behind', async () => {
  const sample = { id: 'a', status: 'done', events_total: 3, error_log_sample: [{ line: 1 }], note: null };
  const { target } = await scarfAgainst([{ status: 200, body: { event_imports: [sample] } }]);
  expect(await target.pollJobs(receipts('a'), calm)).toMatchObject({
    jobs: [{ fields: { id: 'a', status: 'done', events_total: 3, note: null } }],
  });
});

test.each([
  [
    { status: 429, headers: { 'retry-after': '2' } },
    { why: 'busy', waitMs: 2000 },
  ],
  [{ status: 422, body: { code: 'too-many-active-imports' } }, { why: 'busy' }],
  [{ status: 500 }, { why: 'transient' }],
  [{ status: 502, body: '<html>' }, { why: 'transient' }],
  [
    { status: 503, headers: { 'retry-after': '1' } },
    { why: 'transient', waitMs: 1000 },
  ],
  [{ status: 200, body: 'garbage' }, { why: 'transient' }],
  [{ status: 200, body: { imports: [] } }, { why: 'transient' }],
] as const)('a list answered with %j is asked for again, without harm', async (answer, expected) => {
  const { target } = await scarfAgainst([answer]);
  const again = { kind: 'retry', taken: 'no', ...expected };
  expect(await target.pollJobs(receipts('a'), calm)).toMatchObject(again);
  expect(await target.countActiveElsewhere(calm)).toMatchObject(again);
});

test('a reset is asked again, without harm', async () => {
  const { target } = await scarfAgainst([(request) => request.socket.resetAndDestroy()]);
  expect(await target.pollJobs(receipts('a'), calm)).toMatchObject({
    kind: 'retry',
    taken: 'no',
    why: 'transient',
    message: expect.stringMatching(/connection was (closed|reset)/) as string,
  });
});

test.each([
  [401, 'credentials'],
  [403, 'credentials'],
  [404, 'usage'],
  [405, 'usage'],
  [400, 'unavailable'],
  [301, 'usage'],
])('a list answered with %i ends the run', async (status, kind) => {
  const { target } = await scarfAgainst([{ status }]);
  await expect(target.countActiveElsewhere(calm)).rejects.toMatchObject({ kind });
});

test('places of others: only what is active, all pages', async () => {
  const all = [...rows(11, 'importing'), ...rows(3, 'done', 'd')];
  const { target, server } = await scarfAgainst(serveList(all, ['after']));
  expect(await target.countActiveElsewhere(calm)).toEqual({
    kind: 'active-elsewhere',
    ids: rows(11, 'importing').map(({ id }) => id),
  });
  expect(server.questions[0]?.url).toBe('/v2/imports/acme?status=importing&per_page=200');
});
