import { describe, expect, test } from 'vitest';
import { acceptedDays } from '../../../src/delivery/send/accepted-days.ts';
import { NO_DAY } from '../../../src/records.ts';

const days = [Int32Array.of(0, 0, 1), Int32Array.of(), Int32Array.of(1, NO_DAY)];
const chunk = { days, rows: 5, rejected: 0 };
const rejectedRows = (...rows: (number | undefined)[]) =>
  rows.map((row) => ({ ...(row === undefined ? {} : { row }), reason: 'r', message: 'm' }));

describe('accepted events by day', () => {
  test.each([
    ['all', [], { '1970-01-01': 2, '1970-01-02': 2, none: 1 }],
    ['without those that were refused', [0, 3, 4], { '1970-01-01': 1, '1970-01-02': 1 }],
  ])('%s', (_name, rows, expected) => {
    expect(acceptedDays(chunk, { unknown: 0, rejected: rejectedRows(...rows) })).toEqual({ days: expected });
  });

  test.each([
    ['the vendor does not say which it refused', chunk, { unknown: 0, rejected: rejectedRows(undefined) }],
    ['it names one that was not sent', chunk, { unknown: 0, rejected: rejectedRows(9) }],
    ['some are unknown', chunk, { unknown: 1, rejected: [] }],
    ['days are not counted', { rows: 5, rejected: 0 }, { unknown: 0, rejected: [] }],
  ])('are not told when %s', (_name, given, answer) => {
    expect(acceptedDays(given, answer)).toEqual({});
  });

  test('are none of a chunk of rejects', () => {
    expect(acceptedDays({ rows: 0, rejected: 2 }, { unknown: 0, rejected: [] })).toEqual({ days: {} });
  });
});
