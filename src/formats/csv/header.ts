/** The names of a table's columns: from its first record, from the user, or numbered. */
import { isUtf8 } from 'node:buffer';
import type { Arrange, PlainTable } from '../../contracts/format.ts';
import { Failure } from '../../failure.ts';
import { arrangeColumns, type ColumnNode } from './columns.ts';
import { DOUBLED, PLAIN, UNCLEAN, type RecordReader } from './records.ts';

/** `first`: the first record names the columns. `none`: it is data, and columns are numbered. */
export type Header = 'first' | 'none' | readonly string[];

export interface Columns {
  count: number;
  /** The last column has no name: the header may end with a surplus delimiter. */
  endsNameless: boolean;
  root: ColumnNode;
}

/** The columns read from the last beginning of an input. Most passes are over further slabs of the same input. */
export interface HeaderCache {
  head?: Buffer;
  columns?: Columns | undefined;
  table?: PlainTable | undefined;
}

/** How much of an input is searched for the header when reading starts in the middle. */
export const MAX_HEADER_BYTES = 65_536;

/** The default arrangement: each column goes where its name says. */
export const asNamed: Arrange = (names) => names.map((path, column) => ({ path, column }));

/**
 * The column names of a table whose first record was just read. Throws a Failure `usage` when the header is
 * not text.
 */
export function namesOf(header: Header, bytes: Buffer, record: RecordReader): readonly string[] {
  if (typeof header === 'object') return header;
  if (header === 'first') return fieldsOf(bytes, record);
  return Array.from({ length: record.fields }, (_, index) => `column${index + 1}`);
}

/**
 * Columns with a repeated name or none are addressed by position: `#3`. Throws a Failure `usage` when two
 * columns have the same target.
 */
export function columnsOf(names: readonly string[], arrange: Arrange): Columns {
  const known = addressable(names);
  const cells = arrange(known);
  const arranged = cells.map((cell) =>
    'column' in cell && cell.path === known[cell.column] ? { ...cell, path: names[cell.column]! } : cell,
  );
  const endsNameless = names.length > 1 && names.at(-1) === '';
  return { count: names.length, endsNameless, root: arrangeColumns(arranged) };
}

function addressable(names: readonly string[]): string[] {
  return names.map((name, index) => (name === '' || names.indexOf(name) < index ? `#${index + 1}` : name));
}

/** The fields of the last record as text. */
function fieldsOf(bytes: Buffer, record: RecordReader): string[] {
  const start = record.from[0] ?? 0;
  if (record.end - start > MAX_HEADER_BYTES) {
    throw new Failure('usage', `the header takes more than ${MAX_HEADER_BYTES} bytes`);
  }
  if (!isUtf8(bytes.subarray(start, record.end))) {
    throw new Failure('usage', 'the header is not valid UTF-8', {
      hint: 'say what it is written in: --encoding latin1, windows-1252 and so on',
    });
  }
  return Array.from({ length: record.fields }, (_, field) => {
    const text = bytes.toString('utf8', record.from[field], record.to[field]);
    if (text.includes('\r') && isBare(record.writing[field]!)) throw oldLineEnds();
    const name = (record.writing[field]! & DOUBLED) !== 0 ? text.replaceAll(/(["'])\1/g, '$1') : text;
    // Some writers put the mark of their encoding inside the first quotes.
    return field === 0 ? name.replace(/^\uFEFF+/, '') : name;
  });
}

function isBare(writing: number): boolean {
  return (writing & ~UNCLEAN) === PLAIN;
}

/** With bare carriage returns as line ends, the whole table would be one header, and nothing would be sent. */
function oldLineEnds(): Failure {
  return new Failure('usage', 'the header contains a carriage return: lines must end in LF or CRLF', {
    hint: "convert it first: tr '\\r' '\\n' < FILE | scarf-cli … -",
  });
}
