import { describe, expect, test } from 'vitest';
import { readDateRange, type DateRangeText } from '../../src/retrieval/date-range.ts';

const now = Date.parse('2026-11-22T13:45:00Z');

const ranges: [DateRangeText, string, string][] = [
  [{}, '2026-10-22', '2026-11-21'],
  [{ days: 3 }, '2026-11-19', '2026-11-21'],
  [{ from: '2026-11-01', to: '2026-11-05' }, '2026-11-01', '2026-11-05'],
  [{ from: 'yesterday' }, '2026-11-21', '2026-11-21'],
  [{ from: 'today' }, '2026-11-22', '2026-11-22'],
  [{ from: 'yesterday', to: 'today' }, '2026-11-21', '2026-11-22'],
  [{ from: '7d' }, '2026-11-15', '2026-11-21'],
  [{ from: '7d', to: '2d' }, '2026-11-15', '2026-11-20'],
  [{ from: '2026-10' }, '2026-10-01', '2026-10-31'],
  [{ from: '2026-02', to: '2026-03' }, '2026-02-01', '2026-03-31'],
  [{ to: '2026-10' }, '2026-10-01', '2026-10-31'],
  [{ from: '2024-02' }, '2024-02-01', '2024-02-29'],
  [{ from: '2026-11' }, '2026-11-01', '2026-11-21'],
  [{ from: '2025' }, '2025-01-01', '2025-12-31'],
  [{ to: '2026-11-10' }, '2026-10-11', '2026-11-10'],
];

describe('reads', () => {
  test.each(ranges)('%o as %s to %s', (text, from, to) => {
    expect(readDateRange(text, now)).toEqual({ from, to });
  });
});

describe('refuses', () => {
  const wrong: [DateRangeText, RegExp][] = [
    [{ from: '2026-02-30' }, /not a date/],
    [{ from: '2026-13' }, /not a date/],
    [{ from: 'soon' }, /not a date/],
    [{ from: '0d' }, /not a date/],
    [{ to: '22/11/2026' }, /--to/],
    [{ from: '2026-11-05', to: '2026-11-01' }, /ends before it begins/],
  ];
  test.each(wrong)('%o', (text, message) => {
    expect(() => readDateRange(text, now)).toThrow(message);
  });
});
