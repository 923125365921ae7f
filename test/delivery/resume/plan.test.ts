import { describe, expect, test } from 'vitest';
import { addOutcomes, noOutcome, type KnownRange } from '../../../src/delivery/ledger/ranges.ts';
import type { OpenChunk } from '../../../src/delivery/ledger/run-state.ts';
import {
  isDone,
  planInput,
  type PlannedGap,
  type PlannedInput,
  type PlanOptions,
} from '../../../src/delivery/resume/plan.ts';

/** Every row is two bytes and a line of its own; numbers are rows. */
function range(from: number, to: number, more: Partial<KnownRange> = {}): KnownRange {
  const rows = to - from;
  const place = { from: 2 * from, to: 2 * to, line: from + 1, nextLine: to + 1 };
  return { ...place, outcome: { ...noOutcome, rows, accepted: rows }, inDoubt: false, ...more };
}

const doubt = (from: number, to: number, harmless: boolean): KnownRange =>
  range(from, to, {
    inDoubt: true,
    harmless,
    outcome: { ...noOutcome, rows: to - from, unknown: to - from },
  });

function elsewhere(from: number, to: number, input = 0): OpenChunk {
  const rows = to - from;
  const piece = { rows, rejected: 0, events: rows, crc32: 0, bytes: 2 * rows };
  const where = { range: { from: 2 * from, to: 2 * to, line: from + 1 }, nextLine: to + 1 };
  return { chunk: 1, pieces: [{ input, ...where, ...piece }], withoutId: 0, rejected: 0, taken: 'yes' };
}

const gap = (from: number, to: number | undefined, reading: PlannedGap['reading'] = 'first') => ({
  from: 2 * from,
  ...(to === undefined ? {} : { to: 2 * to }),
  line: from + 1,
  reading,
});

describe('what is left of an input', () => {
  test.each<[string, KnownRange[], Partial<PlanOptions>, PlannedInput['gaps']]>([
    ['of which nothing is known: all, wherever it ends', [], {}, [gap(0, undefined)]],
    ['of which nothing is known, and its end is', [], { endsAt: 20 }, [gap(0, 10)]],
    ['of which the beginning is settled: the rest', [range(0, 4)], {}, [gap(4, undefined)]],
    [
      'that has holes: each, with its line',
      [range(1, 3), range(5, 6)],
      {},
      [gap(0, 1), gap(3, 5), gap(6, undefined)],
    ],
    ['that is settled to its end: nothing', [range(0, 10)], { endsAt: 20 }, []],
    ['in doubt without ids: nothing of that', [doubt(0, 4, false)], { endsAt: 8 }, []],
    [
      'in doubt with ids: it is sent again, its rejects are kept',
      [doubt(0, 4, true)],
      { endsAt: 8 },
      [gap(0, 4, 'again')],
    ],
    [
      'in doubt without ids, and to be sent again',
      [range(0, 2), doubt(2, 4, false)],
      { endsAt: 8, onUnknown: 'resend' },
      [gap(2, 4, 'again')],
    ],
    [
      'settled rows are never sent again, whatever is asked for',
      [range(0, 4)],
      { endsAt: 8, onUnknown: 'resend' },
      [],
    ],
    [
      'doubts come before what is new',
      [range(0, 2), doubt(4, 6, true)],
      {},
      [gap(4, 6, 'again'), gap(2, 4), gap(6, undefined)],
    ],
    ['a job has a part: the rest', [range(0, 2)], { elsewhere: [elsewhere(2, 5)] }, [gap(5, undefined)]],
    ['a job of another input has that part', [], { elsewhere: [elsewhere(0, 5, 1)], endsAt: 4 }, [gap(0, 2)]],
    [
      'a job has what was in doubt: it is left to the job',
      [doubt(0, 4, true)],
      { elsewhere: [elsewhere(0, 4)], endsAt: 8 },
      [],
    ],
    [
      'a job has a part of what was in doubt: the other part is sent again',
      [doubt(0, 4, true)],
      { elsewhere: [elsewhere(0, 2)], endsAt: 8 },
      [gap(2, 4, 'again')],
    ],
    [
      'a job is left open whose rows are settled meanwhile',
      [range(0, 4)],
      { elsewhere: [elsewhere(1, 3)] },
      [gap(4, undefined)],
    ],
  ])('%s', (_name, known, options, left) => {
    const plan = planInput(0, known, { elsewhere: [], onUnknown: 'stop', ...options });
    expect(plan.gaps).toEqual(left);
    expect(plan.input).toBe(0);
    expect(plan.end).toBe(options.endsAt);
    expect('end' in plan).toBe(options.endsAt !== undefined);
  });

  test('what is known and not sent again stays known, as it is; a job is not known', () => {
    const known = [range(0, 2), doubt(2, 4, true), doubt(4, 6, false)];
    const plan = planInput(3, known, { elsewhere: [elsewhere(6, 8, 3)], onUnknown: 'stop' });
    expect(plan.known).toEqual([known[0], known[2]]);
    expect(planInput(3, known, { elsewhere: [], onUnknown: 'resend' }).known).toEqual([known[0]]);
  });

  test('what was given is left as it was', () => {
    const known = [range(0, 2)];
    planInput(0, known, { elsewhere: [elsewhere(2, 5)], onUnknown: 'stop' });
    expect(known).toEqual([range(0, 2)]);
  });
});

test('all is done when nothing is left to send and no job is open', () => {
  const done = planInput(0, [range(0, 2)], { endsAt: 4, elsewhere: [], onUnknown: 'stop' });
  const left = planInput(1, [], { elsewhere: [], onUnknown: 'stop' });
  expect(isDone([done, done], [])).toBe(true);
  expect(isDone([], [])).toBe(true);
  expect(isDone([done, left], [])).toBe(false);
  expect(isDone([done], [elsewhere(0, 1)])).toBe(false);
});

test('rows in doubt that a chunk holds now are counted with it alone', () => {
  const outcome = { ...noOutcome, rows: 6, unknown: 4, rejected: 2 };
  const known = [range(0, 2), range(2, 8, { inDoubt: true, harmless: false, outcome })];
  const held = elsewhere(4, 6);
  const [piece] = held.pieces;
  if (piece === undefined) throw new Error('it has a piece');
  const pieces = [{ ...piece, rows: 1, rejected: 1 }];
  const plan = planInput(0, known, { elsewhere: [{ ...held, pieces }], onUnknown: 'stop', endsAt: 16 });
  expect(plan.gaps).toEqual([]);
  expect(plan.known.map(({ from, to }) => [from, to])).toEqual([
    [0, 4],
    [4, 8],
    [12, 16],
  ]);
  const left = plan.known.filter(({ inDoubt }) => inDoubt).map((doubted) => doubted.outcome);
  expect(left.reduce(addOutcomes, noOutcome)).toEqual({ ...noOutcome, rows: 4, unknown: 3, rejected: 1 });
});
