/** Tells how to read the records of a table without a scanner, where their dialect and arrangement are plain. */
import type { PlainTable, TableMember } from '../../contracts/format.ts';
import type { EmptyCells } from './cells.ts';
import type { ColumnMember } from './columns.ts';
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
  const isPlain = Buffer.byteLength(delimiter) === 1 && delimiter !== quote && escapesByDoubling(dialect);
  if (!isPlain || nulls.includes('') || root.kind !== 'object') return undefined;
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

function escapesByDoubling({ escape, quote }: Dialect): boolean {
  return escape === undefined || escape === quote;
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
