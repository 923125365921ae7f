/** Names of tables as SQL reads them, and how they are written into statements. */
import { Failure } from '../../../failure.ts';

/** A table's name, perhaps with its schema. */
export interface TableName {
  schema: string | undefined;
  table: string;
}

/** PostgreSQL cuts longer names off in silence ("PostgreSQL 15 documentation, 4.1.1", 2022). */
const maxNameBytes = 63;

/** A quoted name, in which two quotes are one, or a bare one; then a dot or the end. */
const namePart = /(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{M}\p{N}_$]*))(\.|$)/uy;

/**
 * `table`, `schema.table`, `"My Schema"."Table"`: a bare name is folded to lower case, a quoted one stays as it
 * is. Throws a Failure `usage`.
 */
export function parseTableName(text: string): TableName {
  const parts: string[] = [];
  let dot: string | undefined = '.';
  namePart.lastIndex = 0;
  while (dot === '.') {
    const match = namePart.exec(text);
    if (match === null) throw notAName(text);
    const [, quoted, bare = '', end] = match;
    parts.push(quoted?.replaceAll('""', '"') ?? foldCase(bare));
    dot = end;
  }
  const [first = '', second] = parts;
  if (parts.length > 2 || parts.some((part) => Buffer.byteLength(part) > maxNameBytes)) throw notAName(text);
  return second === undefined ? { schema: undefined, table: first } : { schema: first, table: second };
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteTable({ schema, table }: TableName): string {
  return schema === undefined ? quoteName(table) : `${quoteName(schema)}.${quoteName(table)}`;
}

/** In UTF-8 databases PostgreSQL folds the letters of ASCII only. */
function foldCase(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function notAName(text: string): Failure {
  return new Failure('usage', `"${text}" is not a table name: expected TABLE or SCHEMA.TABLE`, {
    hint: `a name with capitals, dashes or spaces stands in double quotes, as in --table '"My Schema"."Events"'`,
  });
}
