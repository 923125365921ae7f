/** What the first lines of a table say of its delimiter and its header. */
import { describe, expect, test } from 'vitest';
import {
  detectDelimiter,
  linesAboveTable,
  quotedNames,
  refuseRowAsHeader,
  separatorLine,
  trailingDelimiter,
} from '../../../src/formats/csv/detect-dialect.ts';
import { CSV_DIALECT, TSV_DIALECT, type Dialect } from '../../../src/formats/csv/dialect.ts';

const delimiterOf = (content: string, asked: Partial<Dialect> = {}) =>
  detectDelimiter(Buffer.from(content), { ...CSV_DIALECT, ...asked });

describe('the delimiter', () => {
  test.each([
    ['a,b\n1,2\n', ','],
    ['a,b;c;d\n1;2\n', ','],
    ['', ','],
    ['a\n1\n', ','],
    ['a;b\n1;2\n', ';'],
    ['a\tb\n1\t2\n', '\t'],
    ['a|b\n1|2\n', '|'],
    ['a;b', ';'],
    // Lines must agree, and the one with most cells wins.
    ['a;b\n1\n', ','],
    ['a;b\n1;2;3\n', ','],
    ['a;b|c\n1;2|3|4\n', ';'],
    ['a;b|c|d\n1;2|3|4\n', '|'],
    ['a|b;c;d\n1|2;3;4\n', ';'],
    // Those in quotes are text.
    ['"a,b";c\n1;"2,;3"\n', ';'],
    ['"a;b"\n"1;2"\n', ','],
    // Blank lines and a mark of the encoding are none.
    ['\uFEFF\r\n \na;b\r\n\r\n1;2\r\n', ';'],
  ])('of %j is %j', (content, delimiter) => {
    expect(delimiterOf(content).delimiter).toBe(delimiter);
  });

  test('is looked for behind comments and lines in front', () => {
    const content = 'x,y\n# a|b\na;b\n#\n1;2\n';
    expect(delimiterOf(content, { skipLines: 1, comment: '#' }).delimiter).toBe(';');
    expect(delimiterOf(content, { comment: '#' }).delimiter).toBe(',');
    expect(delimiterOf('#a;b\n#1;2\n').delimiter).toBe(';');
  });

  test('fifty lines are searched, behind those in front', () => {
    const blank = '\n'.repeat(49);
    expect(delimiterOf(`${blank}a;b\n1,2\n`).delimiter).toBe(';');
    expect(delimiterOf(`\n${blank}a;b\n1;2\n`).delimiter).toBe(',');
    expect(delimiterOf(`x\ny\n${blank}a;b\n1;2\n`, { skipLines: 2 }).delimiter).toBe(';');
  });

  test.each([
    ['a;b\n', CSV_DIALECT, '";"'],
    ['a|b\n', CSV_DIALECT, '"|"'],
    ['a\tb\n', CSV_DIALECT, 'a tab'],
    ['a,b\n', TSV_DIALECT, 'a comma'],
  ])('another than the usual one of %j is said', (content, dialect, name) => {
    const note = `the columns are taken to be divided by ${name} (--delimiter says otherwise)`;
    expect(delimiterOf(content, dialect).note).toBe(note);
  });

  test('the usual one is not', () => {
    expect([delimiterOf('a,b\n'), delimiterOf('a\n')]).toEqual([{ delimiter: ',' }, { delimiter: ',' }]);
    expect(delimiterOf('a\tb,c\n', TSV_DIALECT)).toEqual({ delimiter: '\t' });
  });
});

describe('a first line that is a row', () => {
  test.each([
    '2026-11-01',
    '2026-11-01T10:00:00Z',
    '2026-11-01 10:00',
    ' 2026-11-01 ',
    '01/Nov/2026:10:00:00',
    '1/11/2026',
    '10/Oct/2026',
    '192.0.2.1',
    '8.8.8.8',
    '2001:db8::1',
    '::1',
    'FE80:0:0:0:0:0:0:1',
    '1793527200',
    '1793527200000',
    '1793527200.25',
  ])('%j is no name', (value) => {
    expect(() => refuseRowAsHeader(['time', value], 'a.csv')).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: `a.csv: the first line looks like a row, not like names of columns: ${JSON.stringify(value)}`,
        hint: expect.stringContaining('--header none') as string,
      }),
    );
  });

  test.each([
    '',
    'time',
    '2026-11',
    '2026-11-01x',
    'x2026-11-01',
    '2026-11-01 x',
    'x1/11/2026',
    '1/11/20261',
    '123/11/2026',
    '1/Novem/2026',
    '1/11/26',
    '192.0.2',
    '192.0.2.1.5',
    '1920.0.2.1',
    'v192.0.2.1',
    '::',
    'a::b',
    'ab:cd',
    '12345::1',
    '1:2:3:4:5:6:7:8:9',
    'x::1',
    '::1x',
    '179352720',
    '17935272001',
    '17935272000001',
    '1793527200x',
    'x1793527200',
    '1793527200.',
    '#comment',
  ])('%j may be one', (value) => {
    expect(() => refuseRowAsHeader(['time', value], 'a.csv')).not.toThrow();
  });

  test.each([
    '#Version: 1.0',
    '#Fields: date time',
    '#software: x',
    '#Start-Date: x',
    '#Remark: ',
    '#Date: x',
  ])('%j is a directive', (value) => {
    const thrown = { kind: 'usage', message: expect.stringContaining(JSON.stringify(value)) as string };
    expect(() => refuseRowAsHeader([value], 'a.csv')).toThrow(
      expect.objectContaining({ ...thrown, hint: expect.stringContaining("--comment '#'") as string }),
    );
    expect(() => refuseRowAsHeader(['a', value], 'a.csv')).not.toThrow();
  });

  test.each(['x#Version: 1.0', '#Version:1.0', '#Other: x'])('%j is none', (value) => {
    expect(() => refuseRowAsHeader([value], 'a.csv')).not.toThrow();
  });

  test('a table without names has nothing to refuse', () => {
    expect(() => refuseRowAsHeader([], 'a.csv')).not.toThrow();
  });
});

test.each([
  ['sep=;\na;b\n', ';'],
  ['SEP=,\r\na,b\n', ','],
  ['\uFEFFsep=|\n', '|'],
  ['sep=\t\n', '\t'],
  ['sep=;', undefined],
  ['sep=;;\n', undefined],
  ['sep="\n', undefined],
  ['sep=\n', undefined],
  ['xsep=;\n', undefined],
  ['a\nsep=;\n', undefined],
  [' sep=;\n', undefined],
])('%j says %j', (content, delimiter) => {
  expect(separatorLine(Buffer.from(content))).toBe(delimiter);
});

test('names that all stand in quotes are told of where quotes are text', () => {
  expect(quotedNames(['"a"', '"b"'], TSV_DIALECT)).toHaveLength(1);
  expect(quotedNames(['"a"', 'b'], TSV_DIALECT)).toEqual([]);
  expect(quotedNames(['"a"'], CSV_DIALECT)).toEqual([]);
  expect(quotedNames([], TSV_DIALECT)).toEqual([]);
});

test.each([
  ['Title\na,b\n1,2\n', 1],
  ['Title\r\n\r\na;b\r\n1;2\r\n', 2],
  ['# Title: x\n# -----\na\tb\n1\t2\n', 2],
  ['a,b\n1,2\n', 0],
  ['one\nwords\n', 0],
  // One column of numbers, names of which not all are names, and a cell of several lines.
  ['n\n1,5\n2,5\n', 0],
  ['n\na,2\nb,3\n', 0],
  ['text\n"Dear all,\nas said, so\nbe it, then"\n', 0],
])('above the table in %j there are %d lines', (content, lines) => {
  expect(linesAboveTable(Buffer.from(content))).toBe(lines);
});

const HEADER_ENDS = ['only the header ends with a delimiter, which is left out'];
const ROWS_END = ['only rows end with a delimiter, which is left out'];

test.each([
  ['a,b,\n1,2\n', HEADER_ENDS],
  ['a,b\n1,2,\n', ROWS_END],
  ['a,b\r\n1,2,\r\n', ROWS_END],
  ['a,b,\n1,2,\n', []],
  ['a,b\n1,2\n', []],
  // By more than one cell, something else is wrong.
  ['a,b,\n1\n', []],
  ['a\n1,2,\n', []],
  // Where the number is the same, it is an empty cell.
  ['a,b\n1,\n', []],
  ['a,b,\n', []],
  ['', []],
  // Delimiters in quotes are none.
  ['"a,x",b,\n1,2\n', HEADER_ENDS],
])('of %j it is said: %j', (content, notes) => {
  expect(trailingDelimiter(Buffer.from(content), CSV_DIALECT)).toEqual(notes);
});
