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
  /** Of the table that it stands in; none in NDJSON. */
  header: Uint8Array;
  /** That the header names, or the objects so far. */
  columns: readonly Column[];
}

/** What errors say of themselves where they stand behind a part of a row. */
const ERROR_WORDS = /error|exception|time(?:d[ -]?)?out|unavailable|upstream|<\/?html/i;

/**
 * `doubtful`: half a row with an error behind it, or a damaged row with such a word in a cell. Which of them it is, its
 * bytes do not tell.
 */
export type LastRowKind = 'row' | 'doubtful' | 'error';

/** `published`: the columns that rows of the requested table have, at least one of them. */
export function judgeLastRow({ bytes, header, columns }: LastRow, published: readonly Column[]): LastRowKind {
  const text = bytes.toString('utf8').trim();
  if (text === '') return 'row';
  return header.length === 0 ? judgeLine(text, published) : judgeRecord(text, columns);
}

/**
 * One cell under several columns is a sentence, what begins like a document and is too short for a row is one. Another
 * row that is too short, or whose last cell is of another type, is doubtful where it speaks of an error; otherwise it
 * is a reject: asked for again it may be the same, and would keep its days from ever being read.
 */
function judgeRecord(text: string, columns: readonly Column[]): LastRowKind {
  const named = columns.filter(({ isAbsent }) => isAbsent !== true);
  const cells = splitCsvRow(text);
  const [last = ''] = cells.slice(-1);
  if (cells.length < named.length) {
    if (cells.length === 1 || /^[{<]/.test(text)) return 'error';
    return ERROR_WORDS.test(text) ? 'doubtful' : 'row';
  }
  const isOther = cellProblem(named.at(-1)?.type ?? 'text', last) !== undefined;
  return cells.length === named.length && isOther && ERROR_WORDS.test(last) ? 'doubtful' : 'row';
}

/** Damaged JSON is a reject for the same reason. */
function judgeLine(text: string, published: readonly Column[]): LastRowKind {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    if (!text.startsWith('{')) return 'error';
    return ERROR_WORDS.test(text) ? 'doubtful' : 'row';
  }
  const keys = Object.keys(asObject(value) ?? {});
  const isRow =
    keys.length === 0 ? asObject(value) !== undefined : published.some(({ name }) => keys.includes(name));
  return isRow ? 'row' : 'error';
}
