import { describe, expect, test } from 'vitest';
import { provenByRows, provenByTimes, readAtTheirEnd } from '../../../src/sinks/file/proven-days.ts';

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

describe('days that the modification times of their files prove', () => {
  const noon = (number: number) => Date.parse(`${day(number)}T12:00:00Z`);
  /** The days that are proven at noon of today, with what they are said to be. */
  async function provenWith(covered: ReturnType<typeof days>, changed: Record<string, number>) {
    return provenByTimes(covered, {
      clock: { today },
      machine: { now: () => noon(10) },
      place: {
        look: async (path) => {
          const changedMs = changed[path];
          return changedMs === undefined ? undefined : { bytes: 5, changedMs };
        },
      },
      pathOf: (name) => name,
    });
  }

  test.each([
    ['over when its file was written', noon(8), [{ day: day(7), read: day(8), bytes: 5 }]],
    ['not over then', noon(7), []],
    ['written ahead of the clock', noon(10) + 1, []],
    ['written at this moment', noon(10), [{ day: day(7), read: day(10), bytes: 5 }]],
    ['without a file', undefined, []],
  ])('a day %s', async (_, changedMs, expected) => {
    const files = changedMs === undefined ? {} : { [day(7)]: changedMs };
    expect(await provenWith(days(6, 8), files)).toEqual(expected);
  });

  test('only days that the state covers, up to today', async () => {
    const changed = Object.fromEntries([1, 2, 9, 10, 11].map((number) => [day(number), noon(10)]));
    expect((await provenWith(days(2, 12), changed)).map(({ day: name }) => name)).toEqual([day(2), day(9)]);
  });
});
