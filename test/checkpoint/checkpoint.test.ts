import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkAgainstClock,
  emptyCheckpoint,
  forgetDays,
  noteRead,
  unsettledDays,
} from '../../src/checkpoint/checkpoint.ts';
import { addDays, eachDay } from '../../src/calendar.ts';
import {
  gapsOf,
  intersectDays,
  normalizeDays,
  spanOf,
  subtractDays,
  uniteDays,
} from '../../src/checkpoint/ranges.ts';
import type { Days } from '../../src/contracts/dataset.ts';

const beginning = '2026-10-20';
const rangesArbitrary = fc.array(
  fc
    .tuple(fc.nat(20), fc.nat(6))
    .map(([from, more]) => ({ from: addDays(beginning, from), to: addDays(beginning, from + more) })),
  { maxLength: 6 },
);
const daysOf = (ranges: readonly Days[]) => new Set(ranges.flatMap(eachDay));
const sorted = (days: Iterable<string>) => [...days].sort();

describe('ranges are sets of days', () => {
  test('united, subtracted, intersected', () => {
    fc.assert(
      fc.property(rangesArbitrary, rangesArbitrary, (left, right) => {
        const [ours, theirs] = [daysOf(left), daysOf(right)];
        expect(sorted(daysOf(uniteDays(left, right)))).toEqual(sorted(new Set([...ours, ...theirs])));
        expect(sorted(daysOf(subtractDays(left, right)))).toEqual(
          sorted([...ours].filter((day) => !theirs.has(day))),
        );
        expect(sorted(daysOf(intersectDays(left, right)))).toEqual(
          sorted([...ours].filter((day) => theirs.has(day))),
        );
      }),
    );
  });

  test('in order, none touching the next', () => {
    fc.assert(
      fc.property(rangesArbitrary, (ranges) => {
        const normal = normalizeDays(ranges);
        for (const [index, { from }] of normal.entries()) {
          const before = normal[index - 1];
          if (before !== undefined) expect(addDays(before.to, 1) < from).toBe(true);
        }
        const span = spanOf(ranges);
        const gaps = gapsOf(ranges);
        expect(uniteDays(normal, gaps)).toEqual(span === undefined ? [] : [span]);
        expect(intersectDays(normal, gaps)).toEqual([]);
      }),
    );
  });
});

describe('a checkpoint', () => {
  const clock = { today: '2026-11-22', lagDays: 3 };
  const days = (from: string, to = from) => ({ from, to });

  test('does not have a day that is not over', () => {
    expect(noteRead(emptyCheckpoint, days('2026-11-20', '2026-11-22'), clock)).toEqual({
      ranges: [{ from: '2026-11-20', to: '2026-11-21', read: '2026-11-22' }],
      first: '2026-11-20',
    });
    expect(noteRead(emptyCheckpoint, days('2026-11-22'), clock).ranges).toEqual([]);
  });

  test('keeps its first day when rows are lost', () => {
    const has = noteRead(emptyCheckpoint, days('2026-11-01', '2026-11-05'), clock);
    expect(forgetDays(has, [days('2026-10-01', '2026-11-03')])).toEqual({
      ranges: [{ from: '2026-11-04', to: '2026-11-05', read: '2026-11-22' }],
      first: '2026-11-01',
    });
  });

  test('that is ahead of the clock is not believed, what was noted before is', () => {
    const honest = noteRead(emptyCheckpoint, days('2026-11-01', '2026-11-20'), {
      ...clock,
      today: '2026-11-21',
    });
    const ahead = noteRead(honest, days('2026-11-18', '2027-01-20'), { ...clock, today: '2027-01-21' });
    const { checkpoint, doubted } = checkAgainstClock(ahead, clock);
    expect(doubted).toEqual([days('2026-11-18', '2027-01-20')]);
    expect(checkpoint.ranges).toEqual([{ from: '2026-11-01', to: '2026-11-17', read: '2026-11-21' }]);
  });

  test('that was read in the future is not believed either when its days are over by now', () => {
    const ahead = noteRead(emptyCheckpoint, days('2026-11-01', '2026-11-20'), {
      ...clock,
      today: '2027-01-21',
    });
    expect(checkAgainstClock(ahead, clock).checkpoint.ranges).toEqual([]);
  });

  test('of daily runs stays small, and reads each day again until its rows have come', () => {
    let checkpoint = emptyCheckpoint;
    let today = '2026-11-02';
    const readings = new Map<string, string>();
    for (let run = 0; run < 40; run++, today = addDays(today, 1)) {
      const now = { today, lagDays: 3 };
      checkpoint = checkAgainstClock(checkpoint, now).checkpoint;
      const again = unsettledDays(checkpoint, now);
      for (const range of uniteDays(again, [days(addDays(today, -1))])) {
        for (const day of eachDay(range)) readings.set(day, today);
        checkpoint = noteRead(checkpoint, range, now);
      }
      expect(checkpoint.ranges.length).toBeLessThanOrEqual(3);
    }
    expect(gapsOf(checkpoint.ranges)).toEqual([]);
    for (const [day, read] of readings) {
      if (addDays(day, 5) < today) expect(read >= addDays(day, 4)).toBe(true);
    }
  });
});
