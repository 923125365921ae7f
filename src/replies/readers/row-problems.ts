/** Describes what is wrong with rows that are not kept. There are few, so each gets an object. */
import { isUtf8 } from 'node:buffer';
import type { Column } from '../../contracts/dataset.ts';
import type { RowDefect } from '../../contracts/reader.ts';
import { splitCsvRow } from './csv-cells.ts';
import type { CellProblem } from '../../formats/cells/typed-cells.ts';

export function cellCount(found: number, columns: number): RowDefect {
  return { reason: 'cell-count', message: `row has ${found} fields but the header has ${columns}` };
}

export const notAnObject: RowDefect = { reason: 'not-an-object', message: 'the line is not a JSON object' };

export function wrongCell({ name, type }: Column, problem: CellProblem): RowDefect {
  const message = {
    'not-of-type': `the value of "${name}" is not of the type ${type}`,
    'out-of-range': `the value of "${name}" is out of the range of the type ${type}`,
  }[problem];
  return { reason: problem, column: name, message };
}

/** A problem that any text may have: outputs with types require UTF-8 without NUL characters. */
export function textProblem(name: string, kind: 'nul' | 'encoding'): RowDefect {
  return kind === 'nul'
    ? { reason: 'nul-character', column: name, message: `the value of "${name}" holds a NUL character` }
    : { reason: 'not-utf8', column: name, message: `the value of "${name}" is not UTF-8` };
}

/** Whether the bytes are valid text. */
export function isCleanText(bytes: Uint8Array): boolean {
  return bytes.indexOf(0) < 0 && isUtf8(bytes);
}

/** The first required column of a CSV row that contains a NUL character or is not UTF-8. */
export function findDirtyCell(
  row: Buffer,
  columns: readonly Column[],
  wanted: (name: string) => boolean,
): RowDefect | undefined {
  const cells = splitCsvRow(row.toString('latin1'));
  for (const [index, { name }] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (!wanted(name)) continue;
    if (cell.includes('\0')) return textProblem(name, 'nul');
    if (!isUtf8(Buffer.from(cell, 'latin1'))) return textProblem(name, 'encoding');
  }
  return undefined;
}
