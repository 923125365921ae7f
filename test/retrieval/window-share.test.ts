import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, countDays } from '../../src/calendar.ts';
import type { Days } from '../../src/contracts/dataset.ts';
import { halveDays } from '../../src/retrieval/dates/windows.ts';
import { WindowShare } from '../../src/retrieval/window-share.ts';

const from = '2026-11-01';

/** These days in pieces of at most so many. */
const piecesOf = (days: Days, longest: number): Days[] =>
  countDays(days) <= longest ? [days] : halveDays(days).flatMap((half) => piecesOf(half, longest));

test('the share of a window grows to exactly 1, in whatever pieces and of however many sources it comes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 3 }),
      (count, longest, sources) => {
        const days = { from, to: addDays(from, count - 1) };
        const window = new WindowShare(days, sources);
        const pieces = Array.from({ length: sources }, () => piecesOf(days, longest)).flat();
        const shares = pieces.flatMap((piece) => {
          const both = [window.with(piece, 0.5), window.with(piece, 1)];
          window.add(piece);
          return both;
        });
        expect(shares).toEqual([...shares].sort((one, other) => Number(one) - Number(other)));
        expect(shares.at(-1)).toBe(1);
      },
    ),
  );
});

test('a window without days is shared by its sources', () => {
  const window = new WindowShare(undefined, 2);
  expect(window.with(undefined, 0.5)).toBe(0.25);
  window.add(undefined);
  expect(window.with(undefined, 0.5)).toBe(0.75);
});

test('a reply without a length says nothing of its window', () => {
  expect(new WindowShare({ from, to: from }, 1).with({ from, to: from }, undefined)).toBeUndefined();
});
