import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDayNumber } from '../../../src/replies/dedupe/row-day.ts';
import { propertyRuns } from '../../property-runs.ts';

/** The time as it stands in a row, between other bytes that look like parts of times. */
function dayOf(time: string): number {
  const bytes = Buffer.from(`-1${time}Z9`);
  return readDayNumber(bytes, 2, bytes.length - 2);
}

describe('the day of a row', () => {
  test.each([
    ['2026-11-26', 20261126],
    ['2026-11-26T23:59:59.999Z', 20261126],
    ['2026-11-26 23:59:59', 20261126],
    ['2026-11-26T23:59:59+00:00', 20261126],
    ['2026-11-26T23:59:59-00', 20261126],
    ['2026-11-26 23:59:59 UTC', 20261126],
    ['2026-11-26T23:59:59-01:00', 20261127],
    ['2026-11-26 23:59:59-09', 20261127],
    ['2026-11-26 00:30:00+01', 20261125],
    ['2026-01-01T00:30:00+01:00', 20251231],
    ['2026-11-26T23:59:59+00:30', 20261126],
    ['0000-01-01', 101],
    ['2026-01-01', 20260101],
    ['2026-12-31', 20261231],
  ])('%s is %d', (time, day) => {
    expect(dayOf(time)).toBe(day);
  });

  test.each([
    ...['', '2026-11-2', '2026/11/26', '2026-11/26', '2026:11-26', '26-11-2026', 'yesterday!'],
    ...['2026-00-26', '2026-13-26', '2026-11-00', '2026-11-32', '20x6-11-26', '2026-1x-26', '2026-11-2x'],
    ...['x026-11-26', '2026-x1-26', '2026-11-x6', '2026-11-26T25:00:00+01:00'],
  ])('"%s" has none', (time) => {
    expect(dayOf(time)).toBe(0);
  });

  test('none where the row has no time', () => {
    expect(readDayNumber(Buffer.from('2026-11-26'), -1, 10)).toBe(0);
  });

  test('is that of the instant, whatever the offset', () => {
    const offset = fc.integer({ min: -14 * 60, max: 14 * 60 });
    const instant = fc.integer({ min: Date.parse('1990-01-01'), max: Date.parse('2099-12-31') });
    fc.assert(
      fc.property(instant, offset, (ms, minutes) => {
        const two = (value: number) => String(Math.trunc(value)).padStart(2, '0');
        const local = new Date(ms + minutes * 60_000).toISOString().slice(0, -1);
        const size = Math.abs(minutes);
        const text = `${local}${minutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`;
        expect(dayOf(text)).toBe(Number(new Date(ms).toISOString().slice(0, 10).replaceAll('-', '')));
      }),
      propertyRuns(300),
    );
  });
});
