import { describe, expect, test } from 'vitest';
import type { LedgerRecord } from '../../../../src/delivery/ledger/records.ts';
import {
  consequenceOf,
  isOutdated,
  isOver,
  keepFinishedMs,
  lastUseMs,
  startOfName,
  confirmedNowMs,
} from '../../../../src/delivery/ledger/catalog/retention.ts';
import { ended, found, inputRecord, intent, piece, settled } from '../../resume/earlier-runs.ts';

const text = 'a\nb\nc\nd\n';
const stateOf = (records: LedgerRecord[], startedAt = '2026-11-01T00:00:00.000Z') =>
  found('r', records, { startedAt }).state;
const sent = (withoutId: number, unknown = 0) => [
  inputRecord(text),
  intent(1, [piece(text, 0, 4)], withoutId),
  settled(1, 4, unknown),
  ended(8),
];

describe('without the run, rows would be sent again', () => {
  test.each<[string, LedgerRecord[], ReturnType<typeof consequenceOf>]>([
    ['and the vendor knows them by their ids', sent(0), undefined],
    ['and doubled, since they have none', sent(4), 'without-ids'],
    ['and what became of them is not known', sent(4, 4), 'unknown'],
    ['of which some are not known', sent(0, 1), 'unknown'],
    [
      'and doubled, since a job has them',
      [inputRecord(text), intent(1, [piece(text, 0, 4)], 1)],
      'without-ids',
    ],
    [
      'by their ids, though a job has them',
      [inputRecord(text), intent(1, [piece(text, 0, 4)], 0)],
      undefined,
    ],
    ['never, since there were none', [inputRecord(text), ended(0)], undefined],
    [
      'never, since a piece had none',
      [
        inputRecord(text),
        intent(1, [{ ...piece(text, 0, 4), rows: 0, events: 0 }], 4),
        settled(1, 0),
        ended(8),
      ],
      undefined,
    ],
    ['never, since it was told to forget', [...sent(4), { type: 'forgotten', at: 'x' }], undefined],
  ])('%s', (_name, records, consequence) => {
    expect(consequenceOf(stateOf(records))).toBe(consequence);
  });

  test('never of a stream, which is not met again, unless they are not known', () => {
    const stream = (records: LedgerRecord[]) =>
      records.map((record) => (record.type === 'input' ? { ...record, kind: 'stream' as const } : record));
    expect(consequenceOf(stateOf(stream(sent(4))))).toBeUndefined();
    expect(consequenceOf(stateOf(stream(sent(4, 4))))).toBe('unknown');
  });
});

test('a run is over when it has finished, or was told to forget', () => {
  expect(isOver(stateOf(sent(4)))).toBe(true);
  expect(isOver(stateOf([inputRecord(text)]))).toBe(false);
  expect(isOver(stateOf([inputRecord(text), { type: 'forgotten', at: 'x' }]))).toBe(true);
});

describe('the last use of a run', () => {
  const counts = { read: 0, accepted: 0, rejected: 0, skipped: 0, pending: 0, unknown: 0, unsent: 0 };
  const end = (at: string): LedgerRecord => ({ type: 'ended', at, exit: 0, counts });

  test.each<[string, LedgerRecord[], string]>([
    ['is its beginning', [], '2026-11-01T00:00:00.000Z'],
    ['is its end', [end('2026-11-02T00:00:00.000Z')], '2026-11-02T00:00:00.000Z'],
    [
      'is when a later command gave its inputs',
      [end('2026-11-02T00:00:00.000Z'), { type: 'used', at: '2026-11-05T00:00:00.000Z' }],
      '2026-11-05T00:00:00.000Z',
    ],
    [
      'is the latest of them, though a clock went back',
      [end('2026-10-02T00:00:00.000Z'), { type: 'used', at: '2026-09-05T00:00:00.000Z' }],
      '2026-11-01T00:00:00.000Z',
    ],
  ])('%s', (_name, records, at) => {
    expect(lastUseMs(stateOf(records))).toBe(Date.parse(at));
  });

  test('was long ago after thirty days, and not a moment before', () => {
    const state = stateOf([]);
    const last = Date.parse('2026-11-01T00:00:00.000Z');
    expect(isOutdated(state, last + keepFinishedMs)).toBe(true);
    expect(isOutdated(state, last + keepFinishedMs - 1)).toBe(false);
    expect(keepFinishedMs).toBe(30 * 86_400_000);
  });

  test('before there was this program is that of a clock that was not set', () => {
    expect(isOutdated(stateOf([], '1970-01-01T00:00:00.000Z'), Date.parse('2026-11-01'))).toBe(false);
    expect(isOutdated(stateOf([], '2024-01-01T00:00:00.000Z'), Date.parse('2026-11-01'))).toBe(true);
    expect(isOutdated(stateOf([], '2023-12-31T23:59:59.999Z'), Date.parse('2026-11-01'))).toBe(false);
  });
});

describe('the beginning of a run by its name', () => {
  test.each([
    ['20261101T123456789-abcdefabcdef-010203', Date.UTC(2026, 10, 1, 12, 34, 56, 789)],
    ['x20261101T123456789-abc', undefined],
    ['20261101T12345678-abc', undefined],
    ['20261101T123456789', undefined],
    ['lost+found', undefined],
  ])('%s', (name, ms) => {
    expect(startOfName(name)).toBe(ms);
  });
});

describe('the moment by which the age of runs counts', () => {
  const name = (day: string) => `202611${day}T000000000-abc`;
  const at = (day: number) => Date.UTC(2026, 10, day);

  test.each<[string, number, string[], number]>([
    ['nobody else was there', at(20), [], 0],
    ['it is the earlier of two', at(20), [name('10')], at(10)],
    ['this clock is behind', at(5), [name('10')], at(5)],
    ['one clock that is ahead makes none older', at(20), [name('10'), name('29')], at(20)],
    ['names that are none do not count', at(20), ['lost+found', name('10')], at(10)],
    ['the order of names does not matter', at(1), [name('03'), name('08'), name('05')], at(5)],
  ])('%s', (_name, nowMs, names, witnessed) => {
    expect(confirmedNowMs(nowMs, names)).toBe(witnessed);
  });
});
