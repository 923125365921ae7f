import { describe, expect, test } from 'vitest';
import { provenByRows, readAtTheirEnd } from '../../../src/sinks/file/proven-days.ts';

const today = '2026-11-10';
const day = (number: number) => `2026-11-${String(number).padStart(2, '0')}`;
const days = (from: number, to = from) => ({ from: day(from), to: day(to) });
const rowsOf = (...numbers: number[]) => numbers.map(day);
const rangesOf = (covered: ReturnType<typeof days> | undefined, rows: readonly string[]) =>
  provenByRows(covered, rows, today).ranges.map(({ from, to }) => [
    Number(from.slice(-2)),
    Number(to.slice(-2)),
  ]);

describe('days that an output itself proves', () => {
  test.each([
    ['none without a state', undefined, rowsOf(1, 2), []],
    [
      'those with rows that the state covers',
      days(2, 5),
      rowsOf(1, 2, 3, 5, 6),
      [
        [2, 3],
        [5, 5],
      ],
    ],
    ['in any order of rows, each once', days(1, 5), rowsOf(3, 1, 2), [[1, 3]]],
    ['the newest too, where the state had ended before today', days(1, 9), rowsOf(8, 9), [[8, 9]]],
    ['not the newest, where the state ends today', days(1, 10), rowsOf(7, 8), [[7, 7]]],
    ['not the newest, where the state is ahead', days(1, 12), rowsOf(7, 8), [[7, 7]]],
    ['not today, nor what is ahead', days(1, 12), rowsOf(8, 9, 10, 11), [[8, 8]]],
    ['none without rows', days(1, 5), [], []],
  ] as const)('%s', (_, covered, rows, expected) => {
    expect(rangesOf(covered, rows)).toEqual(expected);
  });

  test('begin with the first day that is wanted or has rows', () => {
    const firstOf = (covered: ReturnType<typeof days> | undefined, rows: readonly string[]) =>
      provenByRows(covered, rows, today).first;
    expect(firstOf(undefined, [])).toBeUndefined();
    expect(firstOf(undefined, rowsOf(4, 3))).toBe(day(3));
    expect(firstOf(undefined, rowsOf(11))).toBeUndefined();
    expect(firstOf(days(2, 5), [])).toBe(day(2));
    expect(firstOf(days(2, 5), rowsOf(1))).toBe(day(1));
    expect(firstOf(days(2, 5), rowsOf(3))).toBe(day(2));
  });

  test('count as read on the day after each range', () => {
    expect(readAtTheirEnd([days(1, 3), { from: '2026-11-29', to: '2026-11-30' }])).toEqual([
      { ...days(1, 3), read: day(4) },
      { from: '2026-11-29', to: '2026-11-30', read: '2026-12-01' },
    ]);
  });
});
