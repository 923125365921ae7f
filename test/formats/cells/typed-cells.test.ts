/** What cells hold under each type of column, and why not. */
import { LosslessNumber } from 'lossless-json';
import { describe, expect, test } from 'vitest';
import type { ColumnType } from '../../../src/contracts/dataset.ts';
import type { Cell } from '../../../src/formats/cells/cell.ts';
import {
  cellProblem,
  cellText,
  numberText,
  readBoolean,
  readDay,
  readInteger,
  readNumber,
  readTimestampMicros,
} from '../../../src/formats/cells/typed-cells.ts';

test.each<[Cell, string | undefined]>([
  [null, undefined],
  [undefined, undefined],
  ['', ''],
  [' a ', ' a '],
  [1.5, '1.5'],
  [false, 'false'],
  [new LosslessNumber('12345678901234567890.10'), '12345678901234567890.10'],
  [{ a: [1, new LosslessNumber('1.0')] }, '{"a":[1,1.0]}'],
  [['x', null], '["x",null]'],
])('%j has the text %j', (cell, text) => {
  expect(cellText(cell)).toBe(text);
});

describe('numbers', () => {
  test.each<[Cell, number]>([
    ['0', 0],
    ['-0.25', -0.25],
    [' 5 ', 5],
    ['10', 10],
    ['1e3', 1000],
    ['1E+3', 1000],
    ['12.5e-12', 12.5e-12],
    [7, 7],
    [new LosslessNumber('1.10'), 1.1],
  ])('%j is %d', (cell, value) => {
    expect(readNumber(cell)).toBe(value);
    expect(cellProblem('number', cell)).toBeUndefined();
  });

  test.each<[Cell]>([
    ['0x10'],
    ['01'],
    ['-'],
    ['.5'],
    ['5.'],
    ['1.e3'],
    ['1e'],
    ['1e+'],
    ['+1'],
    ['x1'],
    ['1x'],
    ['1 2'],
    ['Infinity'],
    [true],
    [{}],
  ])('%j is none', (cell) => {
    expect([readNumber(cell), numberText(cell)]).toEqual([undefined, undefined]);
    expect(cellProblem('number', cell)).toBe('not-of-type');
  });

  test('the text of a number keeps its digits', () => {
    expect(numberText(' 1.500 ')).toBe('1.500');
    expect([numberText(null), numberText('')]).toEqual([undefined, undefined]);
  });

  test('one that no double holds is out of range', () => {
    expect([readNumber('-1e999'), cellProblem('number', '-1e999')]).toEqual([undefined, 'out-of-range']);
  });
});

describe('integers', () => {
  test.each<[Cell, bigint]>([
    ['0', 0n],
    ['-12', -12n],
    [' 7 ', 7n],
    ['007', 7n],
    ['9223372036854775807', 2n ** 63n - 1n],
    ['-9223372036854775808', -(2n ** 63n)],
    [new LosslessNumber('9007199254740993'), 9007199254740993n],
  ])('%j is %d', (cell, value) => {
    expect(readInteger(cell)).toBe(value);
    expect(cellProblem('integer', cell)).toBeUndefined();
  });

  test.each<[Cell]>([['1.0'], ['1e3'], ['-'], ['x1'], ['1x'], ['--1'], [true]])('%j is none', (cell) => {
    expect(readInteger(cell)).toBeUndefined();
    expect(cellProblem('integer', cell)).toBe('not-of-type');
  });

  test.each([['9223372036854775808'], ['-9223372036854775809']])('%s is out of range', (cell) => {
    expect([readInteger(cell), cellProblem('integer', cell)]).toEqual([undefined, 'out-of-range']);
  });

  test('nothing is none', () => {
    expect([readInteger(null), readInteger('')]).toEqual([undefined, undefined]);
  });
});

describe('booleans', () => {
  test.each<[Cell, boolean]>([
    [true, true],
    [false, false],
    ['true', true],
    ['T', true],
    [' False ', false],
    ['f', false],
  ])('%j is %j', (cell, value) => {
    expect(readBoolean(cell)).toBe(value);
    expect(cellProblem('boolean', cell)).toBeUndefined();
  });

  test.each<[Cell]>([['yes'], ['1'], [0], ['xt'], ['tx'], ['xf'], ['fx'], ['truefalse']])(
    '%j is none',
    (cell) => {
      expect(readBoolean(cell)).toBeUndefined();
      expect(cellProblem('boolean', cell)).toBe('not-of-type');
    },
  );

  test('nothing is none', () => {
    expect([readBoolean(null), readBoolean('')]).toEqual([undefined, undefined]);
  });
});

describe('times', () => {
  const micros = BigInt(Date.UTC(2026, 7, 26, 11, 16, 21)) * 1000n;

  test.each<[string, bigint]>([
    ['2026-08-26T11:16:21Z', micros],
    [' 2026-08-26 11:16:21 ', micros],
    ['2026-08-26 11:16:21 UTC', micros],
    ['2026-08-26 11:16:21+00:00', micros],
    ['2026-08-26 13:16:21+02', micros],
    ['2026-08-26 16:46:21+0530', micros],
    ['2026-08-26T07:46:21-03:30', micros],
    ['2026-08-26T11:16:21.1Z', micros + 100_000n],
    ['2026-08-26T11:16:21.123456Z', micros + 123_456n],
    // Outputs hold microseconds: what is finer is cut off.
    ['2026-08-26T11:16:21.123456789Z', micros + 123_456n],
    ['2026-08-26', BigInt(Date.UTC(2026, 7, 26)) * 1000n],
    ['1969-12-31T23:59:59.5Z', -500_000n],
    ['0001-01-01', -62_135_596_800_000_000n],
  ])('%s is %d microseconds', (cell, expected) => {
    expect(readTimestampMicros(cell)).toBe(expected);
    expect(cellProblem('timestamp', cell)).toBeUndefined();
  });

  test.each([
    'yesterday',
    'x2026-08-26',
    '2026-08-26x',
    '2026-8-26',
    '2026-08-26T11:16Z',
    '2026-08-26T11:16:21.Z',
    '2026-08-26T11:16:21.1234567890Z',
    '2026-08-26T11:16:21+2',
    '2026-08-26T11:16:21  Z',
    '2026-08-26T11:16:21z',
    '20260826',
  ])('%s is none', (cell) => {
    expect([readTimestampMicros(cell), readDay(cell)]).toEqual([undefined, undefined]);
    expect(cellProblem('timestamp', cell)).toBe('not-of-type');
    expect(cellProblem('date', cell)).toBe('not-of-type');
  });

  test.each(['2026-02-29', '2026-13-01', '0000-12-31'])('%s is no day', (cell) => {
    expect([readTimestampMicros(cell), readDay(cell)]).toEqual([undefined, undefined]);
    expect(cellProblem('timestamp', cell)).toBe('out-of-range');
    expect(cellProblem('date', cell)).toBe('out-of-range');
  });

  test.each(['2026-08-26T24:00:00Z', '2026-08-26T10:60:00Z', '2026-08-26T10:00:00+25:00'])(
    '%s is no time of a day that exists',
    (cell) => {
      expect(readTimestampMicros(cell)).toBeUndefined();
      expect(cellProblem('timestamp', cell)).toBe('out-of-range');
      expect(cellProblem('date', cell)).toBeUndefined();
    },
  );

  test.each([
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    [' 2026-11-01T10:00:00Z ', 20_758],
    ['2024-02-29 23:59:59-08', 19_782],
  ])('%s is day %d', (cell, day) => {
    expect(readDay(cell)).toBe(day);
    expect(cellProblem('date', cell)).toBeUndefined();
  });

  test('nothing is none', () => {
    expect([readTimestampMicros(null), readDay(null)]).toEqual([undefined, undefined]);
  });
});

test.each<ColumnType>(['text', 'json', 'integer', 'number', 'boolean', 'timestamp', 'date'])(
  'a column of %s holds nothing at all',
  (type) => {
    const problems = [null, undefined, '', '  '].map((cell) => cellProblem(type, cell));
    expect(new Set(problems)).toEqual(new Set([undefined]));
  },
);

test('text and JSON hold what comes', () => {
  expect([cellProblem('text', 'x'), cellProblem('json', '{'), cellProblem('json', [1])]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
