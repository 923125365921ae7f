import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  countDays,
  dateNumberOf,
  dayNamed,
  dayNumber,
  dayOf,
  daysInMonth,
  daysSinceEpoch,
  daysSinceMonday,
  eachDay,
  isDate,
  isDay,
  monthsFrom,
  msPerDay,
  startOf,
  weekdayOf,
} from '../src/calendar.ts';
import { propertyRuns } from './property-runs.ts';

/** Days since 1970 of the years 0001 to 9999. */
const anyDay = fc.integer({ min: -719_162, max: 2_932_896 });

describe('the calendar agrees with Date', () => {
  it('on every day', () => {
    fc.assert(
      fc.property(anyDay, (days) => {
        const date = new Date(days * msPerDay);
        const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
        const text = dayOf(days * msPerDay);
        expect(daysSinceEpoch(year, month, day)).toBe(days);
        expect(dateNumberOf(days)).toBe(year * 10_000 + month * 100 + day);
        expect(weekdayOf(days)).toBe(date.getUTCDay());
        expect(daysSinceMonday(text)).toBe((date.getUTCDay() + 6) % 7);
        expect(startOf(text)).toBe(date.getTime());
        expect([isDay(text), isDate(year, month, day)]).toEqual([true, true]);
        const next = new Date(date.getTime() + msPerDay);
        expect(day === daysInMonth(year, month)).toBe(next.getUTCDate() === 1);
      }),
      propertyRuns(500),
    );
  });

  it.each(['0001-01-01', '1900-02-28', '2000-02-29', '2024-02-29', '2100-03-01', '9999-12-31'])(
    'on %s',
    (day) => {
      const number = dayNumber(day);
      expect(dateNumberOf(startOf(day) / msPerDay)).toBe(number);
      if (number >= 10_000_000) expect(dayNamed(number)).toBe(day);
    },
  );
});

it.each([
  '',
  '2026-02-29',
  '1900-02-29',
  '2026-13-01',
  '2026-00-10',
  '2026-04-31',
  '2026-1-1',
  '2026-11-01T00:00:00Z',
])('%j is no day', (text) => expect(isDay(text)).toBe(false));

it.each([
  [2026, 11, 1, '2026-11-01', '2026-11-30'],
  [2024, 2, 1, '2024-02-01', '2024-02-29'],
  [2026, 10, 3, '2026-10-01', '2026-12-31'],
  [2026, 0, 1, '2025-12-01', '2025-12-31'],
  [2026, -2, 3, '2025-10-01', '2025-12-31'],
  [50, 1, 12, '0050-01-01', '0050-12-31'],
])('%i months from %i are %i: %s to %s', (year, month, count, from, to) => {
  expect(monthsFrom(year, month, count)).toEqual({ from, to });
});

it('counts days with both ends', () => {
  expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
  expect(countDays({ from: '2026-11-01', to: '2026-11-30' })).toBe(30);
  expect(eachDay({ from: '2025-12-31', to: '2026-01-02' })).toEqual([
    '2025-12-31',
    '2026-01-01',
    '2026-01-02',
  ]);
});
