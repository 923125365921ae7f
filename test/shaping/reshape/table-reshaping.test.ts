import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Format } from '../../../src/contracts/format.ts';
import { createTableFormat } from '../../../src/formats/csv/csv.ts';
import { isWithin, type Reshaping } from '../../../src/shaping/reshape/reshape.ts';
import { createShaping } from '../../../src/shaping/shaping.ts';
import { createSupply } from '../../../src/shaping/blocks/supply.ts';
import { CSV_DIALECT } from '../../../src/formats/csv/dialect.ts';
import { divideForTable } from '../../../src/shaping/reshape/table-reshaping.ts';
import { deliver } from '../delivered.ts';
import { memoryInput } from '../memory-input.ts';
import { propertyRuns } from '../../property-runs.ts';

const NOTHING: Reshaping = { map: [], types: [], typeErrors: 'null', set: [], keep: [], drop: [] };

async function rowsOf(table: string, asked: Partial<Reshaping>, atHeader: boolean): Promise<unknown> {
  const whole = createTableFormat({ name: 'csv', dialect: CSV_DIALECT, header: 'first', empty: 'omit' });
  const format: Format = { ...whole };
  if (!atHeader) delete format.rearranged;
  const reshaping = { ...NOTHING, ...asked };
  const rules = {
    shape: { required: [] },
    reshaping,
    fillId: 'off',
    recipe: 'r',
    oldEvents: 'warn',
    nowMs: 0,
  } as const;
  const input = memoryInput(table);
  const supply = createSupply({
    input,
    inputIndex: 0,
    format,
    shaping: createShaping(rules),
    maxRowBytes: 1e6,
  });
  const { text, rejects, thrown } = await deliver(supply);
  if (thrown !== undefined) return 'refused';
  return {
    rejects,
    rows: text
      .split('\n')
      .slice(0, -1)
      .map((line) => withoutGaps(JSON.parse(line))),
  };
}

/** Where elements of lists move, one way leaves gaps that the other does not. */
function withoutGaps(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value)
    .map(([key, part]) => [Array.isArray(value) ? 'element' : key, withoutGaps(part)] as const)
    .filter(([, part]) => part !== null);
  if (parts.length === 0) return null;
  return Array.isArray(value) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
}

test('what is done at the header is what would be done row by row', async () => {
  const column = fc.constantFrom('a', 'b', 'c.d', 'c.e', 'f[0]', '$t', '__proto__');
  const field = fc.constantFrom('a', 'x', 'y.z', 'y.w', 'l[0].m', '$u', 'c', 'constructor');
  const asked = fc.record({
    map: fc.uniqueArray(fc.record({ from: fc.oneof(column, fc.constant('c')), to: field }), {
      maxLength: 3,
      selector: ({ to }) => to,
    }),
    types: fc.array(fc.record({ at: fc.oneof(column, field), type: fc.constantFrom('int', 'bool') }), {
      maxLength: 2,
    }),
    set: fc.array(fc.record({ at: field, value: fc.constantFrom<unknown>('v', 1, { n: 1 }) }), {
      maxLength: 2,
    }),
    keep: fc.array(fc.oneof(column, field), { maxLength: 2 }),
    drop: fc.array(fc.oneof(column, field), { maxLength: 2 }),
  });
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(column, { minLength: 1 }), asked, async (names, reshaping) => {
      // A column that is not there is refused before any row is read (`seen-names.ts`).
      fc.pre(reshaping.map.every(({ from }) => names.some((name) => isWithin(name, from))));
      const cells = (value: (index: number) => string) => names.map((_, index) => value(index)).join(',');
      const table = [
        names.join(','),
        cells((index) => `${index}`),
        cells((index) => (index % 2 ? '' : 'x')),
        '',
      ];
      const atHeader = await rowsOf(table.join('\n'), reshaping, true);
      if (atHeader === 'refused') return;
      compared++;
      expect(atHeader).toEqual(await rowsOf(table.join('\n'), reshaping, false));
    }),
    propertyRuns(250),
  );
  expect(compared).toBeGreaterThan(150);
});

test('a type of what the map writes around it is that of what was written', async () => {
  const asked: Partial<Reshaping> = {
    map: [
      { from: 'c.e', to: 'a' },
      { from: 'a', to: 'c' },
    ],
    types: [{ at: 'c.e', type: 'int' }],
  };
  const rows = { rejects: [], rows: [{ a: '0', c: '1' }] };
  for (const atHeader of [true, false]) expect(await rowsOf('c.e,a\n0,1\n', asked, atHeader)).toEqual(rows);
});

describe('what cannot be done', () => {
  test('two columns for one field are refused', async () => {
    expect(await rowsOf('a,b\n1,2\n', { map: [{ from: 'a', to: 'b' }] }, true)).toBe('refused');
  });

  test('values set inside one another are left to the rows', () => {
    const set = [
      { at: 'a', value: {} },
      { at: 'a.b', value: 1 },
    ];
    expect(divideForTable({ ...NOTHING, set }, () => false)).toBe(undefined);
  });
});
