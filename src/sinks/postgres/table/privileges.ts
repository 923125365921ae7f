/** Checks the privileges of the role before anything is fetched; names each missing one with its GRANT. */
import type { Client } from 'pg';
import { Failure } from '../../../failure.ts';
import { quoteName, quoteTable, type TableName } from './table-name.ts';

export type TablePrivilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

/** Throws a Failure `local` that names every missing privilege on the table, with the GRANT. */
export async function requireOnTable(
  client: Client,
  table: TableName,
  needed: readonly TablePrivilege[],
): Promise<void> {
  const { rows } = await client.query<{ privilege: string; role: string }>(
    `select needed as privilege, current_user::text as role from unnest($2::text[]) as needed
     where not case needed when 'DELETE' then has_table_privilege($1::regclass, needed)
       else has_any_column_privilege($1::regclass, needed) end`,
    [quoteTable(table), needed],
  );
  const [first] = rows;
  if (first === undefined) return;
  const missing = rows.map(({ privilege }) => privilege).join(', ');
  throw lacking(first.role, `${missing} on the table ${quoteTable(table)}`, {
    grant: `GRANT ${missing} ON ${quoteTable(table)}`,
  });
}

/** Throws a Failure `local` unless the role may create temporary tables, which staging needs. */
export async function requireTemporaryTables(client: Client): Promise<void> {
  const { rows } = await client.query<{ allowed: boolean; database: string; role: string }>(
    `select has_database_privilege(current_database(), 'TEMPORARY') as allowed,
       current_database()::text as database, current_user::text as role`,
  );
  const [found] = rows;
  if (found === undefined || found.allowed) return;
  const { database, role } = found;
  throw lacking(role, `TEMPORARY on the database ${quoteName(database)} (CREATE TEMPORARY TABLE)`, {
    grant: `GRANT TEMPORARY ON DATABASE ${quoteName(database)}`,
  });
}

/**
 * Throws a Failure `local` unless the role can use the schema where the table is or would be created, and a table
 * that is created there lasts.
 */
export async function requireSchema(
  client: Client,
  { schema }: TableName,
  needed: 'USAGE' | 'CREATE',
): Promise<void> {
  const { rows } = await client.query<{ allowed: boolean | null; role: string; schema: string | null }>(
    `select wanted.name as schema, current_user::text as role,
       (select has_schema_privilege(oid, $2) from pg_namespace where nspname = wanted.name) as allowed
     from (select coalesce($1::text, current_schema()::text) as name) as wanted`,
    [schema, needed],
  );
  const [found] = rows;
  if (found === undefined) return;
  if (needed === 'CREATE' && found.schema !== null && isTemporary(found.schema))
    throw wouldVanish(found.schema);
  if (found.allowed === true) return;
  if (found.schema === null) {
    throw new Failure('local', 'no usable schema in the search_path', {
      hint: 'name one, as in --table SCHEMA.TABLE',
    });
  }
  const name = quoteName(found.schema);
  if (found.allowed === null) {
    throw new Failure('local', `there is no schema ${name}`, { hint: `CREATE SCHEMA ${name}` });
  }
  throw lacking(found.role, `${needed} on the schema ${name}`, {
    grant: `GRANT ${needed} ON SCHEMA ${name}`,
  });
}

/** `pg_temp` in a search path, and the schema behind it, which ends with the connection. */
function isTemporary(schema: string): boolean {
  return schema === 'pg_temp' || schema.startsWith('pg_temp_');
}

function wouldVanish(schema: string): Failure {
  return new Failure('local', `a table in the schema ${quoteName(schema)} ends with the connection`, {
    hint: 'name a lasting schema, as in --table SCHEMA.TABLE, or change the search_path',
  });
}

function lacking(role: string, what: string, { grant }: { grant: string }): Failure {
  return new Failure('local', `the role ${quoteName(role)} lacks ${what}`, {
    hint: `let an administrator say: ${grant} TO ${quoteName(role)}`,
  });
}
