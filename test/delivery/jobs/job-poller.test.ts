import { describe, expect, test } from 'vitest';
import type { Target } from '../../../src/contracts/target.ts';
import { Failure } from '../../../src/failure.ts';
import type { JobState, Retry, Settled } from '../../../src/records.ts';
import { everythingWaits } from '../../idle.ts';
import {
  again,
  chunkOf,
  pending,
  rowSupply,
  scriptedTarget,
  sendingTo,
  type SendingOptions,
  type Step,
} from '../send/sending.ts';

const rows = ['a', 'b', 'c'];
type Seen = { states?: JobState[]; others?: number } | Retry | Error;

const job = (id: string, state: JobState['state'], fields: Record<string, unknown> = {}): JobState => ({
  id,
  state,
  fields,
});
const word = (more: Partial<Settled> = {}): Settled => ({
  kind: 'settled',
  accepted: 3,
  rejected: [],
  unknown: 0,
  ...more,
});

interface FollowingOptions extends Omit<SendingOptions, 'target'> {
  /** What each look sees; the last is seen ever after. */
  looks: Seen[];
  judge?: Target['judge'];
  steps?: Step[];
}

/** A poller that looks at jobs by script, with the times at which it did. */
function followingTo({ looks, judge = async () => word(), steps = [], ...options }: FollowingOptions) {
  const lookedMs: number[] = [];
  const asked: string[][] = [];
  const target = scriptedTarget(steps, {
    judge,
    async pollJobs(receipts) {
      asked.push(receipts.map(({ id }) => id));
      const seen = looks[Math.min(lookedMs.push(sending.clock.elapsedMs()), looks.length) - 1] ?? {};
      if (seen instanceof Error) throw seen;
      if ('kind' in seen) return seen;
      return { kind: 'seen', jobs: seen.states ?? [], others: seen.others ?? 0 };
    },
  });
  const sending = sendingTo([], { supplies: [rowSupply(rows)], ...options, target });
  const { poller, slots, clock } = sending;
  return {
    ...sending,
    lookedMs,
    asked,
    /** A job that has a chunk of all rows. */
    open: (
      id: string,
      more: Parameters<typeof chunkOf>[1] & { earlier?: { withoutId: number; mayResend: boolean } } = {},
    ) => {
      slots.adopt();
      poller.add(id, chunkOf(rows, more));
    },
    /** Follows to the end of all jobs, while time passes by itself. */
    follow: async () => {
      const stopClock = clock.run();
      poller.close('when-empty');
      await poller.run().finally(stopClock);
    },
  };
}

describe('when it looks', () => {
  test('at once when a job is there would be too soon; then less and less often while nothing changes', async () => {
    const open = { states: [job('j', 'open', { status: 'importing' })] };
    const {
      open: add,
      follow,
      lookedMs,
    } = followingTo({
      looks: [...Array<Seen>(12).fill(open), { states: [job('j', 'done')] }],
    });
    add('j');
    await follow();
    const waits = lookedMs.map((at, index) => at - (lookedMs[index - 1] ?? 0));
    // The first look finds something new, so that the second comes soon again.
    expect(waits.slice(0, 4)).toEqual([250, 250, 375, 562.5]);
    expect(waits.slice(-3)).toEqual([9610.83984375, 10_000, 10_000]);
  });

  test('soon again after anything changed', async () => {
    const at = (done: number) => ({ states: [job('j', 'open', { done })] });
    const { open, follow, lookedMs } = followingTo({
      looks: [at(0), at(0), at(0), at(1), { states: [job('j', 'done')] }],
    });
    open('j');
    await follow();
    expect(lookedMs).toEqual([250, 500, 875, 1437.5, 1687.5]);
  });

  test('not at all while there is nothing to look at', async () => {
    const { clock, poller, lookedMs } = followingTo({ looks: [{}] });
    const running = poller.run();
    await clock.advance(60_000);
    expect(lookedMs).toEqual([]);
    poller.close('now');
    await running;
  });

  test('while others hold every slot, so that it learns when one is free', async () => {
    const { clock, poller, lookedMs, slots } = followingTo({ looks: [{ others: 4 }, { others: 3 }] });
    slots.othersHold(4);
    const running = poller.run();
    await clock.advance(60_000);
    expect(lookedMs).toHaveLength(2);
    expect(slots.others).toBe(3);
    poller.close('now');
    await running;
  });

  test('sooner for a new job than for those that it knows', async () => {
    const { clock, poller, open, lookedMs } = followingTo({ looks: [{ states: [job('j', 'open')] }] });
    open('j');
    const running = poller.run();
    await clock.advance(20_000);
    const before = lookedMs.length;
    open('k');
    await clock.advance(250);
    expect(lookedMs.length).toBe(before + 1);
    poller.close('now');
    await running;
  });

  test('never again once the delivery stops', async () => {
    const { clock, poller, open, stopping, lookedMs } = followingTo({
      looks: [{ states: [job('j', 'open')] }],
    });
    open('j');
    const running = poller.run();
    await clock.advance(300);
    stopping.stop({ why: 'deadline' });
    await running;
    await clock.advance(60_000);
    expect(lookedMs).toEqual([250]);
    expect(poller.openJobs).toEqual(['j']);
  });
});

describe('a job that ended', () => {
  test('is judged, settled and forgotten; its slot is free', async () => {
    const judged: [string, number][] = [];
    const { open, follow, story, slots, poller, eventsOf, progress } = followingTo({
      looks: [{ states: [job('j', 'done', { events_total: 3 })] }],
      judge: async ({ id }, events) => {
        judged.push([id, events]);
        return word({ accepted: 2, unknown: 1 });
      },
    });
    open('j');
    await follow();
    expect(judged).toEqual([['j', 3]]);
    expect(story()).toEqual(['settled 1']);
    expect(eventsOf('chunk-settled')).toMatchObject([{ job: 'j', counts: { accepted: 2, unknown: 1 } }]);
    expect(eventsOf('job-changed')).toEqual([
      { type: 'job-changed', job: { id: 'j', status: 'done', rows: 3, events_total: 3 } },
    ]);
    expect({ active: slots.active, open: poller.openJobs }).toEqual({ active: 0, open: [] });
    expect(progress.count).toBe(1);
  });

  test('is judged once, though it is seen to have ended while it is judged', async () => {
    let judging = 0;
    const done = job('j', 'done');
    const { open, poller, story } = followingTo({
      looks: [],
      judge: async () => {
        judging += 1;
        await new Promise((resolve) => setImmediate(resolve));
        return word();
      },
    });
    open('j');
    expect(await Promise.all([poller.update(done), poller.update(done)])).toEqual([true, false]);
    expect(await poller.update(done)).toBe(false);
    expect(judging).toBe(1);
    expect(story()).toEqual(['settled 1']);
  });

  test('is told with what the vendor said when it is in work, and only when that changed', async () => {
    const seen = (done: number) => ({ states: [job('j', 'open', { done })] });
    const { open, follow, eventsOf } = followingTo({
      looks: [seen(0), seen(0), seen(2), { states: [job('j', 'aborted', { done: 2 })] }],
    });
    open('j');
    await follow();
    expect(eventsOf('job-changed').map(({ job: { status, done } }) => [status, done])).toEqual([
      ['importing', 0],
      ['importing', 2],
      ['aborted', 2],
    ]);
  });

  test('that is not ours is nobody’s', async () => {
    const { poller, story } = followingTo({ looks: [] });
    expect(await poller.update(job('x', 'done'))).toBe(false);
    expect(story()).toEqual([]);
  });

  test.each([0, 1])(
    'of which the verdict may change is judged when %s retries are used up',
    async (maxRetries) => {
      let asked = 0;
      const { open, follow, story, poller } = followingTo({
        looks: [{ states: [job('j', 'done')] }],
        judge: async () => {
          asked += 1;
          return { ...(again('no') as Retry), otherwise: word() };
        },
        maxRetries,
      });
      open('j');
      await follow();
      expect(asked).toBe(1 + maxRetries);
      expect(story()).toEqual(['settled 1']);
      expect(poller.openJobs).toEqual([]);
    },
  );

  test('of which the verdict cannot be had stays open when the delivery stops meanwhile', async () => {
    const { open, poller, stopping, story } = followingTo({
      looks: [],
      judge: async () => {
        stopping.stop({ why: 'deadline' });
        return { ...(again('no') as Retry), otherwise: word() };
      },
    });
    open('j');
    expect(await poller.update(job('j', 'done'))).toBe(false);
    expect(poller.openJobs).toEqual(['j']);
    expect(story()).toEqual([]);
  });
});

describe('trouble', () => {
  test.each<[string, FollowingOptions]>([
    ['looks that are never answered', { looks: [again('no') as Retry] }],
    [
      'verdicts that never come',
      { looks: [{ states: [job('j', 'done')] }], judge: async () => again('no') as Retry },
    ],
  ])('%s end the run, and nothing is called unknown', async (_name, options) => {
    const { open, follow, story, poller } = followingTo(options);
    open('j');
    await expect(follow()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(story()).toEqual([]);
    expect(poller.openJobs).toEqual(['j']);
  });

  test('of the disk with one job is told only once the others are settled', async () => {
    const { open, follow, story } = followingTo({
      looks: [{ states: [job('j', 'done'), job('k', 'done')] }],
      onRecord: (record) => {
        if ('chunk' in record && record.chunk === 1) throw new Failure('local', 'the disk is full');
      },
    });
    open('j');
    open('k', { number: 2 });
    await expect(follow()).rejects.toMatchObject({ kind: 'local' });
    expect(story()).toEqual(['settled 2']);
  });

  test('that passes is retried', async () => {
    const { open, follow, story, eventsOf } = followingTo({
      looks: [again('no', 'busy') as Retry, { states: [job('j', 'done')] }],
    });
    open('j');
    await follow();
    expect(story()).toEqual(['settled 1']);
    expect(eventsOf('attempt-failed')).toMatchObject([{ purpose: 'follow', counted: false }]);
  });
});

describe('a job that is gone', () => {
  const missing: Seen = { states: [job('j', 'missing')] };

  test('that this run was given leaves its rows unknown, and on record as they were', async () => {
    const { open, follow, story, eventsOf, slots, poller } = followingTo({ looks: [missing] });
    open('j');
    await follow();
    expect(story()).toEqual([]);
    expect(eventsOf('chunk-settled')).toMatchObject([{ job: 'j', counts: { unknown: 3 } }]);
    expect(eventsOf('job-changed').at(-1)).toMatchObject({ job: { status: 'missing' } });
    expect({ active: slots.active, open: poller.openJobs }).toEqual({ active: 0, open: [] });
  });

  test('is open for a minute first', async () => {
    const { open, follow, clock } = followingTo({ looks: [missing] });
    open('j');
    await follow();
    expect(clock.elapsedMs()).toBeGreaterThanOrEqual(60_000);
  });

  test('that an earlier process was given, whose rows carry ids, is sent anew and looked for no more', async () => {
    const { open, follow, story, asked, slots } = followingTo({
      looks: [
        missing,
        missing,
        missing,
        missing,
        missing,
        missing,
        missing,
        missing,
        missing,
        missing,
        missing,
        missing,
        missing,
        missing,
        missing,
        missing,
        { states: [job('new', 'done')] },
      ],
      steps: [pending('new')],
    });
    open('j', { number: 7, earlier: { withoutId: 0, mayResend: true } });
    await follow();
    expect(story()).toEqual(['intent 100', 'taken 100', 'settled 100']);
    expect(asked.at(-1)).toEqual(['new']);
    expect(slots.active).toBe(0);
  });

  test('that an earlier process was given, whose rows could be doubled, is judged: they are unknown', async () => {
    const judged: JobState[] = [];
    const { open, follow, story } = followingTo({
      looks: [missing],
      judge: async (state) => {
        judged.push(state);
        return word({ accepted: 0, unknown: 3 });
      },
    });
    open('j', { earlier: { withoutId: 3, mayResend: false } });
    await follow();
    expect(judged).toMatchObject([{ id: 'j', state: 'missing' }]);
    expect(story()).toEqual(['settled 1']);
  });
});

describe('counters that leave events out', () => {
  const gap = async () => word({ unaccounted: 2 });
  const done: Seen = { states: [job('j', 'done')] };

  test.each([
    ['are a warning', {}, {}, { accepted: 3, unknown: 0 }],
    [
      'are a warning of rows that may be repeats',
      { strictCounters: true },
      { isRepeat: true },
      { accepted: 3, unknown: 0 },
    ],
    [
      'make so many rows unknown where they are to count',
      { strictCounters: true },
      {},
      { accepted: 1, unknown: 2 },
    ],
  ])('%s', async (_name, options, more, counts) => {
    const { open, follow, eventsOf } = followingTo({ looks: [done], judge: gap, ...options });
    open('j', more);
    await follow();
    expect(eventsOf('warned')).toMatchObject([
      { code: 'unaccounted', message: 'import j: 3 events were sent, its counters add up to 1' },
    ]);
    expect(eventsOf('chunk-settled')).toMatchObject([{ counts, unaccounted: 2 }]);
  });

  test('are told twenty times, and count beyond', async () => {
    const states = Array.from({ length: 30 }, (_, number) => job(`j${number}`, 'done'));
    const { open, follow, eventsOf } = followingTo({ looks: [{ states }], judge: gap });
    states.forEach(({ id }, number) => open(id, { number }));
    await follow();
    expect(eventsOf('warned')).toHaveLength(20);
    expect(eventsOf('chunk-settled')).toHaveLength(30);
  });

  test('that add up are no matter', async () => {
    const { open, follow, eventsOf } = followingTo({ looks: [done], strictCounters: true });
    open('j');
    await follow();
    expect(eventsOf('warned')).toEqual([]);
  });
});

test('what is uploaded while it looks is ours, though Scarf lists it before its id is known', async () => {
  const looks = [{ others: 2 }, { states: [job('j', 'done')], others: 2 }];
  const { poller, slots, open, follow } = followingTo({ looks });
  open('j');
  await slots.enter(new AbortController().signal, everythingWaits);
  await follow();
  expect(slots.others).toBe(1);
  slots.leave('over');
  expect(poller.openJobs).toEqual([]);
});

test('as many slots as others hold, and how many are ours, is told after each look', async () => {
  const { open, follow, eventsOf, slots } = followingTo({
    looks: [
      { states: [job('j', 'open')], others: 2 },
      { states: [job('j', 'done')], others: 1 },
    ],
  });
  open('j');
  await follow();
  expect(eventsOf('slots-known')).toEqual([
    { type: 'slots-known', active: 1, others: 2 },
    { type: 'slots-known', active: 0, others: 1 },
  ]);
  expect(slots.others).toBe(1);
});

test('closed at once it looks no more, and what is open stays open', async () => {
  const { open, poller, lookedMs } = followingTo({ looks: [{}] });
  open('j');
  const running = poller.run();
  await everythingWaits();
  poller.close('now');
  await running;
  expect(lookedMs).toEqual([]);
  expect(poller.openJobs).toEqual(['j']);
});
