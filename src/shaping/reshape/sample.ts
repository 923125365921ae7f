/** Decodes the first rows of an input, to examine them before anything is decided. */
import { asObject, isJson, isObject, parseObject } from '../../json.ts';
import type { Format, RowSink } from '../../contracts/format.ts';
import { isLongNumber, parseJson, writeJson } from '../json/values.ts';
import type { SeenColumn } from './infer-time.ts';

export type SampleRow = Record<string, unknown>;

type Row = SampleRow;

/** The beginning of an input. */
interface Beginning {
  bytes: Buffer;
  /** The bytes are the whole input. */
  isWhole: boolean;
}

/**
 * At most `maxRows` complete rows from the first bytes of an input; unreadable rows are skipped. Long numbers lose digits,
 * unless values are to be exact: every process decodes these rows before it reads the first, most for their names alone.
 */
export function sampleRows(
  format: Format,
  { bytes: head, isWhole }: Beginning,
  { maxRows, exact = false }: { maxRows: number; exact?: boolean },
): Row[] {
  const rows: Row[] = [];
  const rowIn = exact ? exactRow : parseObject;
  const scanner = format.scanner({ atStart: true, toEnd: false, line: 1, head: Buffer.alloc(0) });
  const sink: RowSink = {
    row(from, to) {
      const text = scanner.toJson?.(head, from, to) ?? { bytes: head, from, to };
      const row = rowIn(text.bytes.toString('utf8', text.from, text.to));
      if (row !== undefined) rows.push(row);
      return rows.length < maxRows;
    },
    bad: () => true,
    tooLong: () => true,
  };
  scanner.scan(head, { from: 0, to: head.length, final: isWhole }, sink);
  return rows;
}

/** The columns of a table; otherwise the dotted keys of rows, in the order in which they first occur. */
export function seenColumns(
  format: Format,
  beginning: Beginning,
  maxRows: number,
): { columns: SeenColumn[]; rows: number } {
  let names: readonly string[] = [];
  const byPosition = format.rearranged?.((all) => {
    names = all;
    return all.map((_, column) => ({ path: `c${column}`, column }));
  });
  const rows = sampleRows(byPosition ?? format, beginning, { maxRows, exact: true });
  const columns = byPosition === undefined ? keysOf(rows) : columnsOfTable(rows, names);
  return { columns, rows: rows.length };
}

/** A column whose name cannot be written in an option is named by its position. */
function columnsOfTable(rows: readonly Row[], names: readonly string[]): SeenColumn[] {
  return names.map((title, index) => {
    const cells = rows.map((row) => row[`c${index}`]);
    const name = isPlain(title) ? title : `#${index + 1}`;
    return { name, title, values: cells.map(textOf), isText: true, hasEmptyText: cells.includes('') };
  });
}

function keysOf(rows: readonly Row[]): SeenColumn[] {
  const columns = new Map<string, Omit<SeenColumn, 'name' | 'title'> & { values: string[] }>();
  rows.forEach((row, index) => {
    noteValues(row, '', (name, value) => {
      const column = columns.get(name) ?? unseen(rows.length);
      columns.set(name, column);
      column.values[index] = textOf(value);
      column.isText &&= typeof value === 'string' || value === null;
      column.hasEmptyText ||= value === '';
    });
  });
  return [...columns]
    .filter(([name]) => isPlain(name))
    .map(([name, column]) => ({ name, title: name, ...column }));
}

function unseen(rows: number) {
  return { values: Array<string>(rows).fill(''), isText: true, hasEmptyText: false };
}

function noteValues(value: Row, prefix: string, note: (name: string, value: unknown) => void): void {
  for (const [key, inner] of Object.entries(value)) {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (isObject(inner) && !isLongNumber(inner)) noteValues(inner, name, note);
    else note(name, inner);
  }
}

/** Options trim names, and read `#3` as a position. */
function isPlain(name: string): boolean {
  return name === name.trim() && name !== '' && !/^#\d+$/.test(name) && !/\p{Cc}/u.test(name);
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : writeJson(value);
}

function exactRow(text: string): Row | undefined {
  return isJson(text) ? asObject(parseJson(text)) : undefined;
}
