/** What the columns of a table are called, and where their cells go. */
import { expect, describe, test } from 'vitest';
import type { Arrange } from '../../../src/contracts/format.ts';
import {
  asNamed,
  columnsOf,
  MAX_HEADER_BYTES,
  namesOf,
  type Header,
} from '../../../src/formats/csv/header.ts';
import { CSV_DIALECT, type Dialect } from '../../../src/formats/csv/dialect.ts';
import { RecordReader } from '../../../src/formats/csv/records.ts';

/** The names of a table that begins with this record, `before` bytes into what was read. */
function namesIn(
  content: string | Buffer,
  {
    header = 'first',
    before = 0,
    dialect = {},
  }: { header?: Header; before?: number; dialect?: Partial<Dialect> } = {},
) {
  const bytes = Buffer.concat([Buffer.alloc(before, 'x'), Buffer.from(content as string)]);
  const record = new RecordReader({ ...CSV_DIALECT, ...dialect });
  expect(record.read(bytes, { from: before, to: bytes.length, final: true })).toBe('whole');
  return namesOf(header, bytes, record);
}

test.each<[string, readonly string[]]>([
  ['a,b\n', ['a', 'b']],
  ['a,b', ['a', 'b']],
  ['a\r\n', ['a']],
  ['a,,b,\n', ['a', '', 'b', '']],
  [' a ,b c\n', [' a ', 'b c']],
  ['é,日本\n', ['é', '日本']],
  ['"a,b","c\nd"\n', ['a,b', 'c\nd']],
  ['"a ""b""","c"\n', ['a "b"', 'c']],
  // Outside quotes two quotes are two.
  ['a""b\n', ['a""b']],
  // Marks of an encoding are no part of the first name, but of others.
  ['\uFEFFa,\uFEFFb\n', ['a', '\uFEFFb']],
  ['\uFEFF\uFEFFa\n', ['a']],
  ['"\uFEFFa",b\n', ['a', 'b']],
  ['a\uFEFF,b\n', ['a\uFEFF', 'b']],
  // Quoted, a carriage return is text.
  ['"a\rb",c\n', ['a\rb', 'c']],
  ['"a""\rb",c\n', ['a"\rb', 'c']],
])('the first record %j names %j', (content, names) => {
  expect(namesIn(content)).toEqual(names);
  expect(namesIn(content, { before: 7 })).toEqual(names);
});

test('quotes are doubled in any dialect of them', () => {
  expect(namesIn("'a ''b'''\n", { dialect: { quote: "'" } })).toEqual(["a 'b'"]);
  expect(namesIn("'a ''b'''\n")).toEqual(["'a ''b'''"]);
});

test('names that were given, or numbers, take the place of the first record', () => {
  expect(namesIn('1,2\n', { header: ['x', 'y', 'z'] })).toEqual(['x', 'y', 'z']);
  expect(namesIn('1,2,\n', { header: 'none' })).toEqual(['column1', 'column2', 'column3']);
  const noText = Buffer.from([0xff, 0x2c, 0x0d, 0x31]);
  expect(namesIn(noText, { header: 'none' })).toEqual(['column1', 'column2']);
});

describe('a header that is refused', () => {
  test('is longer than any', () => {
    const most = 'a'.repeat(MAX_HEADER_BYTES);
    expect(namesIn(`${most}\n`, { before: 1 })).toEqual([most]);
    expect(() => namesIn(`${most}a\n`)).toThrow(
      expect.objectContaining({ kind: 'usage', message: 'the header takes more than 65536 bytes' }),
    );
  });

  test.each([
    ['latin1', Buffer.from('caf\xe9,b\n', 'latin1')],
    ['cut', Buffer.from('a,\u00e9\n').subarray(0, 3)],
  ])('is no UTF-8: %s', (_, bytes) => {
    expect(() => namesIn(bytes, { before: 3 })).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: 'the header is not valid UTF-8',
        hint: expect.stringContaining('--encoding latin1') as string,
      }),
    );
  });

  test('is followed by bytes that are none: those are of no account', () => {
    expect(namesIn(Buffer.from([0x61, 0x0a, 0xff]))).toEqual(['a']);
  });

  test.each(['a,b\r1,2\r3,4', 'a\rb,"c"\n', 'a,b\rc,d\n'])('%j has lines that end in CR', (content) => {
    expect(() => namesIn(content)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: 'the header contains a carriage return: lines must end in LF or CRLF',
        hint: expect.stringContaining('tr') as string,
      }),
    );
  });
});

/** How each column is addressed. */
function addresses(names: readonly string[]): readonly string[] {
  let known: readonly string[] = [];
  columnsOf(names, (addressed) => {
    known = addressed;
    return [];
  });
  return known;
}

test.each([
  [
    ['a', 'b'],
    ['a', 'b'],
  ],
  [
    ['', 'b'],
    ['#1', 'b'],
  ],
  [
    ['a', 'b', 'a', 'a'],
    ['a', 'b', '#3', '#4'],
  ],
  [
    ['a', ''],
    ['a', '#2'],
  ],
  [
    ['', ''],
    ['#1', '#2'],
  ],
  [[''], ['#1']],
])('columns %j are addressed as %j', (names, known) => {
  expect(addresses(names)).toEqual(known);
});

test.each([
  [['a', ''], true],
  [['a', 'b'], false],
  [['', 'b'], false],
  [['a', '', ''], true],
  // One column without a name is no surplus delimiter.
  [[''], false],
  [[], false],
])('%j ends with a surplus delimiter: %j', (names, endsNameless) => {
  expect(columnsOf(names, () => [])).toMatchObject({ count: names.length, endsNameless });
});

/** The places of cells in the object. */
const placesOf = (names: readonly string[], arrange: Arrange = asNamed) => {
  const { root } = columnsOf(names, arrange);
  return root.kind === 'object' ? root.members.map(({ key, node }) => [key, node]) : root;
};

test('a cell goes where its name says', () => {
  expect(placesOf(['a', 'b'])).toEqual([
    ['a', { kind: 'cell', column: 0 }],
    ['b', { kind: 'cell', column: 1 }],
  ]);
});

test('a column without a name keeps none, and goes elsewhere when it is mapped', () => {
  expect(placesOf(['a', ''])).toEqual([
    ['a', { kind: 'cell', column: 0 }],
    ['', { kind: 'cell', column: 1 }],
  ]);
  const mapped: Arrange = (names) =>
    names.map((name, column) => ({ path: name === '#2' ? 'b' : name, column }));
  expect(placesOf(['a', ''], mapped)).toEqual([
    ['a', { kind: 'cell', column: 0 }],
    ['b', { kind: 'cell', column: 1 }],
  ]);
});

test('two columns of one name are refused unless one goes elsewhere', () => {
  expect(() => columnsOf(['a', 'a'], asNamed)).toThrow(
    expect.objectContaining({ kind: 'usage', message: expect.stringContaining('"a"') as string }),
  );
  const second: Arrange = (names) =>
    names.map((name, column) => ({ path: name === '#2' ? 'b' : name, column }));
  expect(placesOf(['a', 'a'], second)).toEqual([
    ['a', { kind: 'cell', column: 0 }],
    ['b', { kind: 'cell', column: 1 }],
  ]);
  const dropped: Arrange = () => [{ path: 'a', column: 1 }];
  expect(placesOf(['a', 'a'], dropped)).toEqual([['a', { kind: 'cell', column: 1 }]]);
});

test('a value for all rows stands among the cells', () => {
  const withValue: Arrange = () => [
    { path: 'a', column: 0 },
    { path: 'type', value: 'clone' },
  ];
  expect(placesOf(['a'], withValue)).toEqual([
    ['a', { kind: 'cell', column: 0 }],
    ['type', { kind: 'fixed', text: Buffer.from('"clone"') }],
  ]);
});
