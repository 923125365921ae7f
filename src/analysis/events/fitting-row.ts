/** Shortens rows that are too long for the kernel in `src/kernels/event-counts`. */
import { createHash } from 'node:crypto';
import type { FoundCells } from '../rows/csv-cells.ts';
import { textOf } from '../tables/text.ts';
import { eventField } from './event-fields.ts';

/** Longer ids are compared by hash; the kernel truncates other texts. */
const maxCellBytes = 1000;
const hashed: ReadonlySet<number> = new Set([eventField.id, eventField.origin_id]);

/** The row itself, or one with shorter cells that is counted alike, within so many bytes. */
export function fittingRow(row: FoundCells, maxBytes: number): FoundCells {
  const { from, to } = row;
  const isShort = Math.max(...to) - spanFrom(from, to) <= maxBytes;
  const lengthOf = (field: number) => (to[field] as number) - (from[field] as number);
  if (isShort && [...hashed].every((field) => lengthOf(field) <= maxCellBytes)) return row;
  const cells = Array.from(from, (start, field) => {
    const cell = row.text.bytes.subarray(start, to[field]);
    if (cell.length <= maxCellBytes) return cell;
    if (hashed.has(field)) return createHash('sha256').update(cell).digest();
    return cell.subarray(0, maxCellBytes);
  });
  const ends = Int32Array.from(cells, (_, field) =>
    cells.slice(0, field + 1).reduce((sum, { length }) => sum + length, 0),
  );
  const bytes = Buffer.concat(cells);
  return {
    text: textOf(bytes),
    from: ends.map((end, field) => end - (cells[field] as Buffer).length),
    to: ends,
  };
}

/** Where the first of the cells begins; those that are empty may have no place. */
export function spanFrom(from: Int32Array, to: Int32Array): number {
  let first = Infinity;
  for (let field = 0; field < from.length; field++) {
    if (from[field] !== to[field]) first = Math.min(first, from[field] as number);
  }
  return first === Infinity ? 0 : first;
}
