/** Lines of server logs in parts: their cells, their pairs, and the prefix of syslog in front of them. */
import { describe, expect, test } from 'vitest';
import { ESCAPED, UNCLEAN } from '../../../src/formats/csv/records.ts';
import { LineCells } from '../../../src/formats/log/line-cells.ts';
import { beginsWithPair, readPairs } from '../../../src/formats/log/logfmt.ts';
import { endOfSyslogPrefix } from '../../../src/formats/log/syslog.ts';

/** A line between others, whose bytes are not its own. */
function between(line: string) {
  const bytes = Buffer.from(`"[ ${line}" ]`);
  return { bytes, from: 3, to: bytes.length - 3 };
}

describe('cells', () => {
  const PLAIN = 0;
  const BOTH = ESCAPED | UNCLEAN;

  function cellsOf(line: string) {
    const { bytes, from, to } = between(line);
    const cells = new LineCells();
    const stray = cells.read(bytes, from, to);
    const found = Array.from({ length: cells.fields }, (_, field) => [
      bytes.toString('utf8', cells.from[field], cells.to[field]),
      cells.writing[field],
    ]);
    return { found, strayAt: stray < 0 ? undefined : stray - from };
  }

  test.each<[string, [string, number][]]>([
    ['', []],
    ['  ', []],
    [
      'a b',
      [
        ['a', PLAIN],
        ['b', PLAIN],
      ],
    ],
    [
      ' a  b ',
      [
        ['a', PLAIN],
        ['b', PLAIN],
      ],
    ],
    [
      'a\\b \u0001c é',
      [
        ['a\\b', UNCLEAN],
        ['\u0001c', UNCLEAN],
        ['é', PLAIN],
      ],
    ],
    [
      '"a b" "" x',
      [
        ['a b', PLAIN],
        ['', PLAIN],
        ['x', PLAIN],
      ],
    ],
    [
      '"a\\"b" "\\\\"',
      [
        ['a\\"b', BOTH],
        ['\\\\', BOTH],
      ],
    ],
    // What is left behind a backslash at the end of the line is no cell in quotes.
    [
      '"a"b" "c\u0001"',
      [
        ['a"b', UNCLEAN],
        ['c\u0001', UNCLEAN],
      ],
    ],
    [
      '[a b] [] x',
      [
        ['a b', UNCLEAN],
        ['', UNCLEAN],
        ['x', PLAIN],
      ],
    ],
    [
      '[a b [::1]:8 [c]d]',
      [
        ['[a', PLAIN],
        ['b', PLAIN],
        ['[::1]:8', PLAIN],
        ['[c]d]', PLAIN],
      ],
    ],
    ['[a]', [['a', UNCLEAN]]],
  ])('of %j', (line, cells) => {
    expect(cellsOf(line)).toEqual({ found: cells, strayAt: undefined });
  });

  test.each([
    ['"a', 0],
    ['x "a', 2],
    ['x "', 2],
    ['"a\\"', 0],
    ['"a b"c', 0],
    ['x a"b', 2],
    ['x [a"b', 2],
    ['"a" b" c', 4],
  ])('of %j do not add up at %d', (line, at) => {
    expect(cellsOf(line).strayAt).toBe(at);
  });

  test('are made as many as there are names, anew for each line', () => {
    const { bytes, from, to } = between('a "b\\"" c');
    const cells = new LineCells();
    cells.read(bytes, from, to);
    cells.fitTo(5);
    expect([cells.fields, cells.from.slice(3, 5), cells.to.slice(3, 5)]).toEqual([5, [0, 0], [0, 0]]);
    expect(cells.writing.slice(3, 5)).toEqual([0, 0]);
    cells.fitTo(2);
    expect(cells.fields).toBe(2);
    cells.read(bytes, from, from + 1);
    expect([cells.fields, cells.writing[0]]).toEqual([1, PLAIN]);
  });
});

describe('pairs', () => {
  test.each([
    ['a=1', { a: '1' }],
    ['  a=1   b=2 ', { a: '1', b: '2' }],
    ['a= b=', { a: '', b: '' }],
    ['a="" b="x y"', { a: '', b: 'x y' }],
    ['a=x=y', { a: 'x=y' }],
    ['a="\\n\\t\\r\\b\\f\\v\\a\\"\\\\\\q"', { a: '\n\t\r\b\f\v\x07"\\q' }],
    ['a="\\u00e9\\x41\\U0001F600"', { a: 'éA😀' }],
    ['a="\\U0010ffff\\U00110000"', { a: '\u{10ffff}\uFFFD' }],
    // Too few digits are letters.
    ['a="\\u00e \\x4 \\U0001F60"', { a: 'u00e x4 U0001F60' }],
    ['a=1 a=2', { a: '2' }],
    ['[a]=1 ü=2', { '[a]': '1', ü: '2' }],
    ['', {}],
  ])('of %j', (line, pairs) => {
    expect(readPairs(line)).toEqual(pairs);
    // Each line is read from its beginning, whatever the one before was.
    expect(readPairs(line)).toEqual(pairs);
  });

  test.each(['a', 'a=1 b', '=1', 'a="x', 'a="x"y', 'a=x"y', '"a"=1', 'a=1 "b"'])(
    'are not all of %j',
    (line) => {
      expect(readPairs(line)).toBeUndefined();
    },
  );

  test.each([
    ['a=', true],
    ['a.b-c_@9=1', true],
    ['=1', false],
    [' a=1', false],
    ['a b=1', false],
    ['a', false],
    [`${'k'.repeat(99)}=1`, true],
    [`${'k'.repeat(100)}=1`, false],
  ])('begin the line %j: %s', (line, begins) => {
    const { bytes, from, to } = between(line);
    expect(beginsWithPair(bytes, from, to)).toBe(begins);
    expect(beginsWithPair(bytes, from, from + 1)).toBe(false);
  });
});

test.each([
  ['<134>2016-07-04T22:37:26Z cache-sjc3128 LogTest[62959]: {"a":1}', '{"a":1}'],
  // The first colon ends it, whatever follows.
  ['<1>a b: x: y', 'x: y'],
  ['<13>Jul  4 22:37:26 host app: {"a": 1, "b": "c: d"}', '{"a": 1, "b": "c: d"}'],
  ['<13>time host app: msg="x: y"', 'msg="x: y"'],
  ['<999>a b  c   d e f: x', 'x'],
  ['<13>a b: ', ''],
  // Names are one to five, and the number has three digits at most.
  ['<13>a: x', '<13>a: x'],
  ['<13>a b c d e f g: x', '<13>a b c d e f g: x'],
  ['<1300>a b: x', '<1300>a b: x'],
  ['<>a b: x', '<>a b: x'],
  ['x<13>a b: x', 'x<13>a b: x'],
  ['<13>a b:x', '<13>a b:x'],
  [`<13>a ${'b'.repeat(503)}: x`, 'x'],
  [`<13>a ${'b'.repeat(505)}: x`, `<13>a ${'b'.repeat(505)}: x`],
  ['a', 'a'],
  ['', ''],
])('behind its prefix %j is %j', (line, rest) => {
  const { bytes, from, to } = between(line);
  expect(bytes.toString('utf8', endOfSyslogPrefix(bytes, from, to), to)).toBe(rest);
});
