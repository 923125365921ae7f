import { describe, expect, test } from 'vitest';
import { emptyCheckpoint } from '../../src/checkpoint/checkpoint.ts';
import { addDays } from '../../src/calendar.ts';
import { planIncremental } from '../../src/retrieval/dates/incremental.ts';
import { readDayNumber } from '../../src/replies/dedupe/row-day.ts';

describe('an incremental run', () => {
  const range = { from: '2026-10-22', to: '2026-11-21' };
  const clock = { today: '2026-11-22', lagDays: 3 };
  const whole = (from: string, to: string, read = addDays(to, 1)) => ({ from, to, read });
  const has = (...ranges: ReturnType<typeof whole>[]) => ({ ranges, first: ranges[0]?.from });
  const checkpoint = has(whole('2026-10-01', '2026-11-18'));
  const plan = (given: Partial<Parameters<typeof planIncremental>[0]>) =>
    planIncremental({ checkpoint, range, isOpen: true, clock, ...given });

  test('begins with the whole range', () => {
    expect(plan({ checkpoint: emptyCheckpoint })).toEqual({ kind: 'fetch', days: [range] });
  });

  test('goes on from the last whole day less the lag', () => {
    expect(plan({})).toEqual({ kind: 'fetch', days: [{ from: '2026-11-15', to: '2026-11-21' }] });
  });

  test('never goes back behind its beginning', () => {
    const days = [{ from: '2026-10-01', to: '2026-11-21' }];
    expect(plan({ clock: { ...clock, lagDays: 100 } })).toEqual({ kind: 'fetch', days });
  });

  test('fetches only what is missing when an earlier beginning is asked for', () => {
    const asked = { from: '2026-09-01', to: '2026-11-21' };
    expect(plan({ range: asked, isOpen: false })).toEqual({
      kind: 'fetch',
      days: [
        { from: '2026-09-01', to: '2026-09-30' },
        { from: '2026-11-15', to: '2026-11-21' },
      ],
    });
  });

  test('fills what is missing between, from the first day on', () => {
    const ends = has(
      whole('2026-11-01', '2026-11-02', '2026-11-22'),
      whole('2026-11-10', '2026-11-20', '2026-11-22'),
    );
    expect(plan({ checkpoint: ends })).toEqual({
      kind: 'fetch',
      days: [
        { from: '2026-11-03', to: '2026-11-09' },
        { from: '2026-11-21', to: '2026-11-21' },
      ],
    });
  });

  test('reads the end of each range again that was read before all of its rows had come', () => {
    const ends = has(whole('2026-10-20', '2026-11-04'), whole('2026-11-20', '2026-11-20', '2026-11-21'));
    expect(plan({ checkpoint: ends })).toEqual({
      kind: 'fetch',
      days: [{ from: '2026-11-01', to: '2026-11-21' }],
    });
  });

  test('has nothing new when every day that was asked for is there', () => {
    expect(plan({ range: { from: '2026-11-01', to: '2026-11-14' }, isOpen: false })).toEqual({
      kind: 'nothing-new',
    });
    expect(plan({ checkpoint: has(whole('2026-10-01', '2026-11-21')) })).toEqual({ kind: 'nothing-new' });
  });

  test('has something to do when a day between is missing', () => {
    const ends = has(
      whole('2026-11-01', '2026-11-03', '2026-11-22'),
      whole('2026-11-05', '2026-11-21', '2026-11-22'),
    );
    const days = [{ from: '2026-11-04', to: '2026-11-04' }];
    expect(plan({ checkpoint: ends })).toEqual({ kind: 'fetch', days });
  });

  test('begins where it had begun when everything is lost, or at the default if that is earlier', () => {
    const lost = (first: string) => plan({ checkpoint: { ranges: [], first } });
    expect(lost('2026-11-01')).toEqual({ kind: 'fetch', days: [range] });
    expect(lost('2026-09-01')).toEqual({ kind: 'fetch', days: [{ from: '2026-09-01', to: '2026-11-21' }] });
    expect(lost('2026-12-24')).toEqual({ kind: 'fetch', days: [range] });
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
