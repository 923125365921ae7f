import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  mergeMessages,
  beginPeriod,
  emptyHistory,
  settleInHistory,
  type History,
} from '../../../src/delivery/ledger/history.ts';
import { decodeLedger, encodeRecord } from '../../../src/delivery/ledger/ledger-text.ts';
import type { LedgerRecord } from '../../../src/delivery/ledger/records.ts';
import { foldRun } from '../../../src/delivery/ledger/fold-run.ts';
import { propertyRuns } from '../../property-runs.ts';
import { inputRecord, intent, piece, settled, start } from '../resume/earlier-runs.ts';

const text = 'a\nb\nc\nd\n';
const began = Date.parse(start.startedAt);
const iso = (afterMs: number) => new Date(began + afterMs).toISOString();

function settledAt(afterMs: number, chunk: number, rows: number, more = {}): LedgerRecord {
  return {
    ...(settled(chunk, rows) as Extract<LedgerRecord, { type: 'settled' }>),
    at: iso(afterMs),
    ...more,
  };
}

function historyOf(...records: LedgerRecord[]): History {
  const state = foldRun([start, inputRecord(text), ...records]);
  if (state === undefined) throw new Error('it begins with a run');
  return state.history;
}

const rowsIn = ({ stretches }: History) =>
  stretches.flatMap(({ samples }) => samples).reduce((sum, { rows }) => sum + rows, 0);

describe('what settled is known', () => {
  test('by its time, in the process in which it did', () => {
    const history = historyOf(
      intent(1, [piece(text, 0, 1)]),
      settledAt(1_000, 1, 1),
      intent(2, [piece(text, 1, 3)]),
      { type: 'resumed', at: iso(60_000) },
      settledAt(61_000, 2, 2),
    );
    expect(history.stretches).toEqual([
      { fromMs: began, samples: [{ atMs: began + 1_000, rows: 1, bytes: 2 }] },
      { fromMs: began + 60_000, samples: [{ atMs: began + 61_000, rows: 2, bytes: 4 }] },
    ]);
  });

  test('with rows of no known day where days were not counted', () => {
    const history = historyOf(
      intent(1, [piece(text, 0, 1)]),
      settledAt(1_000, 1, 1, { days: { '2026-11-01': 1 } }),
      intent(2, [piece(text, 1, 3)]),
      settledAt(2_000, 2, 2),
    );
    expect(history).toMatchObject({ days: { '2026-11-01': 1 }, undatedRows: 2 });
  });

  test('not from ledgers of older versions', () => {
    expect(historyOf(intent(1, [piece(text, 0, 1)]), settled(1, 1)).stretches).toEqual([
      { fromMs: began, samples: [] },
    ]);
  });

  test('when a clock was set back, too', () => {
    const history = historyOf(
      intent(1, [piece(text, 0, 1)]),
      intent(2, [piece(text, 1, 2)]),
      settledAt(5_000, 1, 1),
      settledAt(-5_000, 2, 1),
    );
    expect(history.stretches[0]?.samples.map(({ atMs }) => atMs - began)).toEqual([5_000, 5_000]);
  });

  test('from the short form of a ledger', () => {
    const history = historyOf(intent(1, [piece(text, 0, 1)]), settledAt(1_000, 1, 1));
    const records: LedgerRecord[] = [start, { type: 'history', history }];
    const read = decodeLedger(Buffer.concat(records.map(encodeRecord)));
    expect(read.kind === 'whole' && foldRun(read.records)?.history).toEqual(history);
  });
});

test('imports have the times at which they were taken and settled', () => {
  const state = foldRun([
    start,
    inputRecord(text),
    intent(1, [piece(text, 0, 1)]),
    { type: 'taken', chunk: 1, job: 'j', at: iso(500), files: {} },
    settledAt(1_000, 1, 1, { job: 'j', jobFields: { events_total: 1 } }),
  ]);
  expect(state?.jobs).toEqual([
    { id: 'j', status: 'done', rows: 1, events_total: 1, takenAt: iso(500), settledAt: iso(1_000) },
  ]);
});

test('what was done to rows is counted once they settled, in whatever process', () => {
  const done = (chunk: number, from: number) => ({
    ...(intent(chunk, [piece(text, from, from + 1)]) as Extract<LedgerRecord, { type: 'intent' }>),
    ...{ changes: { filled: 1 }, warnings: { old: 1 } },
  });
  const history = historyOf(
    ...[done(1, 0), done(2, 1), done(3, 2)],
    settledAt(1_000, 1, 1, { warnings: { odd: 2 } }),
    settledAt(2_000, 2, 1),
  );
  expect(history).toMatchObject({ changes: { filled: 2 }, warnings: { old: 2, odd: 2 } });
});

describe('a history stays small and loses no row', () => {
  test('however much settles in however many processes', () => {
    const step = fc.oneof(
      { weight: 20, arbitrary: fc.record({ afterMs: fc.nat(1e9), rows: fc.nat(1000) }) },
      { weight: 1, arbitrary: fc.record({ resumedMs: fc.nat(1e9) }) },
    );
    const many = fc.array(step, { minLength: 0, maxLength: 1_000, size: 'max' });
    fc.assert(
      fc.property(many, (steps) => {
        const history = emptyHistory();
        beginPeriod(history, start.startedAt);
        let rows = 0;
        for (const one of steps) {
          if ('resumedMs' in one) beginPeriod(history, iso(one.resumedMs));
          else {
            rows += one.rows;
            const counts = { accepted: one.rows, rejected: 0, skipped: 0, unknown: 0 };
            settleInHistory(history, { pieces: [] }, { at: iso(one.afterMs), counts });
          }
        }
        expect(rowsIn(history)).toBe(rows);
        expect(history.stretches.length).toBeLessThanOrEqual(20);
        for (const { samples } of history.stretches) expect(samples.length).toBeLessThanOrEqual(120);
      }),
      propertyRuns(20),
    );
  });

  test('neighbours are joined where they are nearest to each other', () => {
    const history = emptyHistory();
    beginPeriod(history, start.startedAt);
    const counts = { accepted: 1, rejected: 0, skipped: 0, unknown: 0 };
    for (let nth = 0; nth < 121; nth++)
      settleInHistory(history, { pieces: [] }, { at: iso(nth < 2 ? nth : nth * 1_000), counts });
    const [first, second] = history.stretches[0]?.samples ?? [];
    expect([first?.rows, second?.rows]).toEqual([2, 1]);
  });

  test('however many days events are of', () => {
    const days: Record<string, number> = {};
    for (let nth = 0; nth < 3_000; nth++) addDays(days, { [`day-${nth}`]: 1 });
    addDays(days, { 'day-0': 1, 'day-2999': 1 });
    expect(Object.keys(days)).toHaveLength(2_001);
    expect(days).toMatchObject({ 'day-0': 2, other: 1_001 });
  });
});

describe('what was said', () => {
  const notice = { code: 'a', message: 'b' };
  const told = { notices: [notice], errors: [{ kind: 'local', message: 'full' }] };

  test('in two processes is kept once, and why the earlier one failed no longer', () => {
    const later = { notices: [notice, { code: 'c', message: 'd' }], errors: [] };
    expect(mergeMessages({ told }, { told: later })).toEqual({ told: later });
  });

  test('in one of two is kept', () => {
    expect(mergeMessages({ told }, {})).toEqual({ told });
    expect(mergeMessages(undefined, { told })).toEqual({ told });
    expect(mergeMessages(undefined, {})).toEqual({});
  });
});
