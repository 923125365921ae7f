/** The first record of a table: what is in front of it, and what a file of rejects begins with. */
import { describe, expect, test } from 'vitest';
import { CSV_DIALECT, type Dialect } from '../../../src/formats/csv/dialect.ts';
import {
  endOfComment,
  headerOf,
  isBlankRecord,
  readFirst,
  readHeaderNames,
} from '../../../src/formats/csv/first-record.ts';
import { readFieldsLine } from '../../../src/formats/csv/fields-line.ts';
import { RecordReader } from '../../../src/formats/csv/records.ts';

const COMMENTS: Partial<Dialect> = { comment: '#' };

describe('the first record', () => {
  test.each<[string, Partial<Dialect>, number]>([
    ['a,b\n', {}, 0],
    ['\n\r\n \t\na,b\n', {}, 6],
    [',\n,,\na,b\n', {}, 5],
    ['\uFEFFa\n', {}, 3],
    ['x\ny\na\n', { skipLines: 2 }, 4],
    ['\uFEFFx\na\n', { skipLines: 1 }, 5],
    ['# x\n#y\na\n', COMMENTS, 7],
    ['# "x\n\n#\na,b\n', COMMENTS, 8],
    ['#x\n#y\na\n', { ...COMMENTS, skipLines: 1 }, 6],
    ['// x\n/a\n', { comment: '//' }, 5],
    ['#a\n', {}, 0],
    [' ,\na\n', {}, 0],
    ['"",\n', {}, 0],
  ])('of %j, %j, begins at %d', (content, dialect, at) => {
    const whole = { ...CSV_DIALECT, ...dialect };
    expect(readFirst(new RecordReader(whole), Buffer.from(content), { dialect: whole, final: false })).toBe(
      at,
    );
  });

  test.each<[string, Partial<Dialect>, boolean]>([
    ['', {}, true],
    ['\n\n', {}, true],
    ['a,b', {}, false],
    ['"a', {}, true],
    ['"a"b\n', {}, true],
    ['x\n', { skipLines: 1 }, true],
    ['x', { skipLines: 1 }, true],
    ['# x\n# y', COMMENTS, true],
  ])('%j, %j, has none', (content, dialect, final) => {
    const whole = { ...CSV_DIALECT, ...dialect };
    expect(readFirst(new RecordReader(whole), Buffer.from(content), { dialect: whole, final })).toBe(-1);
    if (final) expect(readHeaderNames(Buffer.from(content), whole)).toEqual([]);
  });

  test('names the columns, also where no line end follows', () => {
    expect(readHeaderNames(Buffer.from('# x\na,"b c"'), { ...CSV_DIALECT, ...COMMENTS })).toEqual([
      'a',
      'b c',
    ]);
  });
});

test.each([
  ['#a\nb', '#', 3],
  ['#a', '#', -1],
  ['a#\n', '#', 0],
  ['#a\n', undefined, 0],
  ['//a\n', '//', 4],
  ['/a\n', '//', 0],
  ['§a\n', '§', 4],
  ['#', '##', 0],
  ['', '#', 0],
])('a comment in %j with %j ends at %d', (content, comment, end) => {
  const bytes = Buffer.from(`x${content}#\n`);
  const found = endOfComment(bytes, 1, bytes.length - 2, comment);
  expect(found < 0 ? found : found - 1).toBe(end);
});

test.each([
  ['', true],
  [' \t', true],
  [',,', true],
  ['a', false],
  [' ,', false],
  [', ', false],
  ['""', false],
  ['"",""', false],
  [',,a', false],
])('%j is blank: %j', (content, isBlank) => {
  const record = new RecordReader(CSV_DIALECT);
  const bytes = Buffer.from(content);
  record.read(bytes, { from: 0, to: bytes.length, final: true });
  expect(isBlankRecord(bytes, record)).toBe(isBlank);
});

describe('what a file of rejects begins with', () => {
  const begin = (content: string, dialect: Partial<Dialect> = {}, more: object = {}) =>
    Buffer.from(
      headerOf(
        { name: 'csv', dialect: { ...CSV_DIALECT, ...dialect }, header: 'first', empty: 'omit', ...more },
        Buffer.from(content),
      ),
    ).toString();

  test('the header as it stands, with so many lines in front as are passed over', () => {
    expect(begin('\uFEFF\n"a\n""b",c\r\n1,2\n')).toBe('"a\n""b",c\n');
    expect(begin('x\ny\na,b\n1,2\n', { skipLines: 2 })).toBe('\n\na,b\n');
    expect(begin('a,b')).toBe('a,b\n');
  });

  test('a line of fields, or nothing where the names were given', () => {
    expect(begin('#Fields: a b\n1,2\n', COMMENTS, { fieldsLine: '#Fields: a b', header: ['a', 'b'] })).toBe(
      '#Fields: a b\n',
    );
    expect([begin('1,2\n', {}, { header: ['a', 'b'] }), begin('1,2\n', {}, { header: 'none' })]).toEqual([
      '',
      '',
    ]);
  });
});

test.each<[string, string, string[]]>([
  ['#Fields: a b\n1 2\n', '#Fields: a b', ['a', 'b']],
  [
    '\uFEFF#Version: 1.0\r\n#Fields:\tdate  time c-ip \r\n#Remark: x\r\n1\r\n',
    '#Fields:\tdate  time c-ip ',
    ['date', 'time', 'c-ip'],
  ],
  ['#Fields: a\n#Fields: b\n', '#Fields: b', ['b']],
  ['#Fields: a', '#Fields: a', ['a']],
  ['#Fields:\n', '#Fields:', []],
])('%j is named by %j', (content, text, names) => {
  expect(readFieldsLine(Buffer.from(content))).toEqual({ text, names });
});

test.each(['', '1 2\n#Fields: a\n', '#fields: a\n', '# x\n\n#Fields: a\n', 'x#Fields: a\n'])(
  '%j has no line of fields in front',
  (content) => {
    expect(readFieldsLine(Buffer.from(content))).toBeUndefined();
  },
);
