/** The names of a table's columns: from its first record, from the user, or counted. */
import { isUtf8 } from 'node:buffer';
import { Failure } from '../failure.ts';
import { arrangeColumns, type ColumnNode } from './csv-columns.ts';
import { DOUBLED, type RecordReader } from './csv-records.ts';

/** `first`: the first record names the columns. `none`: it is data already, and columns are counted. */
export type Header = 'first' | 'none' | readonly string[];

export interface Columns {
  count: number;
  root: ColumnNode;
}

/** A header is looked for in the first bytes of an input when reading begins in the middle. */
const MAX_HEADER_BYTES = 65_536;

export function columnsOf(names: readonly string[]): Columns {
  return { count: names.length, root: arrangeColumns(names) };
}

/** The columns of a table whose first record was just read. Throws a Failure `usage` when it cannot name any. */
export function columnsOfFirst(header: Header, bytes: Buffer, record: RecordReader): Columns {
  if (typeof header === 'object') return columnsOf(header);
  if (header === 'none')
    return columnsOf(Array.from({ length: record.fields }, (_, index) => `column${index + 1}`));
  return columnsOf(fieldsOf(bytes, record));
}

/** The fields of the last record as texts. */
export function fieldsOf(bytes: Buffer, record: RecordReader): string[] {
  const start = record.from[0] ?? 0;
  if (record.end - start > MAX_HEADER_BYTES) {
    throw new Failure('usage', `the header takes more than ${MAX_HEADER_BYTES} bytes`);
  }
  if (!isUtf8(bytes.subarray(start, record.end))) {
    throw new Failure('usage', 'the header is not valid UTF-8', {
      hint: 'convert the file first, with iconv',
    });
  }
  return Array.from({ length: record.fields }, (_, field) => {
    const text = bytes.toString('utf8', record.from[field], record.to[field]);
    return record.quoting[field] === DOUBLED ? text.replaceAll('""', '"') : text;
  });
}
