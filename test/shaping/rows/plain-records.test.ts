import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BlockLimits } from '../../../src/contracts/supply.ts';
import { createTableFormat } from '../../../src/formats/csv/csv.ts';
import type { TableOptions } from '../../../src/formats/csv/table-options.ts';
import { CSV_DIALECT, TSV_DIALECT, type Dialect } from '../../../src/formats/csv/dialect.ts';
import { createSupply } from '../../../src/shaping/blocks/supply.ts';
import type { Range } from '../../../src/records.ts';
import type { Reshaping } from '../../../src/shaping/reshape/reshape.ts';
import type { RowRules } from '../../../src/shaping/rows/row-rules.ts';
import type { Shaping } from '../../../src/shaping/rows/row-shaper.ts';
import { createZoneOffset } from '../../../src/shaping/time/time-zone.ts';
import { createShaping } from '../../../src/shaping/shaping.ts';
import { propertyRuns } from '../../property-runs.ts';
import { deliver, roomy, type Delivered } from '../delivered.ts';
import { watched, withoutKernel } from '../kernel-use.ts';
import { memoryInput } from '../memory-input.ts';
import { BULK, FREE, PACKAGE } from '../shapes.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');

function rulesOf(rules: Partial<RowRules>): RowRules {
  const usual = { shape: BULK, fillId: 'position', idField: '$unique_id', recipe: 'r' } as const;
  return { ...usual, oldEvents: 'warn', nowMs, ...rules };
}

function formatOf(options: Omit<Partial<TableOptions>, 'dialect'> & { dialect?: Partial<Dialect> } = {}) {
  const { dialect, ...table } = options;
  const usual = { name: 'csv', header: 'first', empty: 'omit' } as const;
  return createTableFormat({ ...usual, ...table, dialect: { ...CSV_DIALECT, ...dialect } });
}

interface Reading {
  text: string | Uint8Array;
  rules: RowRules;
  format?: ReturnType<typeof formatOf>;
  slabSizes?: readonly number[];
  limits?: BlockLimits;
}

async function read(reading: Reading, shaping: Shaping, range?: Range): Promise<Delivered> {
  const { text, format = formatOf(), slabSizes = [1 << 20], limits = roomy } = reading;
  const input = memoryInput(text, slabSizes);
  const supply = createSupply({ input, inputIndex: 0, format, shaping, maxRowBytes: 400 });
  const delivered = await deliver(supply, range, limits);
  expect(input.openSlabs()).toBe(0);
  return delivered;
}

/** Where blocks end depends on the memory that is free, but what they hold does not. */
function comparable({ blocks, ...delivered }: Delivered): unknown {
  const { range, nextLine } = blocks.at(-1) ?? { range: { to: 0 }, nextLine: 0 };
  return { ...delivered, end: range.to, nextLine };
}

async function expectSame(reading: Reading): Promise<void> {
  const together = await read(reading, createShaping(reading.rules));
  const apart = await read(reading, withoutKernel(reading.rules));
  expect(comparable(together)).toEqual(comparable(apart));
  // A block can be made again from its place, as after a crash.
  for (const { range } of together.blocks.slice(0, 2)) {
    const [again, apartAgain] = await Promise.all(
      [createShaping(reading.rules), withoutKernel(reading.rules)].map((shaping) =>
        read(reading, shaping, range),
      ),
    );
    expect(again?.text).toBe(apartAgain?.text);
  }
}

const HEADER = '$time,$package,note,n\n';
const ROW = '2026-11-24T00:00:00Z,p,a note,1\n';

describe('the kernel takes', () => {
  const taking = async (
    text: string,
    rules: Partial<RowRules> = {},
    format = formatOf(),
  ): Promise<number> => {
    const way = watched(rulesOf(rules));
    await read({ text, rules: rulesOf(rules), format }, way.shaping);
    return way.taken();
  };

  test('plain records, all of them', async () => {
    const rules = rulesOf({ fillId: 'off' });
    const way = watched(rules);
    const { rows, withoutId } = await read({ text: HEADER + ROW.repeat(50), rules }, way.shaping);
    expect([rows, way.taken(), way.shaped(), withoutId]).toEqual([50, 50, 0, 50]);
  });

  test.each([
    ['quotes', '2026-11-24T00:00:00Z,p,"a ""note"", of\nlines",1\n'],
    ['a carriage return and a newline', ROW.replace('\n', '\r\n')],
    ['empty cells', '2026-11-24T00:00:00Z,p,,\n'],
    ['what JSON must escape', '2026-11-24T00:00:00Z,p,a\\b"c\u0001d,1\n'],
    ['an old time', '2020-11-24T00:00:00Z,p,,\n'],
    ['a time without a zone', '2026-11-24 00:00:00,p,x,1\n'],
    ['a time with another sign of UTC', '2026-11-24 00:00:00.120+00,p,x,1\n'],
    ['seconds since the epoch', '1790000000,p,x,1\n'],
    ['milliseconds since the epoch', '1790000000120,p,x,1\n'],
  ])('records with %s', async (_, row) => {
    expect(await taking(HEADER + row.repeat(3))).toBe(3);
  });

  test.each([
    ['a cell too few', '2026-11-24T00:00:00Z,p,x\n'],
    ['a cell too many', '2026-11-24T00:00:00Z,p,x,1,2\n'],
    ['no time', ',p,x,1\n'],
    ['no artifact', '2026-11-24T00:00:00Z,,x,1\n'],
    ['a time of another form', '24/Nov/2026:00:00:00 +0000,p,x,1\n'],
    ['a time in another zone', '2026-11-24 00:00:00+01,p,x,1\n'],
    ['digits that are a date', '2026112400,p,x,1\n'],
    ['text behind a quote', '2026-11-24T00:00:00Z,p,"x"y,1\n'],
    ['only delimiters', ',,,\n'],
    ['too many bytes', `2026-11-24T00:00:00Z,p,${'x'.repeat(400)},1\n`],
    ['no line end', ROW.trimEnd()],
    ['more than a hundred lines', `2026-11-24T00:00:00Z,p,"${'\n'.repeat(101)}",1\n`],
  ])('no record with %s', async (_, row) => {
    expect(await taking(HEADER + row)).toBe(0);
  });

  test.each([
    ['renamed, set and dropped columns', { map: [{ from: 'when', to: '$time' }], drop: ['note'] }],
    ['columns that are kept', { map: [{ from: 'when', to: '$time' }], keep: ['n'] }],
    [
      'a column in two places',
      {
        map: [
          { from: 'when', to: '$time' },
          { from: 'when', to: 'as it was' },
        ],
      },
    ],
    [
      'another order',
      {
        map: [
          { from: 'when', to: '$time' },
          { from: 'note', to: 'n' },
          { from: 'n', to: 'note' },
        ],
      },
    ],
  ])('%s', async (_, wanted) => {
    const unset = { map: [], types: [], typeErrors: 'reject', keep: [], drop: [] } as const;
    const reshaping: Reshaping = { ...unset, set: [{ at: '$package', value: 'q' }], ...wanted };
    const text = 'when,note,n\n' + '2026-11-24T00:00:00Z,a note,1\n'.repeat(3);
    expect(await taking(text, { reshaping })).toBe(3);
    await expectSame({ text, rules: rulesOf({ reshaping }) });
  });

  test.each([
    ['a backslash', { delimiter: '\\' }, '"'],
    ['a double quote', { delimiter: '"', quote: "'" }, "'"],
    ['a tab', { delimiter: '\t' }, '"'],
  ])('quoted cells that hold the delimiter, %s, which JSON escapes', async (_, dialect, quote) => {
    const cells = ['2026-11-24T00:00:00Z', 'p', `${quote}a,N${quote}`, '1'];
    const text = `${HEADER}${cells.join(',')}\n`.replaceAll(',', dialect.delimiter);
    await expectSame({ text, rules: rulesOf({}), format: formatOf({ dialect }) });
  });

  test('nothing of tables that ask for more than it knows', async () => {
    expect(await taking(HEADER.replace('note', 'a.b') + ROW)).toBe(0);
    const several = formatOf({ dialect: { delimiter: '||' } });
    expect(await taking((HEADER + ROW).replaceAll(',', '||'), {}, several)).toBe(0);
    const escapes = formatOf({ dialect: { escape: '\\' } });
    expect(await taking(HEADER + ROW, {}, escapes)).toBe(0);
    expect(await taking(HEADER.replace('$package', 'package') + ROW)).toBe(0);
  });
});

const NAMES = ['$time', '$package', '$unique_id', '$version', '$pixel', 'note', 'n', 'é"\\', '$headers', ''];
const CELLS = [
  '',
  '2026-11-23T10:20:30Z',
  '2026-11-17T11:59:59.999Z',
  '2026-11-26T10:20:30+02:00',
  '2026-11-23 10:20:30',
  '2026-11-23 10:20:30.120 UTC',
  '1790000000',
  '2024-02-30T10:20:30Z',
  'p',
  'a text of more than sixteen bytes, and é',
  'NULL',
  '\\N',
  'x"y',
  "o'clock",
  ' spaced ',
  '\t',
  '\r',
  '#',
  '\u0000\u0001\u007f\\',
  'line\nend',
  'x'.repeat(120),
];
const DIALECTS: Partial<Dialect>[] = [
  {},
  {},
  { delimiter: ';' },
  { quote: "'" },
  { trim: true },
  { comment: '#' },
  { skipLines: 1 },
  { skipLines: 2, comment: '#' },
  { nulls: ['NULL', '\\N'] },
  { ragged: 'fit' },
  { delimiter: ' ', trim: true },
  { delimiter: '\\' },
  { quote: '\\' },
  TSV_DIALECT,
  { ...TSV_DIALECT, trim: true, nulls: ['p'] },
];

/** A cell as somebody writes it: in quotes where it must be, mostly; or not at all as it should be. */
const written = (cell: string, how: number, { quote, delimiter }: Dialect): string => {
  const mustQuote =
    quote !== undefined && (cell.includes(delimiter) || cell.includes(quote) || /[\r\n]/.test(cell));
  if (quote === undefined || how === 0 || (how > 2 && !mustQuote)) return cell;
  return how === 1 ? ` ${quote}${cell}${quote} ` : `${quote}${cell.replaceAll(quote, quote + quote)}${quote}`;
};

const table = fc
  .record({
    dialect: fc.constantFrom(...DIALECTS).map((dialect) => ({ ...CSV_DIALECT, ...dialect })),
    names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 6 }),
    isUsual: fc.boolean(),
    empty: fc.constantFrom('omit', 'omit', 'null', 'string'),
    header: fc.constantFrom('first', 'first', 'none'),
    cells: fc.array(
      fc.record({
        cells: fc.array(fc.tuple(fc.constantFrom(...CELLS), fc.nat(12)), { minLength: 6, maxLength: 7 }),
        surplus: fc.constantFrom(0, 0, 0, 0, 0, 0, -1, 1),
        end: fc.constantFrom('\n', '\n', '\n', '\r\n', '\n\n', '\n#\n', '\r\r\n', ' \n', '"\n'),
      }),
      { maxLength: 12 },
    ),
    isEnded: fc.boolean(),
    mark: fc.constantFrom('', '', '\uFEFF'),
  })
  .map(({ dialect, names: some, isUsual, cells, ...rest }) => {
    const names = isUsual ? [...new Set(['$time', '$package', ...some])] : some;
    const width = names.length;
    const rows = cells.map(({ cells: of, surplus, end }) => {
      const usual = isUsual ? ['2026-11-23T10:20:30Z', 'p'] : [];
      const texts = Array.from({ length: Math.max(0, width + surplus) }, (_, index) => {
        const [cell, how] = of[index % of.length]!;
        return written(usual[index] ?? cell, how, dialect);
      });
      return texts.join(dialect.delimiter) + end;
    });
    const head =
      rest.header === 'none'
        ? ''
        : `${names.map((name) => written(name, 3, dialect)).join(dialect.delimiter)}\n`;
    const front = '"front, of all\n'.repeat(dialect.skipLines);
    const text = rest.mark + front + head + rows.join('');
    return { ...rest, dialect, names, text: rest.isEnded ? text : text.trimEnd() };
  });

const rulesArbitrary = fc.record({
  shape: fc.constantFrom(BULK, BULK, PACKAGE, FREE),
  fillId: fc.constantFrom('position', 'content', 'off'),
  oldEvents: fc.constantFrom('warn', 'reject', 'send'),
  idField: fc.constantFrom('$unique_id', '$unique_id', undefined),
  reshaping: fc.option(
    fc.record({
      map: fc.constantFrom(
        [],
        [],
        [{ from: 'note', to: '$version' }],
        [
          { from: 'n', to: 'x' },
          { from: 'n', to: 'y' },
        ],
      ),
      types: fc.constant([]),
      typeErrors: fc.constant('reject' as const),
      set: fc.constantFrom(
        [],
        [],
        [{ at: '$package', value: 'q' }],
        [{ at: '$version', value: 1 }],
        [{ at: 'o', value: { a: [null] } }],
      ),
      keep: fc.constantFrom([], [], ['note']),
      drop: fc.constantFrom([], [], ['n'], ['$time', 'note']),
    }),
    { nil: undefined },
  ),
});

test('with the kernel, records become what they become one by one', async () => {
  await fc.assert(
    fc.asyncProperty(
      table,
      rulesArbitrary,
      fc.array(fc.integer({ min: 9, max: 400 }), { minLength: 1, maxLength: 3 }),
      fc.constantFrom(
        roomy,
        { ...roomy, takesDeflated: true },
        { maxRows: 2, maxBytes: 1e9 },
        { maxRows: 1e9, maxBytes: 250 },
      ),
      async ({ text, dialect, header, empty }, rules, slabSizes, limits) => {
        const format = formatOf({ dialect, header, empty });
        await expectSame({ text, rules: rulesOf(rules), format, slabSizes, limits });
      },
    ),
    propertyRuns(150),
  );
});

const two = (max: number) => fc.integer({ min: 0, max }).map((number) => String(number).padStart(2, '0'));
/** Days and times of day, many of which no calendar or clock shows, and epochs. */
const timeText = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('0001', '1969', '2000', '2024', '2026', '9999'),
      two(13),
      two(32),
      fc.constantFrom(' ', ' ', 'T', 't', '  '),
      fc.tuple(two(24), two(60), two(61)).map((parts) => parts.join(':')),
      fc.constantFrom('', '', '.5', '.120', '.000', '.123456789', '.1234567891', '.', ',5'),
      fc.constantFrom(
        '',
        '',
        'Z',
        ' UTC',
        ' UT',
        '+00',
        '+00:00',
        '+0000',
        '-00:00',
        ' +00',
        '+01:00',
        ' GMT',
      ),
    )
    .map(
      ([year, month, day, between, clock, fraction, zone]) =>
        `${year}-${month}-${day}${between}${clock}${fraction}${zone}`,
    ),
  fc.integer({ min: 1, max: 4_200_000_000 }).map(String),
  fc.integer({ min: 1, max: 4_200_000_000_000 }).map(String),
  fc.integer({ min: 1_700_000_000, max: 1_899_999_999 }).map(String),
  fc.integer({ min: 978_307_200_000, max: 1_899_999_999_999 }).map(String),
  fc.constantFrom(
    '1899999999',
    '1900000000',
    '978307199',
    '0978307200',
    '978307200000',
    '1790000000.5',
    ' 1790000000',
  ),
);

test('times are read and written anew as one by one, and their age is the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(timeText, { minLength: 1, maxLength: 12 }),
      fc.constantFrom('warn', 'reject', 'send'),
      fc.constantFrom(undefined, 'UTC', '+00:00', 'Europe/Berlin'),
      async (times, oldEvents, zone) => {
        const zoneOffset = zone === undefined ? undefined : createZoneOffset(zone);
        const rules = rulesOf({ oldEvents, zoneOffset, fillId: 'off' });
        const text = HEADER + times.map((time) => `"${time}",p,,\n`).join('');
        await expectSame({ text, rules });
      },
    ),
    propertyRuns(200),
  );
});
