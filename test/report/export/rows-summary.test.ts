import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '../../../src/calendar.ts';
import { rowsSummaryLines, type RowsSummary } from '../../../src/report/export/rows-summary.ts';
import { loadWidths } from '../../../src/report/terminal/width.ts';

const widths = await loadWidths();
const daysOf = (counts: readonly number[]) =>
  counts.map((count, nth) => ({ day: addDays('2026-11-01', nth), count }));

function summary(more: Partial<RowsSummary> = {}): RowsSummary {
  const entries = [
    { name: 'US', count: 600 },
    { name: 'DE', count: 300 },
  ];
  return {
    noun: 'event',
    days: daysOf([800, 0, 400]),
    lists: [{ title: 'countries', total: 1_200, entries, rest: { names: 3, count: 200 }, without: 100 }],
    ...more,
  };
}

const linesOf = (more: Partial<RowsSummary>, columns = 60, ascii = true) =>
  rowsSummaryLines(summary(more), { columns, ascii, widths });

describe('a summary of rows', () => {
  test('has a bar for each of a few days, and the most frequent values with their numbers', () => {
    expect(linesOf({})).toEqual([
      '1,200 events',
      `  2026-11-01  ${'#'.repeat(40)}  800`,
      `  2026-11-02  ${' '.repeat(40)}    0`,
      `  2026-11-03  ${'#'.repeat(20)}${' '.repeat(20)}  400`,
      'countries:',
      `  US  ${'#'.repeat(40)}  600  50.0 %`,
      `  DE  ${'#'.repeat(20)}${' '.repeat(20)}  300  25.0 %`,
      '  and 3 others 200, none 100',
    ]);
  });

  test('has a sign for each of many days, and says what it stands for', () => {
    const counts = Array.from({ length: 20 }, (_, nth) => nth * 10);
    expect(linesOf({ days: daysOf(counts), lists: [] })).toEqual([
      '1,900 events',
      '  .1122333445566677888',
      '  2026-11-01 to 2026-11-20, a sign a day',
      '  95 a day on average, 190 at the most, on 2026-11-20',
    ]);
    expect(linesOf({ days: daysOf(counts), lists: [] }, 60, false)[1]).toBe('  ·▁▁▂▂▃▃▃▄▄▅▅▆▆▆▇▇███');
  });

  test('joins days that do not fit, each sign by the average of its days', () => {
    const lines = linesOf({ days: daysOf(Array.from({ length: 100 }, () => 7)), lists: [] }, 32);
    expect(lines[1]).toBe(`  ${'8'.repeat(25)}`);
    expect(lines[2]).toBe('  2026-11-01 to 2027-02-08, a s~');
  });

  test('says which rows, where they are sums, and companies are companies', () => {
    expect(linesOf({ label: 'daily by-country' })[0]).toBe('1,200 events, daily by-country');
    expect(linesOf({ noun: 'company', total: 1, days: [], lists: [] })).toEqual(['1 company']);
  });

  test('steers no terminal, whatever values hold', () => {
    const entries = [{ name: '\u001b[31mred\n\u202eevil', count: 1 }];
    const list = { title: 'companies', total: 1, entries, rest: { names: 0, count: 0 }, without: 0 };
    const text = linesOf({ lists: [list] }, 60, false).join('\n');
    expect(text).not.toMatch(/[\u001b\u202e]/);
    expect(text).toContain('red');
  });

  test('is no wider than the terminal, in ASCII where that is asked', () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 60 });
    const count = fc.nat(1e9);
    const made = fc.record({
      days: fc.array(count, { maxLength: 90 }).map(daysOf),
      entries: fc.array(fc.record({ name, count }), { maxLength: 5 }),
      columns: fc.integer({ min: 20, max: 200 }),
      ascii: fc.boolean(),
    });
    fc.assert(
      fc.property(made, ({ days, entries, columns, ascii }) => {
        const list = { title: 'companies', total: 1e9, entries, rest: { names: 1, count: 5 }, without: 7 };
        const lists = entries.length === 0 ? [] : [list];
        for (const line of rowsSummaryLines(summary({ days, lists }), { columns, ascii, widths })) {
          expect(widths.widthOf(line)).toBeLessThanOrEqual(columns);
          if (ascii) expect(line).toMatch(/^[\x20-\x7e]*$/);
        }
      }),
    );
  });
});
