import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WindowRules } from '../../../src/contracts/dataset.ts';
import { addDays, countDays, eachDay, startOf } from '../../../src/calendar.ts';
import { halveDays, planWindows } from '../../../src/retrieval/dates/windows.ts';

const plans: { days: [string, string]; rules: WindowRules; windows: string[] }[] = [
  {
    days: ['2026-11-01', '2026-11-01'],
    rules: { maxDays: 31, align: 'day' },
    windows: ['2026-11-01..2026-11-01'],
  },
  {
    days: ['2026-01-01', '2026-02-01'],
    rules: { maxDays: 31, align: 'day' },
    windows: ['2026-01-01..2026-01-31', '2026-02-01..2026-02-01'],
  },
  {
    days: ['2026-01-01', '2027-03-03'],
    rules: { maxDays: 366, align: 'week' },
    windows: ['2026-01-01..2026-12-27', '2026-12-28..2027-03-03'],
  },
  {
    days: ['2025-01-15', '2026-03-03'],
    rules: { maxDays: 366, align: 'month' },
    windows: ['2025-01-15..2025-12-31', '2026-01-01..2026-03-03'],
  },
  {
    days: ['2023-06-01', '2025-02-01'],
    rules: { maxDays: 366, align: 'year' },
    windows: ['2023-06-01..2023-12-31', '2024-01-01..2024-12-31', '2025-01-01..2025-02-01'],
  },
];

const shortPlans: typeof plans = [
  {
    days: ['2026-11-01', '2026-11-16'],
    rules: { maxDays: 7, align: 'week' },
    windows: [
      ...['2026-11-01..2026-11-01', '2026-11-02..2026-11-08', '2026-11-09..2026-11-15'],
      '2026-11-16..2026-11-16',
    ],
  },
  {
    days: ['2024-01-01', '2024-12-31'],
    rules: { maxDays: 366, align: 'never' },
    windows: ['2024-01-01..2024-12-31'],
  },
];

test.each([...plans, ...shortPlans])('$days under $rules', ({ days: [from, to], rules, windows }) => {
  expect(planWindows({ from, to }, rules).map((window) => `${window.from}..${window.to}`)).toEqual(windows);
});

test('weeks that are longer than a request may be are a mistake of the program', () => {
  const days = { from: '2026-11-04', to: '2026-11-20' };
  expect(() => planWindows(days, { maxDays: 3, align: 'week' })).toThrow(
    expect.objectContaining({ kind: 'bug' }),
  );
});

test('a total over more days than one request may name is refused', () => {
  const days = { from: '2024-01-01', to: '2026-01-01' };
  expect(() => planWindows(days, { maxDays: 366, align: 'never' })).toThrow(
    expect.objectContaining({ kind: 'usage' }),
  );
});

describe('for any range', () => {
  const ranges = fc.record({
    start: fc.integer({ min: 0, max: 20_000 }),
    length: fc.integer({ min: 1, max: 1500 }),
  });
  const alignments = fc.constantFrom('day', 'week', 'month', 'year') as fc.Arbitrary<WindowRules['align']>;

  test('the windows are the range, in order, none too long', () => {
    fc.assert(
      fc.property(ranges, alignments, ({ start, length }, align) => {
        const from = addDays('1970-01-01', start);
        const days = { from, to: addDays(from, length - 1) };
        const windows = planWindows(days, { maxDays: 366, align });
        expect(windows.flatMap(eachDay)).toEqual(eachDay(days));
        expect(Math.max(...windows.map(countDays))).toBeLessThanOrEqual(366);
      }),
      { numRuns: 200 },
    );
  });

  test('weeks are cut on Mondays only', () => {
    fc.assert(
      fc.property(ranges, ({ start, length }) => {
        const from = addDays('1970-01-01', start);
        const windows = planWindows({ from, to: addDays(from, length - 1) }, { maxDays: 20, align: 'week' });
        for (const window of windows.slice(1)) {
          expect(new Date(startOf(window.from)).getUTCDay()).toBe(1);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('halves are the range', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 400 }), (length) => {
        const days = { from: '2026-02-01', to: addDays('2026-02-01', length - 1) };
        const [first, second] = halveDays(days);
        expect([...eachDay(first), ...eachDay(second)]).toEqual(eachDay(days));
      }),
    );
  });
});
