/** The destination table: how to inspect and create it. */
import type { Client } from 'pg';
import type { Column, ColumnType } from '../../../contracts/dataset.ts';
import { Failure } from '../../../failure.ts';
import { quoteName, quoteTable, type TableName } from './table-name.ts';

export interface TableShape {
  /** Types by column name, as SQL writes them. */
  columns: ReadonlyMap<string, string>;
  /**
   * Columns that must not be null. A unique id is one of them, since rows without it cannot be identified.
   */
  required: ReadonlySet<string>;
  /** Whether the id column alone is unique, with a constraint that is not deferrable. */
  hasUniqueId: boolean;
  interference: Interference;
}

/** Which statements triggers, rules or policies of the table may turn into something else, without an error. */
export interface Interference {
  inserts: boolean;
  updates: boolean;
  deletes: boolean;
  /** Row security applies: the role may not see all rows. */
  hides: boolean;
}

export const noInterference: Interference = { inserts: false, updates: false, deletes: false, hides: false };

/** The types of the vendor's exporter (scarf-sh/scarf-postgres-exporter, 2025-10). */
export const SQL_TYPES: Record<ColumnType, string> = {
  text: 'text',
  integer: 'bigint',
  number: 'numeric',
  boolean: 'boolean',
  timestamp: 'timestamp without time zone',
  date: 'date',
  json: 'jsonb',
};

/** The table as it is now; undefined when it does not exist. */
export async function inspectTable(
  client: Client,
  name: TableName,
  idColumn: string | undefined,
): Promise<TableShape | undefined> {
  const oid = await findTable(client, name);
  if (oid === undefined) return undefined;
  const { rows } = await client.query<{ name: string; type: string; required: boolean }>(
    `select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required from pg_attribute
     where attrelid = $1 and attnum > 0 and not attisdropped order by attnum`,
    [oid],
  );
  const hasUniqueId = idColumn !== undefined && (await hasUniqueColumn(client, oid, idColumn));
  const isRequired = (row: { name: string; required: boolean }) =>
    row.required || (hasUniqueId && row.name === idColumn);
  return {
    columns: new Map(rows.map(({ name: column, type }) => [column, type])),
    required: new Set(rows.filter(isRequired).map(({ name: column }) => column)),
    hasUniqueId,
    interference: await findInterference(client, oid),
  };
}

/**
 * Creates the table in the named schema, else the first of the search path, with the id, if any, as its
 * primary key.
 */
export async function createTable(
  client: Client,
  name: TableName,
  shape: { columns: readonly Column[]; idColumn: string | undefined },
): Promise<void> {
  const columns = shape.columns.map((column) => `${quoteName(column.name)} ${SQL_TYPES[column.type]}`);
  const key = shape.idColumn === undefined ? [] : [`primary key (${quoteName(shape.idColumn)})`];
  await client.query(`create table ${quoteTable(name)} (${[...columns, ...key].join(', ')})`);
}

export async function addColumn(client: Client, name: TableName, column: Column): Promise<void> {
  await client.query(
    `alter table ${quoteTable(name)} add column ${quoteName(column.name)} ${SQL_TYPES[column.type]}`,
  );
}

export function leftOutText(columns: readonly Column[]): string {
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  return columns.length === 1
    ? `the table has no column ${names}: it is left out (--evolve adds it)`
    : `the table has no columns ${names}: they are left out (--evolve adds them)`;
}

export function missingColumn(table: TableName, name: string): Failure {
  return new Failure('local', `the table ${quoteTable(table)} has no column "${name}"`, {
    hint: '--evolve adds it, --table chooses another table',
  });
}

export function otherTable(table: TableName): Failure {
  return new Failure('local', `the table ${quoteTable(table)} has no column in common with the rows`, {
    hint: 'give them a table of their own with --table',
  });
}

export function missingTable(table: TableName): Failure {
  return new Failure('local', `no such table: ${quoteTable(table)}`, {
    hint: 'leave out --no-create-table, or make it',
  });
}

/** Tables in any schema whose names differ only in case: one of them may be meant. */
export async function tablesDifferingInCase(client: Client, { table }: TableName): Promise<TableName[]> {
  const { rows } = await client.query<{ schema: string; table: string }>(
    `select nspname as schema, relname as table from pg_class join pg_namespace as home on home.oid = relnamespace
     where relkind in ('r', 'p', 'v', 'f') and lower(relname) = lower($1) and relname <> $1
       and has_schema_privilege(home.oid, 'USAGE') order by 1, 2`,
    [table],
  );
  return rows;
}

export async function isTable(client: Client, name: TableName): Promise<boolean> {
  return (await findTable(client, name)) !== undefined;
}

async function findTable(client: Client, name: TableName): Promise<string | undefined> {
  const { rows } = await client.query<{ oid: string | null }>('select to_regclass($1)::oid as oid', [
    quoteTable(name),
  ]);
  return rows[0]?.oid ?? undefined;
}

async function hasUniqueColumn(client: Client, oid: string, column: string): Promise<boolean> {
  const { rows } = await client.query(
    `select 1 from pg_index join pg_attribute on attrelid = indrelid and attnum = indkey[0]
     where indrelid = $1 and indisunique and indisvalid and indimmediate and indnkeyatts = 1
       and indpred is null and indexprs is null and attname = $2`,
    [oid, column],
  );
  return rows.length > 0;
}

/**
 * Triggers for rows, before or instead of a statement (bits of `tgtype`), of partitions too, rules (`ev_type`), and
 * row security, which deletes only what the role sees.
 */
async function findInterference(client: Client, oid: string): Promise<Interference> {
  const { rows } = await client.query<Interference>(
    `select coalesce(bool_or(inserts), false) as inserts, coalesce(bool_or(updates), false) as updates,
       coalesce(bool_or(deletes), false) or row_security_active($1::oid) as deletes,
       row_security_active($1::oid) as hides
     from (
       select tgtype & 4 <> 0 as inserts, tgtype & 16 <> 0 as updates, tgtype & 8 <> 0 as deletes from pg_trigger
       where (tgrelid = $1 or tgrelid in (select relid from pg_partition_tree($1::oid::regclass)))
         and not tgisinternal and tgenabled <> 'D' and tgtype & 1 <> 0 and tgtype & 66 <> 0
       union all select ev_type = '3', ev_type = '2', ev_type = '4' from pg_rewrite
       where ev_class = $1 and is_instead) as found`,
    [oid],
  );
  return rows[0] ?? noInterference;
}
