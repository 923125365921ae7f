/** Tells how to read the records of a table without a scanner, where their dialect and arrangement are plain. */
import type { Format, PlainTable, TableMember } from '../../contracts/format.ts';
import type { EmptyCells } from './cells.ts';
import type { ColumnMember } from './columns.ts';
import type { TableOptions } from './table-options.ts';
import type { Dialect } from './dialect.ts';
import type { Columns } from './header.ts';

/**
 * Undefined for delimiters of several bytes, for escapes other than doubled quotes, and for objects and lists
 * in rows.
 */
export function plainTableOf(
  { dialect, empty }: { dialect: Dialect; empty: EmptyCells },
  { count, root }: Columns,
): PlainTable | undefined {
  const { delimiter, quote, nulls, trim, comment } = dialect;
  if (!isPlain(dialect) || nulls.includes('') || root.kind !== 'object') return undefined;
  const members = root.members.map(plainMemberOf);
  return members.includes(undefined)
    ? undefined
    : {
        delimiter: delimiter.charCodeAt(0),
        quote: quote?.charCodeAt(0),
        trims: trim,
        comment: comment === undefined ? undefined : Buffer.from(comment)[0],
        columns: count,
        empty,
        nulls: nulls.map((text) => Buffer.from(text)),
        members: members.filter((member) => member !== undefined),
      };
}

/** Empty for dialects in which quotes cannot be counted, and where lines between records must be read in order. */
export function divisible(options: TableOptions): Pick<Format, 'divisible'> {
  const { dialect, arrange: _, ...rest } = options;
  if (!isPlain(dialect) || options.fieldsLine !== undefined) return {};
  return { divisible: { quote: dialect.quote?.charCodeAt(0), options: { ...rest, dialect } } };
}

function isPlain({ delimiter, escape, quote }: Dialect): boolean {
  const escapesByDoubling = escape === undefined || escape === quote;
  return Buffer.byteLength(delimiter) === 1 && delimiter !== quote && escapesByDoubling;
}

function plainMemberOf({ key, prefix, node }: ColumnMember): TableMember | undefined {
  switch (node.kind) {
    case 'cell':
      return { key, prefix, value: { column: node.column } };
    case 'fixed':
      return { key, prefix, value: { json: node.text } };
    case 'object':
    case 'list':
      return undefined;
  }
}
