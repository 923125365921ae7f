/** The first rows of an input as objects, to look at before anything is decided about them. */
import type { Format, RowSink } from '../../contracts/format.ts';
import { parseJson, writeJson } from '../json/values.ts';
import type { SeenColumn } from './infer-time.ts';

export type SampleRow = Record<string, unknown>;

type Row = SampleRow;

/**
 * At most `maxRows` whole rows from the first bytes of an input; what cannot be read is passed over. `final`: there are no more
 * bytes.
 */
export function sampleRows(format: Format, head: Buffer, maxRows: number, final = false): Row[] {
  const rows: Row[] = [];
  const scanner = format.scanner({ atStart: true, toEnd: false, line: 1, head: Buffer.alloc(0) });
  const sink: RowSink = {
    row(from, to) {
      const text = scanner.toJson?.(head, from, to) ?? { bytes: head, from, to };
      const row = asObject(text.bytes.toString('utf8', text.from, text.to));
      if (row !== undefined) rows.push(row);
      return rows.length < maxRows;
    },
    bad: () => true,
    tooLong: () => true,
  };
  scanner.scan(head, { from: 0, to: head.length, final }, sink);
  return rows;
}

/** The columns of rows by their dotted names, in the order in which they first appear. */
export function columnsOfRows(rows: readonly Row[]): SeenColumn[] {
  const columns = new Map<string, string[]>();
  for (const row of rows) noteValues(row, '', columns);
  return [...columns].map(([name, values]) => ({ name, values }));
}

function noteValues(value: Row, prefix: string, columns: Map<string, string[]>): void {
  for (const [key, inner] of Object.entries(value)) {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
      noteValues(inner as Row, name, columns);
      continue;
    }
    const values = columns.get(name) ?? [];
    values.push(typeof inner === 'string' ? inner : writeJson(inner));
    columns.set(name, values);
  }
}

function asObject(text: string): Row | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const value = parseJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : undefined;
}
