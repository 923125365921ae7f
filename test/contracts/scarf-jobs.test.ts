/** Scarf's imports from upload to last word, against the sandbox: whatever becomes of a job or of a question about it. */
import { describe, expect, test } from 'vitest';
import type { Answer, JobState } from '../../src/records.ts';
import type { Fault, OutcomeKind, ScarfOptions } from '../../src/sandbox/index.ts';
import { scarf } from '../../src/vendors/scarf/vendor.ts';
import { bodyOf, calm, judged } from '../vendors/bodies.ts';
import type { ScarfTarget } from '../vendors/scarf/harness.ts';
import { clock, sandboxWith, settingsFrom, targetOf } from './vendor-case.ts';

const jobMs = 1000;

/** A little more than a job lives. */
const lifetimeMs = jobMs + 1;

interface Scene {
  target: ScarfTarget;
  /** Lets this many milliseconds pass at the vendor. */
  pass: (ms: number) => void;
  sandbox: Awaited<ReturnType<typeof sandboxWith>>;
}

async function scene(options: ScarfOptions = {}, faults: Fault[] = []): Promise<Scene> {
  let time = clock();
  const sandbox = await sandboxWith({ clock: () => time, scarf: { jobMs, ...options }, faults });
  const target = await targetOf(scarf, settingsFrom(scarf, sandbox.environment));
  return { target: target as ScarfTarget, sandbox, pass: (ms) => (time += ms) };
}

const good = (id: number) => `{"$time":"2026-06-30T00:00:00Z","$package":"p","$unique_id":"id-${id}"}`;

async function upload({ target }: Scene, rows: string[]): Promise<string> {
  const answer: Answer = await target.send(bodyOf(rows.map((row) => `${row}\n`).join(''), rows.length), calm);
  if (answer.kind !== 'pending') throw new Error(`not taken: ${JSON.stringify(answer)}`);
  return answer.receipt.id;
}

async function look({ target }: Scene, id: string): Promise<JobState> {
  const seen = await target.pollJobs([{ id }], calm);
  const job = seen.kind === 'seen' ? seen.jobs[0] : undefined;
  if (job === undefined) throw new Error(`not seen: ${JSON.stringify(seen)}`);
  return job;
}

const four = [good(1), good(2), good(3), good(4)];

test('a job is open, then done, and its last word needs no log', async () => {
  const here = await scene();
  const id = await upload(here, four);
  expect(await look(here, id)).toMatchObject({ state: 'open', fields: { status: 'importing' } });
  here.pass(lifetimeMs);
  const job = await look(here, id);
  expect(job).toMatchObject({ state: 'done', fields: { events_total: 4 } });
  expect(await judged(here.target.judge(job, 4, calm))).toEqual({
    kind: 'settled',
    accepted: 4,
    rejected: [],
    unknown: 0,
  });
  expect(here.sandbox.traffic.list().map(({ route }) => route)).toEqual(['import', 'list', 'list']);
});

test('rows that fail are named by their index in the body', async () => {
  const here = await scene({ artifacts: [{ kind: 'package', id: 'p' }] });
  const rows = [good(1), 'not json', good(2), '{"$package":"p"}', good(3).replace('"p"', '"q"')];
  const id = await upload(here, rows);
  here.pass(lifetimeMs);
  const settled = await judged(here.target.judge(await look(here, id), rows.length, calm));
  expect(settled).toMatchObject({
    accepted: 2,
    rejected: [
      { row: 1, reason: 'failed-to-decode' },
      { row: 3, reason: 'failed-to-decode' },
      { row: 4, reason: 'artifact-not-found', message: expect.stringContaining('q') as string },
    ],
  });
});

test('a done job in the reply itself needs no poll', async () => {
  const { target } = await scene({ jobMs: 0 });
  const answer = await target.send(bodyOf(`${good(1)}\n`, 1), calm);
  expect(answer).toMatchObject({ kind: 'pending', job: { state: 'done' } });
});

test('many jobs take one call', async () => {
  const here = await scene({ maxActive: 50 });
  const ids: string[] = [];
  for (let index = 0; index < 14; index++) ids.push(await upload(here, [good(index)]));
  const before = here.sandbox.traffic.countsOf('scarf').requests;
  const seen = await here.target.pollJobs(
    ids.map((id) => ({ id })),
    calm,
  );
  expect(seen).toMatchObject({ kind: 'seen', others: 0 });
  expect(here.sandbox.traffic.countsOf('scarf').requests - before).toBe(1);
});

test('places taken by others are seen', async () => {
  const here = await scene({ foreignActive: 12 });
  const occupied = await here.target.countActiveElsewhere(calm);
  expect(occupied.kind === 'active-elsewhere' && occupied.ids.length).toBe(12);
  const id = await upload(here, four);
  expect(await here.target.pollJobs([{ id }], calm)).toMatchObject({ others: 12 });
});

describe('what may become of a job', () => {
  const OUTCOMES: [OutcomeKind, JobState['state'], Record<string, unknown> | undefined][] = [
    ['aborts', 'aborted', { accepted: 0, unknown: 4, aborted: true }],
    ['vanishes', 'missing', { accepted: 0, unknown: 4 }],
    ['never-ends', 'open', undefined],
    ['no-counters', 'done', { accepted: 4, rejected: [], unknown: 0 }],
    ['odd-counters', 'done', { accepted: 4, rejected: [], unaccounted: 1 }],
    ['unknown-status', 'done', { accepted: 4 }],
    ['appears-late', 'done', { accepted: 4 }],
  ];

  test.each(OUTCOMES)('%s', async (kind, state, judgement) => {
    const here = await scene({ outcomes: [{ kind }] });
    const id = await upload(here, four);
    expect(await look(here, id)).toMatchObject({ state: kind === 'appears-late' ? 'missing' : 'open' });
    let job = await look(here, id);
    for (let looks = 0; looks < 4 && job.state !== state; looks++) {
      here.pass(lifetimeMs);
      job = await look(here, id);
    }
    expect(job.state).toBe(state);
    if (judgement !== undefined) {
      expect(await judged(here.target.judge(job, 4, calm))).toMatchObject({ kind: 'settled', ...judgement });
    }
  });
});

describe('trouble with a question', () => {
  const TROUBLE: [string, Fault, Record<string, unknown>][] = [
    ['429', { kind: 'status', status: 429, headers: { 'Retry-After': '3' } }, { why: 'busy', waitMs: 3000 }],
    ['500', { kind: 'status', status: 500 }, { why: 'transient' }],
    ['502 in HTML', { kind: 'status', status: 502, body: '<html>' }, { why: 'transient' }],
    ['503', { kind: 'status', status: 503, headers: { 'Retry-After': '1' } }, { waitMs: 1000 }],
    ['a reset before', { kind: 'reset' }, { why: 'transient' }],
    ['a reset after', { kind: 'reset', at: 'after' }, { why: 'transient' }],
    ['a reset within the reply', { kind: 'reset-mid-reply' }, { why: 'transient' }],
    ['a reply cut short', { kind: 'short-reply', afterBytes: 20 }, { why: 'transient' }],
    ['garbage', { kind: 'garbage' }, { why: 'transient' }],
  ];

  test.each(TROUBLE)(
    '%s: every question may be asked again, and then is answered',
    async (_name, fault, expected) => {
      const routes = ['list', 'log'].map((route) => ({ ...fault, route, times: 1 }));
      const here = await scene({ artifacts: [{ kind: 'package', id: 'p' }] }, routes);
      const again = { kind: 'retry', taken: 'no', ...expected };
      const id = await upload(here, [good(1), 'not json']);
      here.pass(lifetimeMs);
      expect(await here.target.pollJobs([{ id }], calm)).toMatchObject(again);
      const job = await look(here, id);
      expect(await judged(here.target.judge(job, 2, calm))).toMatchObject(again);
      expect(await judged(here.target.judge(job, 2, calm))).toMatchObject({
        accepted: 1,
        rejected: [{ row: 1 }],
      });
    },
  );

  test.each(TROUBLE)('%s: places of others are asked for again', async (_name, fault, expected) => {
    const here = await scene({ foreignActive: 3 }, [{ ...fault, route: 'list', times: 1 }]);
    expect(await here.target.countActiveElsewhere(calm)).toMatchObject({
      kind: 'retry',
      taken: 'no',
      ...expected,
    });
    expect(await here.target.countActiveElsewhere(calm)).toMatchObject({ kind: 'active-elsewhere' });
  });

  test.each([401, 403])('%i ends the run', async (status) => {
    const here = await scene({}, [{ kind: 'status', status, route: 'list' }]);
    await expect(here.target.countActiveElsewhere(calm)).rejects.toMatchObject({ kind: 'credentials' });
  });
});

test('the limit is reached: nothing was taken, and later there is room', async () => {
  const here = await scene({ foreignActive: 15 });
  const body = bodyOf(`${good(1)}\n`, 1);
  expect(await here.target.send(body, calm)).toMatchObject({ kind: 'retry', taken: 'no', why: 'busy' });
  here.sandbox.vendors.scarf.finishForeignImports(1);
  expect(await here.target.send(body, calm)).toMatchObject({ kind: 'pending' });
});
