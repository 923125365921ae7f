/** Table names: parsed as SQL does, and quoted for statements. */
import { Failure } from '../../../failure.ts';

/** A table name with an optional schema. */
export interface TableName {
  schema: string | undefined;
  table: string;
}

/** PostgreSQL silently truncates longer names ("PostgreSQL 15 documentation, 4.1.1", 2022). */
const maxNameBytes = 63;

/** A quoted name, in which two quotes stand for one, or an unquoted name; then a dot or the end. */
const namePart = /(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{M}\p{N}_$]*))(\.|$)/uy;

/**
 * Parses `table`, `schema.table`, `"My Schema"."Table"`: unquoted names are folded to lower case, quoted ones
 * are kept. Throws a Failure `usage`.
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

/** In UTF-8 databases PostgreSQL folds ASCII letters only. */
function foldCase(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function notAName(text: string): Failure {
  return new Failure('usage', `"${text}" is not a table name: expected TABLE or SCHEMA.TABLE`, {
    hint: `a name with capitals, dashes or spaces stands in double quotes, as in --table '"My Schema"."Events"'`,
  });
}
