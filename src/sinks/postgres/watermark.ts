/** Up to which day a table has everything: kept in a table beside it, written with the rows. */
import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import type { Days } from '../../contracts-export.ts';
import { Failure } from '../../failure.ts';
import { requireOnTable, requireSchema } from './privileges.ts';
import { isTable } from './table.ts';
import { quoteName, quoteTable, type TableName } from './table-name.ts';

export interface Watermark {
  from: string;
  through: string;
}

export interface WatermarkKey {
  table: TableName;
  /** What decides the rows: several selections may share a table. */
  identity: Readonly<Record<string, unknown>>;
}

/** The watermarks of one table. */
export interface Watermarks {
  own: Watermark | undefined;
  /** Other selections have theirs. */
  hasOthers: boolean;
}

const watermarkTable = 'scarf_cli_watermarks';

/** Makes the table when it is missing, which takes a right that a role need not have later. */
export async function createWatermarks(client: Client, { table }: WatermarkKey): Promise<void> {
  const place = { schema: table.schema, table: watermarkTable };
  if (await isTable(client, place)) {
    await requireOnTable(client, place, ['SELECT', 'INSERT', 'UPDATE']);
    return;
  }
  await requireSchema(client, place, 'CREATE');
  await client.query(
    `create table ${beside(table)} (
       table_name text, selection text, identity jsonb not null,
       from_day date not null, through_day date not null, updated_at timestamptz not null default now(),
       primary key (table_name, selection))`,
  );
}

export async function readWatermarks(client: Client, key: WatermarkKey): Promise<Watermarks> {
  const place = { schema: key.table.schema, table: watermarkTable };
  if (!(await isTable(client, place))) return { own: undefined, hasOthers: false };
  const { rows } = await client.query<Watermark & { selection: string }>(
    `select selection, from_day::text as from, through_day::text as through
     from ${beside(key.table)} where table_name = $1`,
    [key.table.table],
  );
  const own = rows.find(({ selection }) => selection === selectionOf(key));
  return { own, hasOthers: rows.length > (own === undefined ? 0 : 1) };
}

/** Notes that these days are in the table; part of the transaction that brings their rows. */
export async function writeWatermark(client: Client, key: WatermarkKey, days: Days): Promise<void> {
  await client.query(
    `insert into ${beside(key.table)} as kept (table_name, selection, identity, from_day, through_day)
     values ($1, $2, $3, $4, $5)
     on conflict (table_name, selection) do update set
       from_day = least(kept.from_day, excluded.from_day),
       through_day = excluded.through_day, updated_at = now()`,
    [key.table.table, selectionOf(key), JSON.stringify(key.identity), days.from, days.to],
  );
}

/** A table without ids is replaced by days, so that it can hold one selection only. */
export function refuseOthers({ table }: WatermarkKey, { hasOthers }: Watermarks): void {
  if (!hasOthers) return;
  throw new Failure('usage', `the table ${quoteTable(table)} holds another selection`, {
    hint: 'give this one a table of its own with --table',
  });
}

function selectionOf({ identity }: WatermarkKey): string {
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
}

function beside({ schema }: TableName): string {
  return schema === undefined ? quoteName(watermarkTable) : quoteTable({ schema, table: watermarkTable });
}
