/**
 * Whether a body ends in an error and not in a row. A vendor that has begun to answer can no longer say by a status
 * that it failed: some write the error behind the rows, and end the body as if it were whole.
 */
import type { Column } from '../contracts/dataset.ts';
import { asObject } from '../json.ts';
import { splitCsvRow } from './readers/csv-cells.ts';

export interface LastRow {
  /** As it came, line end included. */
  bytes: Buffer;
  /** Of the table that it stands in; none in NDJSON. */
  header: Uint8Array;
  /** That the header names, or the objects so far. */
  columns: readonly Column[];
}

/** `published`: the columns that rows of the requested table have, at least one of them. */
export function isErrorText({ bytes, header, columns }: LastRow, published: readonly Column[]): boolean {
  const text = bytes.toString('utf8').trim();
  if (text === '') return false;
  return header.length === 0 ? isOtherJson(text, published) : isNoRecord(text, columns);
}

/** One cell under several columns is a sentence; what begins like a document and is too short for a row is one. */
function isNoRecord(text: string, columns: readonly Column[]): boolean {
  const named = columns.filter(({ isAbsent }) => isAbsent !== true).length;
  const { length } = splitCsvRow(text);
  return named > 1 && (length === 1 || (length < named && /^[{<]/.test(text)));
}

function isOtherJson(text: string, published: readonly Column[]): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return !text.startsWith('{');
  }
  const keys = Object.keys(asObject(value) ?? {});
  return keys.length === 0
    ? asObject(value) === undefined
    : !published.some(({ name }) => keys.includes(name));
}
