import { describe, expect, test } from 'vitest';
import { emptyCheckpoint } from '../../../src/checkpoint/checkpoint.ts';
import { addDays } from '../../../src/calendar.ts';
import { planIncremental } from '../../../src/retrieval/dates/incremental.ts';

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
        { from: '2026-11-17', to: '2026-11-21' },
      ],
    });
  });

  test('goes on from the last whole day less the lag on the same day too, unless nothing follows it', () => {
    const today = has(whole('2026-11-01', '2026-11-10', '2026-11-22'));
    const asked = (to: string, more: object = {}) =>
      plan({ checkpoint: today, range: { from: '2026-11-01', to }, isOpen: false, ...more });
    const days = [{ from: '2026-11-07', to: '2026-11-14' }];
    expect(asked('2026-11-14')).toEqual({ kind: 'fetch', days });
    expect(asked('2026-11-10')).toEqual({ kind: 'nothing-new' });
    const whole14 = [{ from: '2026-11-01', to: '2026-11-14' }];
    expect(asked('2026-11-14', { clock: { ...clock, lagDays: 90 } })).toEqual({
      kind: 'fetch',
      days: whole14,
    });
    const missing = [{ from: '2026-11-11', to: '2026-11-14' }];
    expect(asked('2026-11-14', { isPart: true })).toEqual({ kind: 'fetch', days: missing });
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

  test('that begins on the last day which is asked for asks for no day before it', () => {
    const ends = has(whole('2026-11-21', '2026-11-21', '2026-11-30'));
    expect(plan({ checkpoint: ends })).toEqual({ kind: 'nothing-new' });
    const later = { ...ends, first: '2026-11-22' };
    const days = [{ from: '2026-10-22', to: '2026-11-20' }];
    expect(plan({ checkpoint: later })).toEqual({ kind: 'fetch', days });
  });

  test('that is a part reads days again that are not settled, though others have fetched what was missing', () => {
    const ends = has(whole('2026-10-01', '2026-11-21', '2026-11-21'));
    const days = [{ from: '2026-11-17', to: '2026-11-21' }];
    expect(plan({ checkpoint: ends, isPart: true })).toEqual({ kind: 'fetch', days });
    expect(plan({ checkpoint: ends })).toEqual({ kind: 'nothing-new' });
    const settled = has(whole('2026-10-01', '2026-11-21', '2026-11-30'));
    expect(plan({ checkpoint: settled, isPart: true })).toEqual({ kind: 'nothing-new' });
  });
});
