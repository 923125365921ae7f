/** Cells are judged by their bytes where they lie, between others; the answer is that of the readers of cells. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ColumnType } from '../../../src/contracts/dataset.ts';
import { checkCell, isChecked } from '../../../src/formats/cells/cell-check.ts';
import { cellProblem } from '../../../src/formats/cells/typed-cells.ts';
import { propertyRuns } from '../../property-runs.ts';

/** Digits, dots, letters: what stands on either side of a cell must not count. */
const NEIGHBOURS = ['', '7', '.5', '0', 'e', 'Z', '-'];

function problemsOf(type: ColumnType, cell: string): unknown[] {
  const seen = NEIGHBOURS.map((neighbour) => {
    const bytes = Buffer.from(`${neighbour}${cell}${neighbour}`);
    return checkCell(type, bytes, { from: neighbour.length, to: bytes.length - neighbour.length });
  });
  return [...new Set(seen)];
}

test('only text and JSON hold whatever comes', () => {
  const types = ['text', 'json', 'integer', 'number', 'boolean', 'timestamp', 'date'] as const;
  expect(types.filter((type) => isChecked(type))).toEqual([
    'integer',
    'number',
    'boolean',
    'timestamp',
    'date',
  ]);
  expect(problemsOf('text', 'a ""b')).toEqual([undefined]);
  expect(problemsOf('json', '{')).toEqual([undefined]);
});

test.each<[ColumnType, string]>([
  ['integer', ''],
  ['integer', '0'],
  ['integer', '-0'],
  ['integer', '9'],
  ['integer', '-12'],
  ['integer', '007'],
  ['integer', '123456789012345678'],
  ['integer', '9223372036854775807'],
  ['integer', '-9223372036854775808'],
  ['integer', ' 5 '],
  ['number', ''],
  ['number', '0'],
  ['number', '-0.5'],
  ['number', '10'],
  ['number', '9.09'],
  ['number', '1e3'],
  ['number', '123456789012345678.25'],
  ['boolean', 'true'],
  ['boolean', 'false'],
  ['boolean', 'TRUE'],
  ['boolean', 'f'],
  ['boolean', 't'],
  ['timestamp', '2026-11-01T10:00:00Z'],
  ['timestamp', '0001-01-01T00:00:00Z'],
  ['timestamp', '0100-12-28T23:59:59Z'],
  ['timestamp', '9999-12-31T23:59:59Z'],
  ['timestamp', '2024-02-29T09:09:09Z'],
  ['timestamp', '2026-11-01 10:00:00+00:00'],
  ['timestamp', '2026-11-01'],
  ['date', '2026-11-01'],
  ['date', '2026-11-01T10:00:00Z'],
])('%s holds "%s"', (type, cell) => {
  expect(problemsOf(type, cell)).toEqual([undefined]);
});

test.each<[ColumnType, string]>([
  ['integer', '-'],
  ['integer', '--1'],
  ['integer', '1-'],
  ['integer', '1.0'],
  ['integer', '1.'],
  ['integer', '1e3'],
  ['integer', '/1'],
  ['integer', '1:'],
  ['integer', '1/'],
  ['integer', 'x'],
  ['number', '-'],
  ['number', '.5'],
  ['number', '-.5'],
  ['number', '5.'],
  ['number', '1.2.3'],
  ['number', '1,5'],
  ['number', '01'],
  ['number', '-00.5'],
  ['number', '09'],
  ['number', '1.5x'],
  ['number', '1:'],
  ['number', '1.5/'],
  ['number', 'NaN'],
  ['boolean', 'trua'],
  ['boolean', 'xrue'],
  ['boolean', 'falsy'],
  ['boolean', 'xalse'],
  ['boolean', 'truee'],
  ['boolean', 'yes'],
  ['boolean', '1'],
  ['timestamp', '2026/11-01T10:00:00Z'],
  ['timestamp', '2026-11/01T10:00:00Z'],
  ['timestamp', '2026-11-01t10:00:00Z'],
  ['timestamp', '2026-11-01T10.00:00Z'],
  ['timestamp', '2026-11-01T10:00.00Z'],
  ['timestamp', '2026-11-01T10:00:00X'],
  ['timestamp', 'x026-11-01T10:00:00Z'],
  ['timestamp', '2x26-11-01T10:00:00Z'],
  ['timestamp', '20x6-11-01T10:00:00Z'],
  ['timestamp', '202x-11-01T10:00:00Z'],
  ['timestamp', '2026-x1-01T10:00:00Z'],
  ['timestamp', '2026-1:-01T10:00:00Z'],
  ['timestamp', '2026-11-/1T10:00:00Z'],
  ['timestamp', '2026-11-01Tx0:00:00Z'],
  ['timestamp', '2026-11-01T10:0x:00Z'],
  ['timestamp', '2026-11-01T10:00:x0Z'],
  ['timestamp', '2026-11-01T10:00:00ZZ'],
  ['timestamp', '2026-11-01T10:00:0Z'],
  ['date', '2026-11'],
])('%s does not hold "%s"', (type, cell) => {
  expect(problemsOf(type, cell)).toEqual(['not-of-type']);
});

test.each<[ColumnType, string]>([
  ['integer', '9223372036854775808'],
  ['integer', '-9223372036854775809'],
  ['number', '1e999'],
  ['timestamp', '0000-11-01T10:00:00Z'],
  ['timestamp', '2026-00-01T10:00:00Z'],
  ['timestamp', '2026-13-01T10:00:00Z'],
  ['timestamp', '2026-11-00T10:00:00Z'],
  ['timestamp', '2026-11-31T10:00:00Z'],
  ['timestamp', '2026-02-29T10:00:00Z'],
  ['timestamp', '2026-11-01T24:00:00Z'],
  ['timestamp', '2026-11-01T10:60:00Z'],
  ['timestamp', '2026-11-01T10:00:60Z'],
  ['date', '2026-02-29'],
  ['date', '0000-01-01'],
])('%s is too narrow for "%s"', (type, cell) => {
  expect(problemsOf(type, cell)).toEqual(['out-of-range']);
});

test('doubled quotes are one: what a cell holds is judged, not how it is written', () => {
  expect(problemsOf('number', '""5""')).toEqual(['not-of-type']);
});

test('where nothing is between the ends there is no cell', () => {
  expect(checkCell('integer', Buffer.from('x'), { from: 1, to: 0 })).toBeUndefined();
});

const types = fc.constantFrom<ColumnType>('integer', 'number', 'boolean', 'timestamp', 'date');
const typicals = fc.constantFrom('2026-11-01T10:00:00Z', '-120.50', 'false', 'true', '12345678901234567890');

test('a cell that is damaged in one place is judged as its text is', () => {
  const damages = fc.tuple(fc.nat(19), fc.constantFrom('', '0', '9', '-', '.', ':', 'T', 'Z', 'e', ' '));
  fc.assert(
    fc.property(types, typicals, damages, (type, typical, [at, written]) => {
      const cell = typical.slice(0, at) + written + typical.slice(at + 1);
      const bytes = Buffer.from(`1${cell}1`);
      expect(checkCell(type, bytes, { from: 1, to: bytes.length - 1 })).toBe(cellProblem(type, cell));
    }),
    propertyRuns(500),
  );
});
