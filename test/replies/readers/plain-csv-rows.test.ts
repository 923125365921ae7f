/** What the kernel takes is what `CsvRowReader` says of the same bytes, row by row. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Column, ColumnType } from '../../../src/contracts/dataset.ts';
import type { RowCheck } from '../../../src/contracts/reader.ts';
import { CsvRowReader } from '../../../src/replies/readers/csv-rows.ts';
import { PlainCsvRows } from '../../../src/replies/readers/plain-csv-rows.ts';
import { RowOffsetList } from '../../../src/replies/readers/row-offsets.ts';
import { readAll } from './told-rows.ts';

const columns: Column[] = (
  [
    ['first', 'text'],
    ['id', 'text'],
    ['count', 'integer'],
    ['time', 'timestamp'],
    ['share', 'number'],
    ['dnt', 'boolean'],
    ['on', 'date'],
  ] as [string, ColumnType][]
).map(([name, type]) => ({ name, type }));
const header = `${columns.map(({ name }) => name).join(',')}\n`;

const checks: (RowCheck | undefined)[] = [
  undefined,
  { types: false, columns: undefined },
  { types: true, columns: undefined },
  { types: true, columns: ['id', 'share'] },
];

function expectSame(bytes: Buffer, check: RowCheck | undefined, size: number): void {
  const options = {
    encoding: 'csv' as const,
    columns,
    idColumn: 'id',
    timeColumn: 'time',
    ...(check === undefined ? {} : { check }),
  };
  const alone = readAll(bytes, new CsvRowReader(options, () => undefined), size);
  const { told, rest } = readAll(bytes, new CsvRowReader(options), size);
  expect(rest).toBe(alone.rest);
  // Of many rows vitest takes seconds to say that they are equal.
  if (!isDeepStrictEqual(told, alone.told)) expect(told).toEqual(alone.told);
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const text = fc.string({
  unit: fc.constantFrom('a', '"', ',', '\n', '\r', '\r\n', 'é', '東', '\0', ' '),
  maxLength: 40,
});
const id = fc.oneof(
  fc.uuid(),
  fc.uuid().map((uuid) => uuid.toUpperCase()),
  fc.uuid().map((uuid) => uuid.replace('-', '_')),
  fc.uuid().map((uuid) => uuid.replace(/[0-9]/, 'g')),
  fc.constantFrom('', '00000000-0000-0000-0000-000000000000', 'x'),
);
const time = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    '2026-11-01T10:00:00Z',
    '2026-11-31Z',
    '2026-13-01T10:00:00Z',
    '2026-11-01T10:00:00+02:00',
    '2026-11-01 23:59:59',
    '2026-1a-01T10:00:00Z',
    '2026-11-01',
    '',
    'Z',
  ),
);
const number = fc.oneof(
  fc.integer().map(String),
  fc.double().map(String),
  fc.constantFrom('', '-', '-0', '01', '1.', '.5', '1e5', '0.50', '9'.repeat(18), '9'.repeat(19), '-1.5'),
);
const flag = fc.constantFrom('true', 'false', '', 'truf', 'TRUE', 'falsy', 't');
const cells = fc.tuple(text, id, number, time, number, flag, fc.constantFrom('', '2026-11-01', 'never'));

/** Cells as they should be written, and as they should not. */
const line = fc
  .tuple(
    cells,
    fc.constantFrom('\n', '\r\n'),
    fc.constantFrom('as due', 'all quoted', 'bare', 'short', 'long'),
  )
  .map(([row, end, how]) => {
    const due = row.map((cell) => (/[",\r\n]/.test(cell) ? quoted(cell) : cell));
    if (how === 'all quoted') return row.map(quoted).join(',') + end;
    if (how === 'bare') return row.join(',') + end;
    if (how === 'short') return due.slice(0, 3).join(',') + end;
    return (how === 'long' ? [...due, 'more'] : due).join(',') + end;
  });

describe('plain rows', () => {
  test.each(checks)(
    'are what a reader says that takes them one by one (%j)',
    (check) => {
      fc.assert(
        fc.property(
          fc.array(fc.oneof(line, fc.constantFrom('\n', '\r\n', '\r', '"')), { maxLength: 30 }),
          fc.integer({ min: 1, max: 3000 }),
          (lines, size) => expectSame(Buffer.from(header + lines.join('')), check, size),
        ),
        { numRuns: 200 },
      );
    },
    120_000,
  );

  test('are what such a reader says also of bytes that are no text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) =>
        expectSame(Buffer.concat([Buffer.from(header), bytes, Buffer.from('\n')]), checks[2], 200),
      ),
      { numRuns: 200 },
    );
  });

  test('of more than the kernel sees at once, with a row of more than that, are all told', () => {
    const row = (number: number) => `${'x'.repeat(number % 90)},${number},1,2026-11-01T10:00:00Z,0.5,true,\n`;
    const many = Array.from({ length: 30_000 }, (_, number) => row(number)).join('');
    const long = `"${'y'.repeat(1_200_000)}",z,1,2026-11-01T10:00:00Z,0.5,true,\n`;
    const bytes = Buffer.from(header + many + long + many);
    for (const size of [1_048_576, 3_000_000, bytes.length]) expectSame(bytes, checks[1], size);
  });

  // The property seldom has a row in which one cell alone is amiss.
  test.each([
    ['count', '1.5'],
    ['time', 'soon'],
    ['share', 'half'],
    ['dnt', 'truf'],
    ['on', 'never'],
  ])('have no cell that is not of its type: %s of %s', (name, bad) => {
    const good = ['a', 'x', '1', '2026-11-01T10:00:00Z', '0.5', 'true', '2026-11-01'];
    const row = columns.map((column, index) => (column.name === name ? bad : good[index])).join(',');
    const bytes = Buffer.from(`${header}${good.join(',')}\n${row}\n`);
    expectSame(bytes, checks[2], bytes.length);
  });

  test('are nearly all rows', () => {
    const table = { idIndex: 0, timeIndex: 1, cells: 2, mayHaveMore: true, types: [] };
    const rows = new RowOffsetList();
    const bytes = Buffer.from(
      '0189f7e2-7a4b-7cde-8f01-23456789abcd,2026-11-01T10:00:00Z,"a ""b"", c"\r\n'.repeat(500),
    );
    const taken = PlainCsvRows.for(table)?.take({ bytes, from: 0, to: bytes.length }, table, rows);
    expect(taken).toBe(bytes.length);
    expect(rows.count).toBe(500);
    expect(rows.day[499]).toBe(20261101);
    expect(rows.isUuid[499]).toBe(1);
  });
});
