import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combineCrc32 } from '../../../src/delivery/upload/crc-combine.ts';
import {
  addOutcomes,
  addRange,
  coveredTo,
  cutRange,
  doubtOf,
  gaps,
  insertRange,
  isCovered,
  noOutcome,
  type KnownRange,
} from '../../../src/delivery/ledger/ranges.ts';

/** Bytes of an input in which every byte is a row and a line of its own. */
const input = Buffer.from(Array.from({ length: 64 }, (_, index) => (index * 37) % 251));

function settled(from: number, to: number): KnownRange {
  const rows = to - from;
  return {
    from,
    to,
    line: from + 1,
    nextLine: to + 1,
    outcome: { ...noOutcome, rows, accepted: rows },
    crc32: crc32(input.subarray(from, to)),
    inDoubt: false,
  };
}

function doubtful(from: number, to: number, harmless = false): KnownRange {
  const rows = to - from;
  const outcome = { ...noOutcome, rows, unknown: rows };
  return { ...settled(from, to), outcome, inDoubt: true, harmless };
}

const apart = fc
  .uniqueArray(fc.integer({ min: 0, max: input.length }), { minLength: 2, maxLength: 20 })
  .map((cuts) => cuts.sort((one, other) => one - other))
  .map((cuts) => cuts.slice(1).map((to, index) => [cuts[index] ?? 0, to] as const));

const pieces = apart.chain((all) =>
  fc.tuple(fc.shuffledSubarray([...all]), fc.array(fc.boolean(), { minLength: 20, maxLength: 20 })),
);

const linesOf = (ranges: readonly KnownRange[]) =>
  ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index));

test('the checksum of two strings put together', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), fc.uint8Array({ maxLength: 3000 }), (first, second) => {
      const whole = crc32(Buffer.concat([first, second]));
      expect(combineCrc32(crc32(first), crc32(second), second.length)).toBe(whole);
    }),
  );
});

describe('ranges that do not overlap', () => {
  test('are the same set in whatever order they come, with their rows and their checksums', () => {
    fc.assert(
      fc.property(pieces, ([chosen, doubts]) => {
        const added = chosen.map(([from, to], index) =>
          doubts[index] === true ? doubtful(from, to) : settled(from, to),
        );
        const ranges = added.reduce(addRange, []);
        expect(ranges).toEqual([...added].sort((one, other) => one.from - other.from).reduce(addRange, []));
        expect(linesOf(ranges)).toEqual(linesOf(added).sort((one, other) => one - other));
        for (const { from, to, line, nextLine, outcome, crc32: sum } of ranges) {
          expect({ line, nextLine, rows: outcome.rows }).toEqual({
            line: from + 1,
            nextLine: to + 1,
            rows: to - from,
          });
          expect(sum).toBe(crc32(input.subarray(from, to)));
        }
      }),
    );
  });

  test('leave gaps that are all the rest', () => {
    fc.assert(
      fc.property(pieces, ([chosen]) => {
        const ranges = chosen.map(([from, to]) => settled(from, to)).reduce(addRange, []);
        const left = gaps(ranges, input.length);
        const all = [...linesOf(ranges), ...left.flatMap(({ from, to = 0 }) => linesOf([settled(from, to)]))];
        expect(all.sort((one, other) => one - other)).toEqual(linesOf([settled(0, input.length)]));
        for (const { from, line } of left) expect(line).toBe(from + 1);
        const firstGap = left[0]?.from ?? input.length;
        expect(coveredTo(ranges)).toBe(firstGap);
        expect(gaps(ranges, undefined).at(-1)).not.toHaveProperty('to');
      }),
    );
  });
});

describe('ranges that overlap', () => {
  test.each<[string, KnownRange[], [number, number, boolean][]]>([
    ['settled within settled', [settled(0, 10), settled(2, 5)], [[0, 10, false]]],
    ['settled around settled', [settled(2, 5), settled(0, 10)], [[0, 10, false]]],
    [
      'settled within doubt',
      [doubtful(0, 10), settled(2, 5)],
      [
        [0, 2, true],
        [2, 5, false],
        [5, 10, true],
      ],
    ],
    ['settled around doubt', [doubtful(2, 5), settled(0, 10)], [[0, 10, false]]],
    ['doubt within settled', [settled(0, 10), doubtful(2, 5)], [[0, 10, false]]],
    [
      'doubt around settled',
      [settled(2, 5), doubtful(0, 10)],
      [
        [0, 2, true],
        [2, 5, false],
        [5, 10, true],
      ],
    ],
    ['doubt over doubt', [doubtful(0, 5), doubtful(3, 8)], [[0, 8, true]]],
    ['settled over settled', [settled(0, 5), settled(3, 8)], [[0, 8, false]]],
  ])('%s', (_name, added, expected) => {
    const ranges = added.reduce(addRange, []);
    expect(ranges.map(({ from, to, inDoubt }) => [from, to, inDoubt])).toEqual(expected);
    const rows = ranges.reduce((sum, { outcome }) => sum + outcome.rows, 0);
    expect(rows).toBe(Math.max(...added.map(({ to }) => to)) - Math.min(...added.map(({ from }) => from)));
  });

  test('are covered when settled, not when in doubt', () => {
    const ranges = [settled(0, 4), doubtful(4, 6), settled(6, 9)].reduce(addRange, []);
    expect(isCovered(ranges, { from: 1, to: 4 })).toBe(true);
    expect(isCovered(ranges, { from: 1, to: 5 })).toBe(false);
    expect(isCovered(ranges, { from: 6, to: 10 })).toBe(false);
  });
});

test.each([
  [10, { accepted: 4, unknown: 3, skipped: 2, rejected: 1 }],
  [9, { accepted: 4, unknown: 3, skipped: 2, rejected: 0 }],
  [8, { accepted: 4, unknown: 3, skipped: 1, rejected: 0 }],
  [6, { accepted: 4, unknown: 2, skipped: 0, rejected: 0 }],
  [3, { accepted: 3, unknown: 0, skipped: 0, rejected: 0 }],
])('of ten rows the first %d are accepted ones first, and no more than there are', (rows, outcome) => {
  const range = {
    ...settled(0, 10),
    outcome: { rows: 10, accepted: 4, unknown: 3, skipped: 2, rejected: 1 },
  };
  const part = cutRange(range, { from: 0, to: rows, line: 1, nextLine: rows + 1, lines: rows });
  expect([part.to, part.outcome]).toEqual([rows, { rows, ...outcome }]);
});

test('a hundred thousand ranges that never merge are taken in stride', () => {
  const ranges: KnownRange[] = [];
  const count = 100_000;
  for (let index = 0; index < count; index += 1) {
    // Chunks settle a little out of order.
    const at = index ^ 7;
    insertRange(ranges, at % 2 === 0 ? settled(at, at + 1) : doubtful(at, at + 1));
  }
  expect(ranges).toHaveLength(count);
  expect(coveredTo(ranges)).toBe(count);
});

describe('rows in doubt that are sent again', () => {
  const isReject = (row: number) => (input[row] ?? 0) % 3 === 0;
  const rowsOf = (rows: readonly number[]) => {
    const rejected = rows.filter(isReject).length;
    return { rows: rows.length - rejected, rejected };
  };
  const from = (start: number, end: number) => Array.from({ length: end - start }, (_, nth) => start + nth);

  test('leave as many unknown and rejected rows as are still in doubt, whichever settle first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: input.length }), pieces, (border, [parts]) => {
        const ranges: KnownRange[] = [];
        for (const [start, end] of [[0, border] as const, [border, input.length] as const])
          if (end > start)
            insertRange(ranges, {
              ...doubtful(start, end, start > 0),
              outcome: doubtOf(rowsOf(from(start, end))),
            });
        const left = new Set(from(0, input.length));
        for (const [start, end] of parts) {
          insertRange(ranges, settled(start, end), rowsOf(from(start, end)));
          for (const row of from(start, end)) left.delete(row);
          const { rows, rejected } = rowsOf([...left]);
          const doubts = ranges.filter(({ inDoubt }) => inDoubt).map(({ outcome }) => outcome);
          const sums = doubts.reduce(addOutcomes, noOutcome);
          expect(sums).toEqual({ ...noOutcome, rows: rows + rejected, unknown: rows, rejected });
        }
      }),
    );
  });
});
