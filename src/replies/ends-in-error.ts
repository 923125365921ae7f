/**
 * Whether a body ends in an error and not in a row. A vendor that has begun to answer can no longer say by a status
 * that it failed: some write the error behind the rows, or behind half of one, and end the body as if it were whole.
 * Rows that were to follow would be missing from days that count as read.
 */
import type { Column } from '../contracts/dataset.ts';
import { asObject } from '../json.ts';
import { cellProblem } from '../formats/cells/typed-cells.ts';
import { splitCsvRow } from './readers/csv-cells.ts';

export interface LastRow {
  /** As it came, line end included. */
  bytes: Buffer;
  /** The row before it; empty where there is none. */
  before: Buffer;
  /** Of the table that it stands in; none in NDJSON. */
  header: Uint8Array;
  /** That the header names, or the objects so far. */
  columns: readonly Column[];
}

/** `published`: the columns that rows of the requested table have, at least one of them. */
export function isErrorText(
  { bytes, before, header, columns }: LastRow,
  published: readonly Column[],
): boolean {
  const text = textOf(bytes);
  if (text === '') return false;
  return header.length === 0 ? isOtherJson(text, published) : isNoRecord(text, before, columns);
}

/**
 * One cell under several columns is a sentence, fewer than there are columns are the beginning of a row, and an error
 * behind its last cell makes that one of another type; unless the row before it is like that, so that all may be.
 */
function isNoRecord(text: string, before: Buffer, columns: readonly Column[]): boolean {
  const named = columns.filter(({ isAbsent }) => isAbsent !== true);
  const cells = splitCsvRow(text);
  const earlier = splitCsvRow(textOf(before));
  if (cells.length < named.length)
    return cells.length === 1 || /^[{<]/.test(text) || earlier.length !== cells.length;
  const type = named.at(-1)?.type ?? 'text';
  const isLastOther = (row: readonly string[]) =>
    row.length !== named.length || cellProblem(type, row.at(-1)) !== undefined;
  return cells.length === named.length && isLastOther(cells) && !isLastOther(earlier);
}

function isOtherJson(text: string, published: readonly Column[]): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return true;
  }
  const keys = Object.keys(asObject(value) ?? {});
  return keys.length === 0
    ? asObject(value) === undefined
    : !published.some(({ name }) => keys.includes(name));
}

function textOf(row: Buffer): string {
  return row.toString('utf8').trim();
}
