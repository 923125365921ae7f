/** Where cells go in the object of a row, and whether a kernel may write it. */
import { describe, expect, test } from 'vitest';
import type { ArrangedCell } from '../../../src/contracts/format.ts';
import { arrangeColumns, type ColumnNode } from '../../../src/formats/csv/columns.ts';
import { CSV_DIALECT, TSV_DIALECT, type Dialect } from '../../../src/formats/csv/dialect.ts';
import { divisible, plainTableOf } from '../../../src/formats/csv/plain-table.ts';
import type { TableOptions } from '../../../src/formats/csv/table-options.ts';
import { stepsOf } from '../../../src/formats/paths.ts';

const cells = (...paths: string[]) => paths.map((path, column) => ({ path, column }));

/** A tree as one reads it: the number of a cell, or a value as JSON. */
function shapeOf(node: ColumnNode | undefined): unknown {
  switch (node?.kind) {
    case 'cell':
      return node.column;
    case 'fixed':
      return node.text.toString();
    case 'object':
      return Object.fromEntries(node.members.map(({ key, node: inner }) => [key, shapeOf(inner)]));
    case 'list':
      return node.elements.map((element) => shapeOf(element));
    case undefined:
      return undefined;
  }
}

test.each<[string, (string | number)[]]>([
  ['a', ['a']],
  ['a.b.c', ['a', 'b', 'c']],
  ['a[0]', ['a', 0]],
  ['a[12][3].b', ['a', 12, 3, 'b']],
  ['a[999]', ['a', 999]],
  ['a[1000]', ['a[1000]']],
  ['a.b[1000].c', ['a.b[1000].c']],
  ['[0]', ['[0]']],
  ['a[]', ['a[]']],
  ['a[x]', ['a[x]']],
  ['a[0', ['a[0']],
  ['a]', ['a]']],
  ['a[0]b', ['a[0]b']],
  ['a..b', ['a..b']],
  ['.a', ['.a']],
  ['', ['']],
  ['$time', ['$time']],
  ['a b', ['a b']],
])('the name %j leads over %j', (name, steps) => {
  expect(stepsOf(name)).toEqual(steps);
});

describe('columns', () => {
  test.each<[ArrangedCell[], unknown]>([
    [cells('a', 'b'), { a: 0, b: 1 }],
    [cells('a.b', 'c', 'a.d'), { a: { b: 0, d: 2 }, c: 1 }],
    [cells('a[1]', 'a[0]'), { a: [1, 0] }],
    [cells('a[2].b'), { a: [undefined, undefined, { b: 0 }] }],
    [cells('a[0][1]', 'a[0][0]'), { a: [[1, 0]] }],
    [
      [
        { path: 'a', column: 4 },
        { path: 'b.c', value: { d: [1] } },
      ],
      { a: 4, b: { c: '{"d":[1]}' } },
    ],
    [[{ path: 'a', value: undefined }], { a: 'null' }],
    [[], {}],
  ])('%j', (arranged, shape) => {
    expect(shapeOf(arrangeColumns(arranged))).toEqual(shape);
  });

  test('members have what is written in front of them', () => {
    const root = arrangeColumns([...cells('a"b', 'c.d'), { path: 'e', value: 1 }]);
    const members = root.kind === 'object' ? root.members : [];
    expect(members.map(({ prefix }) => prefix.toString())).toEqual([',"a\\"b":"', ',"c":', ',"e":']);
  });

  test.each([
    [['a', 'a'], 'a'],
    [['a', 'a.b'], 'a.b'],
    [['a.b', 'a'], 'a'],
    [['a[0]', 'a.b'], 'a.b'],
    [['a.b', 'a[0]'], 'a[0]'],
    [['a[0]', 'a'], 'a'],
    [['a', 'a[0]'], 'a[0]'],
    [['a[0].b', 'a[0]'], 'a[0]'],
  ])('%j cannot stand beside each other', (paths, path) => {
    expect(() => arrangeColumns(cells(...paths))).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: `two columns are mapped to ${JSON.stringify(path)}, or one stands in the way of it`,
      }),
    );
  });
});

describe('a table that a kernel reads', () => {
  const tableOf = (dialect: Partial<Dialect> = {}, arranged: ArrangedCell[] = cells('a', 'b')) =>
    plainTableOf(
      { dialect: { ...CSV_DIALECT, ...dialect }, empty: 'null' },
      { count: 3, endsNameless: false, root: arrangeColumns(arranged) },
    );

  test('is told by bytes', () => {
    const dialect = { delimiter: ';', quote: "'", trim: true, comment: '//', nulls: ['NULL', 'é'] };
    expect(tableOf(dialect, [...cells('a'), { path: 'b', value: 1 }])).toEqual({
      delimiter: 0x3b,
      quote: 0x27,
      trims: true,
      comment: 0x2f,
      columns: 3,
      empty: 'null',
      nulls: [Buffer.from('NULL'), Buffer.from('é')],
      members: [
        { key: 'a', prefix: Buffer.from(',"a":"'), value: { column: 0 } },
        { key: 'b', prefix: Buffer.from(',"b":'), value: { json: Buffer.from('1') } },
      ],
    });
    expect(tableOf(TSV_DIALECT)).toMatchObject({
      delimiter: 9,
      quote: undefined,
      comment: undefined,
      nulls: [],
    });
    expect(tableOf({ escape: '"' })).toBeDefined();
  });

  test.each<[Partial<Dialect>, string[]]>([
    [{ delimiter: '||' }, ['a']],
    [{ delimiter: '¦' }, ['a']],
    [{ delimiter: '"' }, ['a']],
    [{ escape: '\\' }, ['a']],
    [{ nulls: ['NULL', ''] }, ['a']],
    [{}, ['a', 'b.c']],
    [{}, ['a[0]', 'b']],
  ])('is none of %j with columns %j', (dialect, paths) => {
    expect(tableOf(dialect, cells(...paths))).toBeUndefined();
  });

  test('is none where a row is no object', () => {
    const root: ColumnNode = { kind: 'cell', column: 0 };
    const columns = { count: 1, endsNameless: false, root };
    expect(plainTableOf({ dialect: CSV_DIALECT, empty: 'omit' }, columns)).toBeUndefined();
  });
});

describe('a table that threads read', () => {
  const options: TableOptions = { name: 'csv', dialect: CSV_DIALECT, header: 'none', empty: 'omit' };

  test('is given to them as data, without what arranges it', () => {
    expect(divisible({ ...options, arrange: () => [] })).toEqual({ divisible: { quote: 0x22, options } });
    expect(divisible({ ...options, dialect: TSV_DIALECT }).divisible?.quote).toBeUndefined();
  });

  test.each([
    { ...options, fieldsLine: '#Fields: a' },
    { ...options, dialect: { ...CSV_DIALECT, escape: '\\' } },
    { ...options, dialect: { ...CSV_DIALECT, delimiter: '||' } },
  ])('is none of %j', (other) => {
    expect(divisible(other)).toEqual({});
  });
});
