import { describe, expect, test } from 'vitest';
import { planIncremental } from '../../src/retrieval/incremental.ts';
import { readDayNumber } from '../../src/retrieval/row-day.ts';

describe('an incremental run', () => {
  const range = { from: '2026-10-22', to: '2026-11-21' };
  const standing = { from: '2026-10-01', through: '2026-11-18' };
  const plan = (given: Partial<Parameters<typeof planIncremental>[0]>) =>
    planIncremental({ standing, range, fromGiven: false, lagDays: 3, ...given });

  test('begins with the whole range', () => {
    expect(plan({ standing: { from: undefined, through: undefined } })).toEqual({
      kind: 'fetch',
      days: range,
      keepUntil: undefined,
    });
  });

  test('goes on from the last whole day less the lag', () => {
    expect(plan({})).toEqual({
      kind: 'fetch',
      days: { from: '2026-11-15', to: '2026-11-21' },
      keepUntil: '2026-11-14',
    });
  });

  test('never goes back behind its beginning', () => {
    expect(plan({ lagDays: 100 })).toEqual({
      kind: 'fetch',
      days: { from: '2026-10-01', to: '2026-11-21' },
      keepUntil: undefined,
    });
  });

  test('fetches all of it when an earlier beginning is asked for', () => {
    const days = { from: '2026-09-01', to: '2026-11-21' };
    expect(plan({ range: days, fromGiven: true })).toEqual({ kind: 'fetch', days, keepUntil: undefined });
  });

  test('has nothing new when the last day is there', () => {
    expect(plan({ range: { from: '2026-11-01', to: '2026-11-18' } })).toEqual({
      kind: 'nothing-new',
      through: '2026-11-18',
    });
  });
});

test.each([
  ['2026-11-01T00:00:00Z', 20261101],
  ['2026-11-01 23:59:59.999', 20261101],
  ['2026-11-01 23:59:59+00:00', 20261101],
  ['2026-11-01 23:59:59 UTC', 20261101],
  ['2026-11-01T23:30:00-01:00', 20261102],
  ['2026-11-01 00:30:00+02', 20261031],
  ['2026-11-01', 20261101],
  ['2026-13-01', 0],
  ['01.11.2026 10', 0],
  ['', 0],
])('the UTC day of %s is %i', (text, day) => {
  const bytes = Buffer.from(`,${text},`);
  expect(readDayNumber(bytes, 1, bytes.length - 1)).toBe(day);
});
