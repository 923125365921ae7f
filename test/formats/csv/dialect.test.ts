/** Every dialect, held against csv-parse on generated tables. */
import { parse, type Options } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTableFormat } from '../../../src/formats/csv/csv.ts';
import { CSV_DIALECT, TSV_DIALECT, type Dialect } from '../../../src/formats/csv/dialect.ts';
import { propertyRuns } from '../../property-runs.ts';
import { deliver } from '../../shaping/delivered.ts';
import { places, rowsOf, supplyIn } from '../rows.ts';

function read(content: string, dialect: Partial<Dialect>, slabSizes: readonly number[] = [1000]) {
  const format = createTableFormat({
    name: 'csv',
    dialect: { ...CSV_DIALECT, ...dialect },
    header: 'first',
    empty: 'string',
  });
  return deliver(supplyIn(format, content, { slabSizes }));
}

/** A dialect, how csv-parse is told of it, and characters that matter in it. */
const DIALECTS: Record<string, { ours: Partial<Dialect>; theirs: Options; odd: string[] }> = {
  'single quotes': { ours: { quote: "'" }, theirs: { quote: "'", escape: "'" }, odd: ["'", "''", '"', ','] },
  'an escape': { ours: { escape: '\\' }, theirs: { escape: '\\' }, odd: ['\\', '\\"', '"', '\\\\'] },
  'no quotes': { ours: TSV_DIALECT, theirs: { delimiter: '\t', quote: false }, odd: ['"', '""', ',', "'"] },
  'two characters': { ours: { delimiter: '||' }, theirs: { delimiter: '||' }, odd: ['|', '||', '|||', '"'] },
  'a broken bar': { ours: { delimiter: '¦' }, theirs: { delimiter: '¦' }, odd: ['¦', 'Â', '¬', '"'] },
  'a control character': {
    ours: { delimiter: '\x01' },
    theirs: { delimiter: '\x01' },
    odd: ['\x01', '\x02', '"'],
  },
  'white space around cells': { ours: { trim: true }, theirs: { trim: true }, odd: [' ', '\t', ' a ', '"'] },
  comments: {
    ours: { comment: '#' },
    theirs: { comment: '#', comment_no_infix: true },
    odd: ['#', '#a', 'a#b', '"'],
  },
  'Excel of Europe': { ours: { delimiter: ';' }, theirs: { delimiter: ';' }, odd: [';', ',', '"', '""'] },
  'an escape everywhere': {
    ours: { delimiter: '|', escape: '\\', escapeAll: true },
    theirs: { delimiter: '|', escape: '\\' },
    odd: ['\\', '|', '\\|', '"', "'"],
  },
  'tabs and comments': {
    ours: { ...TSV_DIALECT, comment: '#' },
    theirs: { delimiter: '\t', quote: false, comment: '#', comment_no_infix: true },
    odd: ['#', '#a', '"', '-'],
  },
  'lines in front': { ours: { skipLines: 2 }, theirs: { from_line: 3 }, odd: ['"', ','] },
};

function hasText(row: Record<string, string>): boolean {
  return Object.values(row).some((text) => text !== '');
}

/** The table as somebody writes it, cells in quotes where they must be, or where it does no harm. */
function write(
  rows: readonly (readonly string[])[],
  { ours }: { ours: Partial<Dialect> },
  quotesAll: boolean,
): string {
  const { quote, delimiter, escape = quote, skipLines } = { ...CSV_DIALECT, ...ours };
  const written = (cell: string): string => {
    if (quote === undefined) return cell.replaceAll(/[\t\r\n]/g, ' ');
    const isPlain =
      !/[\s"'#\\]/.test(cell) && !cell.includes(delimiter[0] ?? '') && cell !== '' && !cell.includes(quote);
    if (isPlain && !quotesAll) return cell;
    const escaped = escape === quote ? cell : cell.replaceAll(escape ?? '', `${escape}${escape}`);
    return `${quote}${escaped.replaceAll(quote, `${escape}${quote}`)}${quote}`;
  };
  const lines = rows.map((row) => row.map(written).join(delimiter));
  return 'front\n'.repeat(skipLines) + lines.join('\n');
}

describe.each(Object.entries(DIALECTS))('%s', (_, dialect) => {
  test('as csv-parse reads it', async () => {
    const cell = fc.oneof(
      fc.constantFrom('', 'a', '007', 'é', '\n', 'a b', ...dialect.odd),
      fc.string({ maxLength: 5 }).filter((text) => !/[\uFEFF\r]/.test(text)),
    );
    const table = fc.integer({ min: 2, max: 4 }).chain((width) =>
      fc.record({
        rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 4 }),
        quotesAll: fc.boolean(),
        slab: fc.integer({ min: 1, max: 30 }),
        width: fc.constant(width),
      }),
    );
    await fc.assert(
      fc.asyncProperty(table, async ({ rows, quotesAll, slab, width }) => {
        const names = Array.from({ length: width }, (_unused, index) => `c${index}`);
        const content = write([names, ...rows], dialect, quotesAll);
        const wanted = (
          parse(content, {
            columns: true,
            skip_empty_lines: true,
            relax_quotes: true,
            relax_column_count: true,
            ...dialect.theirs,
          }) as unknown as Record<string, string>[]
        ).filter(hasText);
        const delivered = await read(content, dialect.ours, [slab, 1000]);
        const ours = rowsOf(delivered) as Record<string, string>[];
        expect(ours.filter(hasText)).toEqual(wanted);
      }),
      propertyRuns(300),
    );
  });
});

describe('what csv-parse does not know', () => {
  test('text files of MySQL and PostgreSQL: escapes without quotes, and their null', async () => {
    const dialect = { ...TSV_DIALECT, escape: '\\', nulls: ['\\N'] };
    const delivered = await read('a\tb\tc\n\\N\tx\\ty\\\\\t"q"\n1\t\\N\tline\\\nend\n', dialect);
    expect(rowsOf(delivered)).toEqual([
      { a: null, b: 'x\ty\\', c: '"q"' },
      { a: '1', b: null, c: 'line\nend' },
    ]);
    expect(delivered.rejects).toEqual([]);
    expect(delivered.blocks.at(-1)?.nextLine).toBe(5);
  });

  test('an escape everywhere, as UNLOAD of Redshift writes it', async () => {
    const dialect = { delimiter: '|', escape: '\\', escapeAll: true };
    const delivered = await read('a|b\nx\\|y|1\\\n2\n"x\\|\\"\\\\"|"1\\\n2"\n"x"|\\\\\n', dialect, [1, 5]);
    expect(rowsOf(delivered)).toEqual([
      { a: 'x|y', b: '1\n2' },
      { a: 'x|"\\', b: '1\n2' },
      { a: 'x', b: '\\' },
    ]);
    expect(delivered.blocks.at(-1)?.nextLine).toBe(7);
  });

  test.each([[[1]], [[2]], [[5]], [[1000]]])(
    'a comment begins with all of its mark, in slabs of %j',
    async (slabs) => {
      const delivered = await read('a,b\n// x\n1,2\n//y,z\n/,3\n//', { comment: '//' }, slabs);
      expect(rowsOf(delivered)).toEqual([
        { a: '1', b: '2' },
        { a: '/', b: '3' },
      ]);
      expect(delivered.rejects).toEqual([]);
    },
  );

  test('nulls are not in quotes', async () => {
    const delivered = await read('a,b\nNULL,"NULL"\n-,x\n', { nulls: ['NULL', '-'] });
    expect(rowsOf(delivered)).toEqual([
      { a: null, b: 'NULL' },
      { a: null, b: 'x' },
    ]);
  });

  test.each(['reject', 'pad', 'truncate'] as const)('rows of other lengths: %s', async (ragged) => {
    const delivered = await read('a,b\n1\n1,2\n1,2,3\n1,2,\n', { ragged });
    expect([rowsOf(delivered).length, places(delivered)]).toEqual(
      {
        reject: [
          2,
          [
            [2, 'ragged-row'],
            [4, 'ragged-row'],
          ],
        ],
        pad: [3, [[4, 'ragged-row']]],
        truncate: [3, [[2, 'ragged-row']]],
      }[ragged],
    );
  });

  test('a delimiter too much in the header is no column', async () => {
    expect(rowsOf(await read('a,b,\n1,2\n', {}))).toEqual([{ '': '', a: '1', b: '2' }]);
  });

  test('rows of nothing but delimiters are blank lines', async () => {
    const delivered = await read('a,b\n,\n1,2\n , \n', { trim: true });
    expect(rowsOf(delivered)).toEqual([{ a: '1', b: '2' }]);
    expect(delivered.rejects).toEqual([]);
  });

  test('a cell over more than 100 lines is warned of, with the line where its row begins', async () => {
    const long = `1,"${'x\n'.repeat(101)}"\n`;
    const { warnings, rows } = await read(`a,b\n1,2\n${long}3,4\n`, {});
    expect([rows, warnings]).toEqual([3, { 'cell-over-100-lines: line 3': 1 }]);
  });

  test('ranges in the middle are read by the header behind comments and lines in front', async () => {
    const dialect: Dialect = { ...CSV_DIALECT, comment: '#', skipLines: 1 };
    const format = createTableFormat({ name: 'csv', dialect, header: 'first', empty: 'omit' });
    const supply = supplyIn(format, 'front\n# x\na,b\n1,2\n# y\n3,4\n', { slabSizes: [3] });
    const whole = await deliver(supply, undefined, { maxRows: 1, maxBytes: 1e6 });
    expect(rowsOf(whole)).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ]);
    for (const { range, text } of whole.blocks) expect((await deliver(supply, range)).text).toBe(text);
  });
});
