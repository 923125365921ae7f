/** What a table has already: the watermark where it can be believed, else the rows themselves. */
import type { Client } from 'pg';
import type { Standing } from '../../contracts-export.ts';
import { quoteName, quoteTable, type TableName } from './table-name.ts';
import { readWatermarks, refuseOthers, type WatermarkKey } from './watermark.ts';

export interface StandingOptions {
  idColumn: string | undefined;
  timeColumn: string | undefined;
  incremental: { today: string } | undefined;
}

const nothing: Standing = { from: undefined, through: undefined };

/**
 * From where an incremental export goes on. A watermark ahead of the newest row, or over an empty table, is
 * not believed. Without one the day of the newest row is taken to be there in part.
 */
export async function readStanding(
  client: Client,
  key: WatermarkKey,
  options: StandingOptions,
): Promise<Standing> {
  const { idColumn, incremental, timeColumn } = options;
  if (idColumn !== undefined && incremental === undefined) return nothing;
  const watermarks = await readWatermarks(client, key);
  if (idColumn === undefined) refuseOthers(key, watermarks);
  if (incremental === undefined || timeColumn === undefined) return nothing;
  const rows = await readRange(client, key.table, timeColumn);
  if (rows === undefined) return nothing;
  const { own, hasOthers } = watermarks;
  if (own !== undefined && own.through <= rows.last) return own;
  if (own === undefined && hasOthers) return nothing;
  return { from: own?.from ?? rows.first, through: dayBefore(rows.last) };
}

/**
 * Keeps the oldest of the rows with the same id; tells how many others there were. A place names a row within
 * one partition only.
 */
export async function removeDuplicates(client: Client, table: TableName, idColumn: string): Promise<number> {
  const target = quoteTable(table);
  const id = quoteName(idColumn);
  const { rowCount } = await client.query(
    `delete from ${target} as kept using (
       select tableoid as part, ctid as place,
         row_number() over (partition by ${id} order by tableoid, ctid) as copy
       from ${target} where ${id} is not null) as found
     where kept.tableoid = found.part and kept.ctid = found.place and found.copy > 1`,
  );
  return rowCount ?? 0;
}

async function readRange(
  client: Client,
  table: TableName,
  timeColumn: string,
): Promise<{ first: string; last: string } | undefined> {
  const time = quoteName(timeColumn);
  const { rows } = await client.query<{ first: string | null; last: string | null }>(
    `select min(${time})::text as first, max(${time})::text as last from ${quoteTable(table)}`,
  );
  const { first, last } = rows[0] ?? { first: null, last: null };
  return first === null || last === null ? undefined : { first: first.slice(0, 10), last: last.slice(0, 10) };
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
