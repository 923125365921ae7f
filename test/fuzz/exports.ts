/** Rows of exports as CSV. */
import assert from 'node:assert/strict';
import type { RowCheck } from '../../src/contracts/reader.ts';
import { CsvRowReader } from '../../src/replies/readers/csv-rows.ts';
import { EVENT_COLUMNS } from '../../src/vendors/scarf/exports/columns.ts';
import type { Numbers } from '../kernels/deflate-cases.ts';
import { readAll } from '../replies/readers/told-rows.ts';
import { pick, several } from './corpus.ts';
import { mutate } from './mutate.ts';
import type { FuzzTarget } from './target.ts';

const CHECKS: readonly (RowCheck | undefined)[] = [
  undefined,
  { types: false, columns: undefined },
  { types: true, columns: undefined },
  { types: true, columns: ['id', 'confidence'] },
];
const TEXTS = ['', '', 'AU', 'Sydney', '"ACME, Inc."', '"a ""b"""', '"two\nlines"', 'é', 'x'.repeat(40), '-'];
const NUMBERS = ['', '0', '-33.86', '0.874', '01', '1e5', '9'.repeat(19)];
/** Cells of a type, most of which are right. */
const CELLS: Readonly<Record<string, readonly string[]>> = {
  timestamp: [
    ...Array<string>(6).fill('2026-11-01T10:00:00Z'),
    '2026-11-01 10:00:00',
    '2026-11-31T10:00:00Z',
    '',
    '"2026-11-01T10:00:00.5Z"',
  ],
  boolean: ['true', 'false', '', 'True'],
  number: NUMBERS,
  integer: NUMBERS,
};

export const exportTarget: FuzzTarget = {
  attempt(below) {
    const columns = EVENT_COLUMNS.filter(({ name }) => name === 'id' || name === 'time' || below(3) > 0);
    const header = `${columns.map(({ name }) => name).join(',')}\n`;
    const row = () =>
      columns
        .map(({ name, type }) => (name === 'id' ? id(below) : pick(CELLS[type] ?? TEXTS, below)))
        .join(',');
    const rows = several(below(16), () => row() + (below(6) === 0 ? '\r\n' : '\n'));
    const content = Buffer.concat([Buffer.from(header), mutate(Buffer.from(rows.join('')), below)]);
    const check = pick(CHECKS, below);
    const options = {
      encoding: 'csv',
      columns: EVENT_COLUMNS,
      idColumn: 'id',
      timeColumn: 'time',
      ...(check && { check }),
    } as const;
    const size = 1 + below(3_000);
    const expected = readAll(content, new CsvRowReader(options, () => undefined), size);
    const { told, rest, known } = readAll(content, new CsvRowReader(options), size);
    assert.deepEqual({ told, rest }, { told: expected.told, rest: expected.rest });
    return Promise.resolve({ inputs: 1, bytes: content.length, rows: told.length, taken: known });
  },
};

function id(below: Numbers): string {
  const digits = (count: number) => several(count, () => below(16).toString(16)).join('');
  const uuid = [8, 4, 4, 4, 12].map(digits).join('-');
  const kind = below(12);
  if (kind === 0) return pick(['', 'x', '00000000-0000-0000-0000-000000000000'], below);
  return kind === 1 ? uuid.toUpperCase() : uuid;
}
