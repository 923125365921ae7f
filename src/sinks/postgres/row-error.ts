/** Errors of the server about a row, rather than about the statement or the session. */
import type { Client } from 'pg';

/** An error of the server, by its SQLSTATE ("PostgreSQL 15 documentation, A. Error Codes", 2022). */
export interface ServerError extends Error {
  code: string;
  /** Set where the error is about one of them. */
  schema?: string;
  table?: string;
  column?: string;
  constraint?: string;
}

/** Stands for a SQLSTATE where the server reports no error, but leaves a row out. */
export const leftOutCode = 'left out';

/**
 * Data exceptions (22), constraint violations (23), views with CHECK OPTION, exceptions of triggers, and
 * values too large to index or too deeply nested to parse.
 */
const rowErrors = /^(2[23]...|44000|P0001|54000|54001)$/;

/** Where the server reports that a policy of row security refuses the row, with the code for lacking rights. */
const policyRoutine = 'ExecWithCheckOptions';
const policyCode = '42501';

/** Where the server reports what a function in PL/pgSQL raises, with whatever code of its own. */
const raiseRoutine = 'exec_stmt_raise';

/** Whether the error is about the row, so that others may be accepted. */
export function isRowError(error: unknown): error is ServerError {
  if (!(error instanceof Error && 'code' in error)) return false;
  if (error.code === leftOutCode || rowErrors.test(String(error.code))) return true;
  if (!('routine' in error)) return false;
  return error.routine === raiseRoutine || (error.code === policyCode && error.routine === policyRoutine);
}

const reasons: Readonly<Record<string, string>> = {
  '22P02': 'not-of-type',
  '22007': 'not-of-type',
  '22003': 'out-of-range',
  '22008': 'out-of-range',
  '22001': 'too-long',
  '22021': 'not-utf8',
  '22P04': 'cell-count',
  '23502': 'missing',
  '23503': 'no-such-reference',
  '23505': 'not-unique',
  '23514': 'check-failed',
  '23P01': 'not-unique',
  '54000': 'too-long',
  [policyCode]: 'policy-failed',
  [leftOutCode]: 'not-taken',
};

/** A short code in kebab case. */
export function reasonOf({ code }: ServerError): string {
  return reasons[code] ?? 'refused-by-database';
}

/** The column that the error names, or the only one of the constraint that it names. */
export async function columnOf(client: Client, error: ServerError): Promise<string | undefined> {
  const { column, constraint, schema, table } = error;
  if (column !== undefined || constraint === undefined || table === undefined) return column;
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = (
         select pg_class.oid from pg_class join pg_namespace as home on home.oid = relnamespace
         where relname = $1 and nspname = $2)
       and (attnum = any(coalesce(
             (select conkey from pg_constraint where conrelid = attrelid and conname = $3),
             (select indkey::int2[] from pg_index join pg_class as index on index.oid = indexrelid
              where indrelid = attrelid and index.relname = $3))))`,
    [table, schema, constraint],
  );
  return rows.length === 1 ? rows[0]?.name : undefined;
}
