import { describe, expect, test } from 'vitest';
import { readDateRange, type DateRangeText } from '../../../src/retrieval/dates/date-range.ts';
import { DATE_WORDS, readDateText } from '../../../src/retrieval/dates/date-words.ts';
import { readDocument, tableUnder } from '../../docs/documents.ts';

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
  [{ from: 'last-month' }, '2026-10-01', '2026-10-31'],
  [{ from: 'this-month' }, '2026-11-01', '2026-11-21'],
  [{ from: 'last-week' }, '2026-11-09', '2026-11-15'],
  [{ from: 'this-week' }, '2026-11-16', '2026-11-21'],
  [{ from: 'last-quarter' }, '2026-07-01', '2026-09-30'],
  [{ from: 'this-quarter' }, '2026-10-01', '2026-11-21'],
  [{ from: '2026-Q3' }, '2026-07-01', '2026-09-30'],
  [{ from: '2026-q4' }, '2026-10-01', '2026-11-21'],
  [{ from: 'last-year' }, '2025-01-01', '2025-12-31'],
  [{ from: 'this-year' }, '2026-01-01', '2026-11-21'],
  [{ from: ' Last-Month ' }, '2026-10-01', '2026-10-31'],
  [{ from: 'last-month', to: '2026-10-05' }, '2026-10-01', '2026-10-05'],
  [{ from: 'last-month', to: 'yesterday' }, '2026-10-01', '2026-11-21'],
  [{ from: 'last-quarter', to: 'last-month' }, '2026-07-01', '2026-10-31'],
  [{ from: '2026-10-10', to: 'this-month' }, '2026-10-10', '2026-11-21'],
  [{ to: 'last-month' }, '2026-10-01', '2026-10-31'],
];

describe('reads', () => {
  test.each(ranges)('%o as %s to %s', (text, from, to) => {
    expect(readDateRange(text, now)).toEqual({ from, to });
  });
});

test.each<[string, string, string, string]>([
  ['2026-11-23', 'last-week', '2026-11-16', '2026-11-22'],
  ['2026-11-23', 'this-week', '2026-11-23', '2026-11-23'],
  ['2026-11-22', 'last-week', '2026-11-09', '2026-11-15'],
  ['2026-01-01', 'last-week', '2025-12-22', '2025-12-28'],
  ['2026-01-01', 'last-month', '2025-12-01', '2025-12-31'],
  ['2026-01-01', 'last-quarter', '2025-10-01', '2025-12-31'],
  ['2026-01-01', 'this-month', '2026-01-01', '2026-01-01'],
  ['2024-03-31', 'last-month', '2024-02-01', '2024-02-29'],
  ['2026-12-31', 'last-quarter', '2026-07-01', '2026-09-30'],
])('on %s %s is %s to %s', (today, from, first, last) => {
  expect(readDateRange({ from }, Date.parse(`${today}T00:30:00Z`))).toEqual({ from: first, to: last });
});

test('the words in docs/automation.md are those of the table', () => {
  const written = DATE_WORDS.map(({ examples, meaning }) => [
    examples.map((example) => `\`${example}\``).join(', '),
    meaning,
  ]);
  expect(tableUnder(readDocument('docs/automation.md'), 'Which days')).toEqual(written);
});

test('every example of the table is read', () => {
  for (const from of DATE_WORDS.flatMap(({ examples }) => examples)) {
    expect(readDateText(from, '2026-11-22')).toBeDefined();
  }
});

describe('refuses', () => {
  const wrong: [DateRangeText, RegExp][] = [
    [{ from: '2026-02-30' }, /not a date/],
    [{ from: '2026-13' }, /not a date/],
    [{ from: 'soon' }, /not a date/],
    [{ from: '2026-Q5' }, /not a date/],
    [{ from: 'last-day' }, /not a date/],
    [{ from: 'lastmonth' }, /not a date/],
    [{ from: '0d' }, /not a date/],
    [{ to: '22/11/2026' }, /--to/],
    [{ from: '2026-11-05', to: '2026-11-01' }, /ends before it starts/],
  ];
  test.each(wrong)('%o', (text, message) => {
    expect(() => readDateRange(text, now)).toThrow(message);
  });
});
