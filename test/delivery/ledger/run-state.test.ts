import { describe, expect, test } from 'vitest';
import type { LedgerRecord } from '../../../src/delivery/ledger/records.ts';
import { foldRun } from '../../../src/delivery/ledger/fold-run.ts';
import {
  hasDoubts,
  isFinished,
  isInputFinished,
  knownPieces,
  type RunState,
} from '../../../src/delivery/ledger/run-state.ts';
import { ended, inputRecord, intent, piece, settled, start } from '../resume/earlier-runs.ts';

const text = 'a\nb\nc\nd\n';

function fold(...records: LedgerRecord[]): RunState {
  const state = foldRun([start, inputRecord(text), ...records]);
  if (state === undefined) throw new Error('it begins with a run');
  return state;
}

const rangesOf = (state: RunState, input = 0) =>
  (state.inputs.get(input)?.ranges ?? []).map(({ from, to, inDoubt }) => [from, to, inDoubt]);
const outcomesOf = (state: RunState, input = 0) =>
  (state.inputs.get(input)?.ranges ?? []).map(({ outcome }) => outcome);

const taken = (chunk: number, more = {}): LedgerRecord => ({
  type: 'taken',
  chunk,
  job: `job-${chunk}`,
  files: { '/rejects': 7 },
  ...more,
});

describe('a ledger that does not begin with a run is none', () => {
  test.each<[string, LedgerRecord[]]>([
    ['empty', []],
    ['another record first', [inputRecord(text), start]],
  ])('%s', (_name, records) => {
    expect(foldRun(records)).toBeUndefined();
  });
});

describe('a chunk is', () => {
  test('perhaps at the vendor once its intent is on record', () => {
    const { open, nextChunk } = fold(intent(4, [piece(text, 0, 2)], 1));
    expect([...open.values()]).toEqual([
      { chunk: 4, pieces: [piece(text, 0, 2)], withoutId: 1, rejected: 0, taken: 'maybe' },
    ]);
    expect(nextChunk).toBe(5);
  });

  test('numbered behind every chunk that there was', () => {
    expect(fold().nextChunk).toBe(1);
    const state = fold(intent(9, [piece(text, 0, 1)]), intent(3, [piece(text, 1, 2)]), settled(9, 1));
    expect(state.nextChunk).toBe(10);
  });

  test('certainly not there once it came back', () => {
    const state = fold(intent(1, [piece(text, 0, 2)]), { type: 'returned', chunk: 1 });
    expect(state.open.get(1)?.taken).toBe('no');
  });

  test('with its job once that has it, and the files are as long as it says', () => {
    const state = fold(intent(1, [piece(text, 0, 2)]), taken(1));
    expect(state.open.get(1)).toMatchObject({ taken: 'yes', job: 'job-1' });
    expect(state.open.get(1)).not.toHaveProperty('isRepeat');
    expect(state.files).toEqual({ '/rejects': 7 });
    const repeated = fold(intent(1, [piece(text, 0, 2)]), taken(1, { isRepeat: true }));
    expect(repeated.open.get(1)?.isRepeat).toBe(true);
  });

  test('open no more once it is settled, and its job has ended', () => {
    const fields = { events_total: 2 };
    const state = fold(intent(1, [piece(text, 0, 2)]), taken(1), {
      ...(settled(1, 2) as Extract<LedgerRecord, { type: 'settled' }>),
      job: 'job-1',
      jobFields: fields,
      files: { '/rejects': 9 },
    });
    expect(state.open.size).toBe(0);
    expect(state.jobs).toEqual([{ id: 'job-1', status: 'done', rows: 2, events_total: 2 }]);
    expect(state.files).toEqual({ '/rejects': 9 });
    expect(rangesOf(state)).toEqual([[0, 4, false]]);
  });

  test('of an aborted job told as aborted', () => {
    const end = { ...settled(1, 2, 2), job: 'j', aborted: true } as LedgerRecord;
    expect(fold(intent(1, [piece(text, 0, 2)]), end).jobs).toEqual([{ id: 'j', status: 'aborted', rows: 2 }]);
    expect(fold(intent(1, [piece(text, 0, 2)]), settled(1, 2)).jobs).toEqual([]);
  });

  test('superseded by the parts into which it was cut', () => {
    const part = { ...intent(2, [piece(text, 0, 1)]), supersedes: 1 } as LedgerRecord;
    const state = fold(intent(1, [piece(text, 0, 2)]), part);
    expect([...state.open.keys()]).toEqual([2]);
  });

  test('in doubt where its job is gone, but for the parts of it that were settled since', () => {
    const lost = { ...intent(1, [{ ...piece(text, 0, 4), rows: 3, rejected: 1 }], 3), rejected: 1 };
    const part = { ...intent(2, [piece(text, 0, 2)], 2), supersedes: 1 } as LedgerRecord;
    const state = fold(lost, taken(1), part, settled(2, 2));
    expect(rangesOf(state)).toEqual([
      [0, 4, false],
      [4, 8, true],
    ]);
    expect(outcomesOf(state)[1]).toEqual({ rows: 2, accepted: 0, rejected: 1, skipped: 0, unknown: 1 });
    const owing = fold(lost, taken(1, { owesRejects: true }), part, settled(2, 2));
    expect(rangesOf(owing)).toEqual([[0, 4, false]]);
  });

  test.each<[string, LedgerRecord[], number[]]>([
    ['counted once where its rows were sent again on purpose', [], [2]],
    ['counted by the answer to that', [{ type: 'answered', chunk: 2, rejected: 0, unknown: 0 }], [2]],
    ['in doubt still where the vendor did not take them again', [{ type: 'returned', chunk: 2 }], [1, 2]],
    ['followed where it has a job', [taken(1)], [1, 2]],
  ])('%s', (_name, more, open) => {
    const sent = [1, 2].map((chunk) => intent(chunk, [piece(text, 0, 2)], 2));
    expect([...fold(...sent, ...more).open.keys()]).toEqual(open);
  });

  test('no matter once all of its bytes are settled by others', () => {
    const state = fold(intent(1, [piece(text, 0, 2)]), intent(2, [piece(text, 0, 3)]), settled(2, 3));
    expect(state.open.size).toBe(0);
    const two = [piece(text, 0, 2), piece(text, 0, 2, 1)];
    const packed = fold(
      inputRecord(text, { input: 1 }),
      intent(1, two),
      intent(2, [piece(text, 0, 3)]),
      settled(2, 3),
    );
    expect([...packed.open.keys()]).toEqual([1]);
    const half = fold(intent(1, [piece(text, 0, 2)]), intent(2, [piece(text, 0, 1)]), settled(2, 1));
    expect([...half.open.keys()]).toEqual([1]);
    const doubted = fold(intent(1, [piece(text, 0, 2)]), intent(2, [piece(text, 0, 2)], 2), settled(2, 2, 2));
    expect([...doubted.open.keys()]).toEqual([]);
  });

  test('nobody’s when there was no intent', () => {
    const state = fold(settled(7, 2), { type: 'returned', chunk: 8 }, taken(9));
    expect(state.open.size).toBe(0);
    expect(rangesOf(state)).toEqual([]);
    expect(state.jobs).toEqual([]);
  });

  test('passed over where its input is not on record', () => {
    const state = fold(intent(1, [piece(text, 0, 2, 5)]), settled(1, 2));
    expect(state.inputs.has(5)).toBe(false);
  });
});

describe('what is in doubt', () => {
  const end = (counts: {
    accepted?: number;
    rejected?: number;
    skipped?: number;
    unknown?: number;
  }): LedgerRecord => ({
    type: 'settled',
    chunk: 1,
    counts: { accepted: 0, rejected: 0, skipped: 0, unknown: 0, ...counts },
    files: {},
  });
  const withRejects = (withoutId: number, rejected: number): LedgerRecord => ({
    type: 'intent',
    chunk: 1,
    pieces: [{ ...piece(text, 0, 4), rows: 4 - rejected, rejected }],
    withoutId,
    rejected,
  });

  test.each<[string, LedgerRecord, LedgerRecord, boolean, boolean]>([
    ['nothing of what was accepted', withRejects(4, 0), end({ accepted: 4 }), false, false],
    ['all of which nothing is known', withRejects(4, 0), end({ unknown: 4 }), true, false],
    [
      'all of which nothing is known but the rejects of ours',
      withRejects(2, 2),
      end({ unknown: 2, rejected: 2 }),
      true,
      false,
    ],
    ['nothing where some were passed over', withRejects(4, 0), end({ unknown: 3, skipped: 1 }), false, false],
    ['nothing where some rows are known', withRejects(4, 0), end({ unknown: 3, accepted: 1 }), false, false],
    [
      'nothing where the server refused some',
      withRejects(4, 0),
      end({ unknown: 3, rejected: 1 }),
      false,
      false,
    ],
    ['nothing of rejects alone', withRejects(0, 4), end({ rejected: 4 }), false, false],
    ['nothing of no rows', withRejects(0, 0), end({}), false, false],
    ['harmless where every row carries an id', withRejects(0, 0), end({ unknown: 4 }), true, true],
  ])('%s', (_name, intended, ending, inDoubt, harmless) => {
    const state = fold(intended, ending);
    expect(state.inputs.get(0)?.ranges).toMatchObject([{ from: 0, to: 8, inDoubt, harmless }]);
    expect(hasDoubts(state)).toBe(inDoubt);
  });

  test('is told with whether every row that was sent carried an id', () => {
    expect(fold(withRejects(0, 0), end({ accepted: 4 })).inputs.get(0)?.ranges[0]?.allIds).toBe(true);
    expect(fold(withRejects(1, 0), end({ accepted: 4 })).inputs.get(0)?.ranges[0]).not.toHaveProperty(
      'allIds',
    );
  });
});

describe('the outcome of a chunk', () => {
  test('is spread over its pieces, all of it', () => {
    const pieces = [
      piece(text, 0, 2),
      { ...piece(text, 0, 3, 1), rows: 2, rejected: 1 },
      piece(text, 0, 1, 2),
    ];
    const counts = { accepted: 2, rejected: 2, skipped: 1, unknown: 1 };
    // Rejects of ours are known by piece.
    const state = fold(
      inputRecord(text, { input: 1 }),
      inputRecord(text, { input: 2 }),
      { type: 'intent', chunk: 1, pieces, withoutId: 0, rejected: 1 },
      { type: 'settled', chunk: 1, counts, files: {} },
    );
    expect(outcomesOf(state, 0)).toEqual([{ rows: 2, accepted: 2, rejected: 0, skipped: 0, unknown: 0 }]);
    expect(outcomesOf(state, 1)).toEqual([{ rows: 3, accepted: 0, rejected: 1, skipped: 1, unknown: 1 }]);
    expect(outcomesOf(state, 2)).toEqual([{ rows: 1, accepted: 0, rejected: 1, skipped: 0, unknown: 0 }]);
    expect(state.inputs.get(0)?.ranges[0]?.crc32).toBe(piece(text, 0, 2).crc32);
    expect(state.inputs.get(0)?.ranges[0]?.nextLine).toBe(3);
  });
});

test('the last piece has all that is left, though the vendor counted more than was sent', () => {
  const intended = intent(1, [piece(text, 0, 2)]);
  const outcomeOf = (counts: { accepted: number; rejected: number; skipped: number; unknown: number }) =>
    outcomesOf(fold(intended, { type: 'settled', chunk: 1, counts, files: {} }));
  const counts = { accepted: 1, rejected: 1, skipped: 2, unknown: 3 };
  expect(outcomeOf(counts)).toEqual([{ ...counts, rows: 7 }]);
});

test('a run has doubts when any range of any input is in doubt', () => {
  const other = inputRecord(text, { input: 1 });
  const certain = [intent(1, [piece(text, 0, 2)], 2), settled(1, 2)];
  expect(hasDoubts(fold(other, ...certain))).toBe(false);
  expect(hasDoubts(fold(other, ...certain, intent(2, [piece(text, 2, 4)], 2), settled(2, 2, 2)))).toBe(true);
});

describe('an input', () => {
  test('is as it was recorded, and ends where it was seen to end', () => {
    const open = { type: 'input-ended' as const, input: 0, bytes: 8, rows: 4, openTail: { line: 4 } };
    expect(fold(open).inputs.get(0)).toEqual({
      path: '/in.ndjson',
      kind: 'file',
      headBytes: 8,
      headDigest: expect.any(String) as string,
      ranges: [],
      bytes: 8,
      openTail: { line: 4 },
    });
    expect(fold(ended(8)).inputs.get(0)).not.toHaveProperty('openTail');
    expect(fold(ended(8, 9)).inputs.size).toBe(1);
  });

  test.each(['inherited', 'summary'] as const)('begins with what is known of it: %s', (type) => {
    const outcome = { rows: 2, accepted: 2, rejected: 0, skipped: 0, unknown: 0 };
    const ranges = [{ from: 0, to: 4, line: 1, nextLine: 3, outcome, inDoubt: false }];
    const state = fold({ type, input: 0, ranges, bytes: 8 }, intent(1, [piece(text, 2, 3)]), settled(1, 1));
    expect(rangesOf(state)).toEqual([[0, 6, false]]);
    expect(state.inputs.get(0)?.bytes).toBe(8);
    // The record is not changed by what comes behind it.
    expect(ranges).toHaveLength(1);
    expect(ranges[0]?.to).toBe(4);
  });

  test('of which the end was not known then has none, nor an open last row', () => {
    const inherited = fold({ type: 'inherited', input: 0, ranges: [] }).inputs.get(0);
    expect(inherited).not.toHaveProperty('bytes');
    expect(fold({ type: 'summary', input: 0, ranges: [], bytes: 8 }).inputs.get(0)).not.toHaveProperty(
      'openTail',
    );
    const open = { type: 'summary' as const, input: 0, ranges: [], bytes: 8, openTail: { line: 4 } };
    expect(fold(open).inputs.get(0)?.openTail).toEqual({ line: 4 });
  });

  test('is finished when it is settled to its end, and nothing of it is open', () => {
    const done = [intent(1, [piece(text, 0, 4)]), settled(1, 4)];
    const isDone = (...records: LedgerRecord[]) => isInputFinished(fold(...records), 0);
    expect(isDone(...done, ended(8))).toBe(true);
    expect(isDone(...done)).toBe(false);
    expect(isDone(ended(0))).toBe(true);
    expect(isDone(intent(1, [piece(text, 0, 2)]), settled(1, 2), ended(8))).toBe(false);
    expect(isDone(...done, ended(8), intent(2, [piece(text, 0, 1, 3)]))).toBe(true);
    expect(isDone(intent(2, [piece(text, 0, 4)]), ended(8))).toBe(false);
    expect(isInputFinished(fold(...done, ended(8)), 7)).toBe(false);
    // In doubt for good, and about to be sent again with another input's rows.
    const doubted = [intent(1, [piece(text, 0, 4)], 4), settled(1, 4, 4), ended(8)];
    const resent = intent(2, [piece(text, 0, 1, 3), piece(text, 0, 4)], 4);
    expect(isDone(...doubted)).toBe(true);
    expect(isDone(...doubted, resent)).toBe(false);
  });
});

describe('a run is finished', () => {
  const doubt = (withoutId: number) => [
    intent(1, [piece(text, 0, 4)], withoutId),
    settled(1, 4, 4),
    ended(8),
  ];

  test.each<[string, LedgerRecord[], boolean]>([
    ['when everything is settled', [intent(1, [piece(text, 0, 4)]), settled(1, 4), ended(8)], true],
    ['when it is in doubt for good', doubt(4), true],
    ['not when it is in doubt and can be sent again', doubt(0), false],
    [
      'not while a chunk is open',
      [intent(1, [piece(text, 0, 4)]), settled(1, 4), ended(8), intent(2, [piece(text, 0, 4, 1)])],
      false,
    ],
    ['not before its end is known', [intent(1, [piece(text, 0, 4)]), settled(1, 4)], false],
    ['not when one of two inputs is not', [ended(0), inputRecord(text, { input: 1 })], false],
  ])('%s', (_name, records, finished) => {
    expect(isFinished(fold(...records))).toBe(finished);
  });
});

test('what was given away of an input is what is settled and what is open, in order', () => {
  const state = fold(
    intent(1, [piece(text, 3, 4)]),
    intent(2, [piece(text, 0, 1)]),
    intent(3, [piece(text, 1, 2, 1)]),
    intent(4, [piece(text, 1, 2)]),
    settled(4, 1),
  );
  expect(knownPieces(state, 0).map(({ from, to, crc32 }) => [from, to, crc32])).toEqual([
    [0, 2, piece(text, 0, 1).crc32],
    [2, 4, piece(text, 1, 2).crc32],
    [6, 8, piece(text, 3, 4).crc32],
  ]);
  expect(knownPieces(state, 5)).toEqual([]);
});

test('what else is on record is kept', () => {
  const counts = { read: 1, accepted: 1, rejected: 0, skipped: 0, pending: 0, unknown: 0, unsent: 0 };
  const job = { id: 'j', status: 'done', rows: 1 };
  const state = fold(
    { type: 'owned', files: { a: { inode: '1', born: '2' } } },
    { type: 'owned', files: { b: { inode: '3', born: '4' } } },
    { type: 'files', files: { a: 3 }, jobs: [job] },
    { type: 'compacted', inputs: 1 },
    { type: 'ended', at: 'then', exit: 3, counts },
    { type: 'used', at: 'later' },
  );
  expect(state).toMatchObject({
    owned: { a: { inode: '1' }, b: { inode: '3' } },
    files: { a: 3 },
    jobs: [job],
    compacted: true,
    ended: { at: 'then', exit: 3, counts },
    usedAt: 'later',
    forgotten: false,
  });
  expect(fold()).toMatchObject({ compacted: false, forgotten: false, files: {}, owned: {}, jobs: [] });
  expect(fold()).not.toHaveProperty('ended');
  expect(fold({ type: 'forgotten', at: 'now' })).toMatchObject({ forgotten: true, usedAt: 'now' });
});
