/** Lines, and lines that are joined, by hand: what is consumed of which bytes, and what is left for later. */
import { describe, expect, test } from 'vitest';
import type { RowScanner } from '../../../src/contracts/format.ts';
import { isBlank } from '../../../src/formats/blank.ts';
import { markLength } from '../../../src/formats/encoding.ts';
import { LineScanner } from '../../../src/formats/ndjson.ts';
import { JoinedLines } from '../../../src/formats/text/joined-lines.ts';
import { scanOnce } from '../scan.ts';

const start = { atStart: true, line: 1 };
const inner = { atStart: false, line: 7 };

describe('lines', () => {
  test.each([
    ['a\nb\r\nc', ['row 1 "a"', 'row 2 "b"'], 'c', 3],
    ['\n \t\r\n\r\r\n{}\n', ['row 4 "{}"'], '', 5],
    ['a\rb\r\r\n', ['row 1 "a\\rb\\r"'], '', 2],
    ['abcd', [], 'abcd', 1],
    ['abc\r', [], 'abc\r', 1],
  ])('of %j', (content, said, rest, line) => {
    expect(scanOnce(new LineScanner(start), content)).toEqual({ said, rest, line });
  });

  test.each([
    ['a', ['row 1 "a"'], 1],
    ['a\r', ['row 1 "a"'], 1],
    ['a\n\r', ['row 1 "a"'], 2],
    ['', [], 1],
    ['\n', [], 2],
  ])('to the end of %j', (content, said, line) => {
    expect(scanOnce(new LineScanner(start), content, { final: true })).toEqual({ said, rest: '', line });
  });

  test('who wants no more gets no more', () => {
    const scanner = new LineScanner(inner);
    expect(scanOnce(scanner, 'a\nb\nc\n', { stopAfter: 2 })).toEqual({
      said: ['row 7 "a"', 'row 8 "b"'],
      rest: 'c\n',
      line: 9,
    });
  });

  test('one that is too long is passed over, with a carriage return that may belong to its end', () => {
    const scanner = new LineScanner(inner);
    scanner.passRow();
    expect(scanOnce(scanner, 'abc')).toEqual({ said: [], rest: '', line: 7 });
    expect(scanOnce(scanner, 'de\r')).toEqual({ said: [], rest: '\r', line: 7 });
    expect(scanOnce(scanner, '\r\nx\n')).toEqual({ said: ['long 7 -5..0', 'row 8 "x"'], rest: '', line: 9 });
    scanner.passRow();
    expect(scanOnce(scanner, 'a', { final: true })).toEqual({ said: ['long 9 0..1'], rest: '', line: 9 });
    scanner.passRow();
    expect(scanOnce(scanner, 'a')).toMatchObject({ rest: '' });
    expect(scanOnce(scanner, '', { final: true }).said).toEqual(['long 9 -1..0']);
  });

  test('a sink may take some by itself', () => {
    const scanner = new LineScanner(start);
    const bytes = Buffer.from('a\nb\nc\nd\n');
    const said: unknown[] = [];
    const say = (...what: unknown[]) => said.push(what) > 0;
    const lines = (from: number) =>
      from === 0 ? { count: 2, lines: 2, end: 4 } : { count: 0, lines: 0, end: from };
    const sink = { row: say, bad: say, tooLong: say, lines };
    expect(scanner.scan(bytes, { from: 0, to: 8, final: false }, sink)).toBe(8);
    expect([said, scanner.line]).toEqual([
      [
        [4, 5, 3],
        [6, 7, 4],
      ],
      5,
    ]);
  });
});

describe.each<[string, (from: typeof start) => RowScanner]>([
  ['lines', (from) => new LineScanner(from)],
  ['joined lines', (from) => new JoinedLines(from, /^B/)],
])('a mark of the encoding in front of %s', (_, scannerOf) => {
  test('is waited for, left out once, and none in the middle', () => {
    const scanner = scannerOf(start);
    expect(scanOnce(scanner, 'B\n ')).toEqual({ said: [], rest: 'B\n ', line: 1 });
    expect(scanOnce(scanner, '\uFEFFB\nB\n')).toMatchObject({
      said: ['row 1 "B"'].concat(_ === 'lines' ? ['row 2 "B"'] : []),
    });
    expect(scanOnce(scannerOf(start), 'B\n', { final: true }).said).toEqual(['row 1 "B"']);
    expect(scanOnce(scannerOf(inner), '\uFEFFB\nB\n', { final: true }).said).toEqual([
      'row 7 "\uFEFFB"',
      'row 8 "B"',
    ]);
  });
});

describe('joined lines', () => {
  const scannerOf = () => new JoinedLines(inner, /^B/);

  test.each([
    ['B\nB\n', ['row 7 "B"'], 'B\n', 8],
    ['B\n x\r\n\nB\r\nB', ['row 7 "B\\n x\\r\\n"'], 'B\r\nB', 10],
    ['x\nB\ny\nB\n', ['row 7 "x"', 'row 8 "B\\ny"'], 'B\n', 10],
    ['\n\nB\n', [], 'B\n', 9],
    ['B', [], 'B', 7],
    ['B\n', [], 'B\n', 7],
    ['B\nB', [], 'B\nB', 7],
  ])('of %j', (content, said, rest, line) => {
    expect(scanOnce(scannerOf(), content)).toEqual({ said, rest, line });
  });

  test.each([
    ['B\nB', ['row 7 "B"', 'row 8 "B"'], 8],
    ['B\n x\r\n', ['row 7 "B\\n x"'], 9],
    ['B\r', ['row 7 "B\\r"'], 7],
    ['\n', [], 8],
    ['', [], 7],
  ])('to the end of %j', (content, said, line) => {
    expect(scanOnce(scannerOf(), content, { final: true })).toEqual({ said, rest: '', line });
  });

  test('8 KiB of a line are enough to say whether it begins a row', () => {
    const long = 'x'.repeat(8_192);
    expect(scanOnce(scannerOf(), `B\n${long}`)).toMatchObject({ said: [], line: 7 });
    expect(scanOnce(scannerOf(), `B\nB${long.slice(1)}`)).toMatchObject({ said: ['row 7 "B"'], line: 8 });
    expect(scanOnce(scannerOf(), `B\nB${long.slice(2)}`)).toMatchObject({ said: [], line: 7 });
    const deep = new JoinedLines(inner, /^B|y$/);
    expect(scanOnce(deep, `B\n${long}y\nB\n`).said).toHaveLength(1);
    const near = new JoinedLines(inner, /^B|y$/);
    expect(scanOnce(near, `B\n${long.slice(1)}y\nB\n`).said).toHaveLength(2);
  });

  test('who wants no more gets no more', () => {
    const scanner = scannerOf();
    expect(scanOnce(scanner, 'B1\nB2\nB3\n', { stopAfter: 1 })).toEqual({
      said: ['row 7 "B1"'],
      rest: 'B2\nB3\n',
      line: 8,
    });
  });

  test('a row that is too long is passed over to the next beginning', () => {
    const scanner = scannerOf();
    scanner.passRow();
    expect(scanOnce(scanner, 'B\nxx\n')).toEqual({ said: [], rest: '', line: 7 });
    // A last line that may still begin a row is kept, one in the middle of which we are is not.
    expect(scanOnce(scanner, 'yy\nz')).toEqual({ said: [], rest: 'z', line: 7 });
    expect(scanOnce(scanner, 'zB')).toEqual({ said: [], rest: '', line: 7 });
    expect(scanOnce(scanner, 'B\nB2\nB3\n')).toEqual({
      said: ['long 7 -10..1', 'row 11 "B2"'],
      rest: 'B3\n',
      line: 12,
    });
  });

  test('a row that is too long ends where a whole line begins the next, or the input ends', () => {
    const scanner = scannerOf();
    scanner.passRow();
    expect(scanOnce(scanner, 'B\nxx\n')).toMatchObject({ said: [], rest: '' });
    expect(scanOnce(scanner, 'B2\nB3\n')).toMatchObject({
      said: ['long 7 -5..0', 'row 9 "B2"'],
      rest: 'B3\n',
      line: 10,
    });
    scanner.passRow();
    expect(scanOnce(scanner, 'B3\ny\n')).toMatchObject({ said: [], rest: '' });
    expect(scanOnce(scanner, '', { final: true })).toEqual({ said: ['long 10 -5..0'], rest: '', line: 12 });
  });

  test('a line that is too long to be matched is not kept', () => {
    const scanner = scannerOf();
    scanner.passRow();
    const long = 'x'.repeat(8_191);
    expect(scanOnce(scanner, `B\n${long}`)).toMatchObject({ said: [], rest: long });
    expect(scanOnce(scanner, `${long}x`)).toMatchObject({ said: [], rest: '' });
    expect(scanOnce(scanner, 'B\nB\n')).toMatchObject({ said: ['long 7 -8194..1'], rest: 'B\n', line: 9 });
  });
});

test.each([
  ['', true],
  [' \t\r\n', true],
  ['a', false],
  ['  a', false],
  ['\u00a0', false],
  ['\v', false],
])('%j is blank: %s', (content, isNothing) => {
  const bytes = Buffer.from(`x${content}x`);
  expect(isBlank(bytes, 1, bytes.length - 1)).toBe(isNothing);
});

test.each([
  [[], 0],
  [[0x61], 0],
  [[0xef, 0xbb, 0xbf], 3],
  [[0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf], 3],
  [[0xef, 0xbb], 0],
  [[0xef, 0xbb, 0x61], 0],
  [[0x61, 0x62, 0x00], 0],
  [[0x00], 0],
  [[0x00, 0x00], 0],
  [[0xff, 0x61], 0],
  [[0xfe, 0x61], 0],
  [[0xff, 0xff], 0],
])('the mark of %j has %d bytes', (bytes, length) => {
  expect(markLength(Buffer.from(bytes))).toBe(length);
});

test.each([[[0xff, 0xfe]], [[0xfe, 0xff, 0x61]], [[0x61, 0x00]], [[0x00, 0x61, 0x00]]])(
  '%j is UTF-16',
  (bytes) => {
    expect(() => markLength(Buffer.from(bytes))).toThrow(
      expect.objectContaining({ kind: 'usage', hint: expect.stringContaining('iconv') as string }),
    );
  },
);
