/** Cells as members of JSON: with escapes removed and made, and what stands for an empty one. */
import { describe, expect, test } from 'vitest';
import { CellText, type EmptyCells } from '../../../src/formats/csv/cells.ts';
import { arrangeColumns } from '../../../src/formats/csv/columns.ts';
import { CSV_DIALECT, TSV_DIALECT, type Dialect } from '../../../src/formats/csv/dialect.ts';
import { RecordReader } from '../../../src/formats/csv/records.ts';
import { describeQuote } from '../../../src/formats/csv/stray-quote.ts';
import { unescapedCell } from '../../../src/formats/csv/unescape.ts';

const BARE: Partial<Dialect> = { ...TSV_DIALECT, escape: '\\' };
const EVERYWHERE: Partial<Dialect> = { escape: '\\', escapeAll: true };

describe('a cell without its escapes', () => {
  test.each<[Partial<Dialect>, string, string]>([
    [{ escape: '\\' }, 'a\\"b\\\\c\\nd\\', 'a"b\\c\\nd\\'],
    [{ escape: '\\', quote: "'" }, `\\'\\"`, `'\\"`],
    [EVERYWHERE, 'a\\,b\\n\\\\\\"', 'a,bn\\"'],
    [EVERYWHERE, '\\', '\\'],
    [BARE, '\\0\\b\\t\\n\\v\\f\\r\\Z', '\0\b\t\n\v\f\r\x1a'],
    [BARE, '\\x\\\\\\"\\\n\\B\\z', 'x\\"\nBz'],
    [BARE, 'é\\t日\\', 'é\t日\\'],
    [{ escape: '"' }, 'a""b""', 'a"b"'],
    [{ escape: "'", quote: "'" }, "''a''", "'a'"],
    [{ escape: undefined }, 'a\\tb\0', 'a\\tb\0'],
    [BARE, '', ''],
  ])('%j: %j is %j', (dialect, cell, plain) => {
    const { quote, escape, escapeAll } = { ...CSV_DIALECT, ...dialect };
    expect(unescapedCell(Buffer.from(cell), { quote, escape, escapeAll }).toString()).toBe(plain);
  });
});

/** The object of one record. */
function written(
  content: string,
  paths: readonly string[],
  { empty = 'omit', dialect = {} }: { empty?: EmptyCells; dialect?: Partial<Dialect> } = {},
): string {
  const whole = { ...CSV_DIALECT, ...dialect };
  const record = new RecordReader(whole);
  const bytes = Buffer.from(content);
  expect(record.read(bytes, { from: 0, to: bytes.length, final: true })).toBe('whole');
  const text = new CellText(empty, whole);
  const root = arrangeColumns(paths.map((path, column) => ({ path, column })));
  text.write(root, bytes, record);
  const { bytes: json, from, to } = text.write(root, bytes, record);
  return json.toString('utf8', from, to);
}

describe('the object of a record', () => {
  test.each<[string, Partial<Dialect>, string]>([
    ['a,b', {}, '{"x":"a","y":"b"}'],
    ['a\\b,"c""d"', {}, String.raw`{"x":"a\\b","y":"c\"d"}`],
    ['a""b,"c""""d"', {}, String.raw`{"x":"a\"\"b","y":"c\"\"d"}`],
    ['\u0001,"\n"', {}, String.raw`{"x":"\u0001","y":"\n"}`],
    [`'a''b',''''`, { quote: "'" }, `{"x":"a'b","y":"'"}`],
    [`'a"b','c'`, { quote: "'" }, String.raw`{"x":"a\"b","y":"c"}`],
    [String.raw`"a\"b",c\d`, { escape: '\\' }, String.raw`{"x":"a\"b","y":"c\\d"}`],
    [String.raw`a\,b,"c\d"`, EVERYWHERE, '{"x":"a,b","y":"cd"}'],
    ['a\\tb\tc"', BARE, String.raw`{"x":"a\tb","y":"c\""}`],
  ])('of %j, %j', (content, dialect, json) => {
    expect(written(content, ['x', 'y'], { dialect })).toBe(json);
  });

  test.each<[EmptyCells, string, string]>([
    ['omit', '{"y":"b"}', '{}'],
    ['null', '{"x":null,"y":"b"}', '{"x":null,"y":null}'],
    ['string', '{"x":"","y":"b"}', '{"x":"","y":""}'],
  ])('with empty cells: %s', (empty, one, both) => {
    expect([written(',b', ['x', 'y'], { empty }), written('"",b', ['x', 'y'], { empty })]).toEqual([
      one,
      one,
    ]);
    expect(written(',', ['x', 'y'], { empty })).toBe(both);
  });

  test.each<[EmptyCells, string]>([
    ['omit', '{"a":"1"}'],
    ['null', '{"a":"1","b":null}'],
    // Text that means null is no empty text.
    ['string', '{"a":"1","b":null}'],
  ])('with cells that mean null: %s', (empty, json) => {
    const dialect = { nulls: ['-', 'NULL', '"', 'a\\N'] };
    for (const cell of ['-', 'NULL']) expect(written(`1,${cell}`, ['a', 'b'], { empty, dialect })).toBe(json);
    for (const cell of ['"-"', 'NUL', 'NULLS', 'null', '--'])
      expect(written(`1,${cell}`, ['a', 'b'], { empty, dialect })).toBe(
        `{"a":"1","b":"${cell.replaceAll('"', '')}"}`,
      );
  });

  test('null may be written with what JSON or the dialect escapes', () => {
    expect(written('1,a\\N', ['a', 'b'], { dialect: { nulls: ['a\\N'] } })).toBe('{"a":"1"}');
    expect(written('\\N\tx', ['a', 'b'], { dialect: { ...BARE, nulls: ['\\N'] } })).toBe('{"b":"x"}');
  });

  test.each<[string[], string, string]>([
    [['a.b', 'a.c'], '1,2', '{"a":{"b":"1","c":"2"}}'],
    [['a.b', 'c'], ',2', '{"c":"2"}'],
    [['c', 'a.b'], '1,', '{"c":"1"}'],
    [['a[0]', 'a[1]'], ',2', '{"a":[null,"2"]}'],
    [['a[0]', 'a[1]'], '1,', '{"a":["1"]}'],
    [['a[2]', 'b'], '1,2', '{"a":[null,null,"1"],"b":"2"}'],
    [['a[0].b', 'a[1].b'], ',2', '{"a":[null,{"b":"2"}]}'],
    [['b', 'a[0]'], '1,', '{"b":"1"}'],
  ])('%j of %j', (paths, content, json) => {
    expect(written(content, paths)).toBe(json);
  });

  test('with a value for all rows, also where all cells are empty', () => {
    const text = new CellText('omit', CSV_DIALECT);
    const record = { from: [0], to: [0], writing: [0] };
    const root = arrangeColumns([
      { path: 'a', column: 0 },
      { path: 'b', value: { c: 1 } },
    ]);
    const { bytes, from, to } = text.write(root, Buffer.alloc(0), record);
    expect(bytes.toString('utf8', from, to)).toBe('{"b":{"c":1}}');
  });
});

describe('a quote without another one', () => {
  test.each<[string, number | undefined, string]>([
    ['"a"b', 1, 'text-after-quote'],
    ['x,"a"b', 3, 'text-after-quote'],
    ['é,"a"b', 3, 'text-after-quote'],
    ['😀,"a"b', 3, 'text-after-quote'],
    ['x,"a', 3, 'unclosed-quote'],
    ['"x\ny",é,"a"b', 6, 'text-after-quote'],
    // Closed in another line, it is more likely that the other one is stray.
    ['x,"a\nb"c', 3, 'unclosed-quote'],
  ])('in %j stands at %d: %s', (content, column, reason) => {
    for (const before of ['', '\uFEFF', '1,2\n']) {
      const bytes = Buffer.from(before + content);
      const from = Buffer.byteLength(before);
      const record = new RecordReader(CSV_DIALECT);
      expect(record.read(bytes, { from, to: bytes.length, final: true })).toBe('bad');
      expect(describeQuote(bytes, from, record)).toMatchObject({ column, reason });
    }
  });
});
