/** Lines of logs, each told by its beginning. */
import { describe, expect, test } from 'vitest';
import { createLogFormat, hasPairRows, type LogOptions } from '../../src/formats/log/log.ts';
import { deliver } from '../shaping/delivered.ts';
import { places, rowsOf, supplyIn } from './rows.ts';

const USUAL: LogOptions = {
  columns: ['a', 'b', 'c'],
  nulls: ['-'],
  empty: 'omit',
  ragged: 'reject',
  only: undefined,
  passesCells: false,
};

function read(content: string, options: Partial<LogOptions> = {}, slabSizes: readonly number[] = [1000]) {
  return deliver(supplyIn(createLogFormat({ ...USUAL, ...options }), content, { slabSizes }));
}

describe('cells', () => {
  test.each([
    ['x [1 2] "y z"', { a: 'x', b: '1 2', c: 'y z' }],
    ['- "-" x', { c: 'x' }],
    ['"" [] x', { c: 'x' }],
    [
      String.raw`"a \"b\" \\ c" \x "\x22"`,
      { a: String.raw`a "b" \ c`, b: String.raw`\x`, c: String.raw`\x22` },
    ],
    ['"a"b" x [y', { a: 'a"b', b: 'x', c: '[y' }],
    ['[::1]:443 [a]b x', { a: '[::1]:443', b: '[a]b', c: 'x' }],
    ['  x   y  z ', { a: 'x', b: 'y', c: 'z' }],
    ['x\ty z ü', { a: 'x\ty', b: 'z', c: 'ü' }],
  ])('%s', async (line, row) => {
    for (const slab of [1, 3, 1000]) {
      const delivered = await read(`${line}\r\n`, {}, [slab]);
      expect([rowsOf(delivered), places(delivered)]).toEqual([[row], []]);
    }
  });

  test('what does not add up costs its line, and is never guessed', async () => {
    const delivered = await read('a b "c\n1 2 3\na b\n"a "b" c" d\na b c d\n"a b\nc" d\n');
    expect(rowsOf(delivered)).toEqual([{ a: '1', b: '2', c: '3' }]);
    expect(places(delivered)).toEqual([
      [1, 5, 'unclosed-quote'],
      [3, 'ragged-row'],
      [4, 8, 'unclosed-quote'],
      [5, 'ragged-row'],
      [6, 1, 'unclosed-quote'],
      [7, 1, 'unclosed-quote'],
    ]);
  });

  test.each([
    ['pad', 1, 2],
    ['truncate', 1, 2],
    ['fit', 0, 3],
    ['reject', 2, 1],
  ] as const)('of another number, --ragged %s', async (ragged, rejected, rows) => {
    const delivered = await read('1 2 3\n1 2\n1 2 3 4\n', { ragged });
    expect([delivered.rejects.length, delivered.rows]).toEqual([rejected, rows]);
  });

  test('without names are counted', async () => {
    expect(rowsOf(await read('x y\nz\n', { columns: undefined }))).toEqual([
      { column1: 'x', column2: 'y' },
      { column1: 'z' },
    ]);
  });
});

describe('pairs and JSON', () => {
  test.each([
    [
      'level=info msg="a \\"b\\" \\\\ \\n \\u00fc \\x41" n=',
      { level: 'info', msg: 'a "b" \\ \n ü A', n: '' },
    ],
    ['a="\\U0001f600 \\U00110000 \\q \\t"', { a: '😀 \uFFFD q \t' }],
    ['a.b=1 a.b=2 __proto__=x', { 'a.b': '2', ['__proto__']: 'x' }],
    ['{"a": 1, "b": [2]}', { a: 1, b: [2] }],
    ['<134>2016-07-04T22:37:26Z cache-sjc3128 LogTest[62959]: {"a":1}', { a: 1 }],
    ['<134>2016-07-04T22:37:26Z cache-sjc3128 LogTest[62959]: {"a": 1, "b": "c: d"}', { a: 1, b: 'c: d' }],
    ['<13>Jul  4 22:37:26 host app: a=1', { a: '1' }],
    ['<13>Jul  4 22:37:26 host app: a="x: y"', { a: 'x: y' }],
  ])('%s', async (line, row) => {
    const delivered = await read(`${line}\n`);
    expect(places(delivered)).toEqual([]);
    expect(JSON.stringify(rowsOf(delivered)[0])).toBe(JSON.stringify(row));
  });

  test('what is neither is a reject', async () => {
    const delivered = await read('{"a":\na=1 "b"\na=1 b\n<13>no prefix of syslog\n');
    expect(places(delivered).map((place) => (place as unknown[]).at(-1))).toEqual([
      'not-json',
      'not-logfmt',
      'not-logfmt',
      'ragged-row',
    ]);
  });

  test('a line that is not UTF-8 is a reject', async () => {
    const delivered = await deliver(
      supplyIn(createLogFormat(USUAL), Buffer.from('a="\xff"\nx \xff y\n', 'latin1')),
    );
    expect(places(delivered).map((place) => (place as unknown[]).at(-1))).toEqual(['not-utf8', 'not-utf8']);
  });

  test('lines that do not tell of what is wanted are left out, and counted', async () => {
    const content = 'a=1 msg=done\na=2\n{"a":3,"msg":"done"}\n{"a":4}\nx y z\n';
    const delivered = await read(content, { only: 'done', passesCells: true });
    expect(rowsOf(delivered)).toEqual([
      { a: '1', msg: 'done' },
      { a: 3, msg: 'done' },
    ]);
    expect(delivered.warnings).toEqual({ 'line-passed-over': 3 });
    expect(delivered.rejects).toEqual([]);
  });

  test.each([
    ['a=1 done\nx y z\n', true],
    ['a=1\nb=2\n', true],
    ['a=1\nx y z\n', false],
    ['x y z\n', false],
    ['', false],
  ])('whether lines of cells repeat the others: %j', (head, wanted) => {
    expect(hasPairRows(Buffer.from(head), 'done')).toBe(wanted);
  });
});

test('ranges in the middle give the same rows', async () => {
  const supply = supplyIn(createLogFormat(USUAL), 'x y z\n\n{"a":1}\na=b\n1 2 3\n', { slabSizes: [3] });
  const whole = await deliver(supply, undefined, { maxRows: 1, maxBytes: 1e6 });
  expect(whole.rows).toBe(4);
  for (const { range, text } of whole.blocks) expect((await deliver(supply, range)).text).toBe(text);
});
