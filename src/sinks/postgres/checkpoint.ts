/** Which days a table already has: its watermark where that is credible, else what its rows show. */
import type { Client } from 'pg';
import { checkAgainstClock, emptyCheckpoint, forgetDays } from '../../checkpoint/checkpoint.ts';
import { addDays } from '../../calendar.ts';
import { spanOf } from '../../checkpoint/ranges.ts';
import type { Days } from '../../contracts/dataset.ts';
import type { Checkpoint, Clock, EmitNotice } from '../../contracts/sink.ts';
import { aheadOfClock } from '../notices.ts';
import { readAtTheirEnd } from '../file/proven-days.ts';
import { quoteName, quoteTable, type TableName } from './table/table-name.ts';
import {
  readWatermarks,
  refuseOthers,
  writeWatermark,
  type Watermark,
  type WatermarkKey,
} from './watermark.ts';

export interface CheckpointOptions {
  idColumn: string | undefined;
  timeColumn: string | undefined;
  incremental: { clock: Clock } | undefined;
  clock: Clock;
  onNotice: EmitNotice;
}

/**
 * Where an incremental export continues. Days of the watermark that are ahead of the clock do not count. When
 * the newest row is missing, nor do days from that of the newest remaining row on. Without a watermark the
 * day of the newest row counts as incomplete.
 */
export async function readCheckpoint(
  client: Client,
  key: WatermarkKey,
  options: CheckpointOptions,
): Promise<Checkpoint> {
  const { clock, idColumn, incremental, timeColumn } = options;
  if (idColumn !== undefined && incremental === undefined) return emptyCheckpoint;
  const watermarks = await readWatermarks(client, key);
  if (idColumn === undefined) refuseOthers(key, watermarks);
  if (timeColumn === undefined) return emptyCheckpoint;
  const { hasOthers, own } = watermarks;
  const rows = await readRange(client, key.table, timeColumn);
  if (own !== undefined) return mend(client, key, { own, rows, options });
  return hasOthers || rows === undefined ? emptyCheckpoint : provenByTable(rows, clock);
}

/**
 * The credible part of the watermark. Saves it when it is less than recorded, so that no later run trusts
 * more.
 */
async function mend(
  client: Client,
  key: WatermarkKey,
  found: { own: Watermark; rows: Days | undefined; options: CheckpointOptions },
): Promise<Checkpoint> {
  const { own, rows, options } = found;
  const { clock, onNotice } = options;
  const backed = backedByRows(own, rows);
  const { checkpoint, doubted } = checkAgainstClock(backed, clock);
  if (doubted.length > 0) onNotice(aheadOfClock(quoteTable(key.table), doubted, clock));
  if (own.isBare || doubted.length > 0 || backed !== own.checkpoint) {
    await writeWatermark(client, key, checkpoint);
  }
  return checkpoint;
}

/**
 * Removes all but the oldest of the rows with the same id; returns how many were removed. A ctid is unique
 * within one partition only.
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

/** Drops the days from that of the newest row on, when rows that were recorded are missing. */
function backedByRows({ checkpoint, isBare }: Watermark, rows: Days | undefined): Checkpoint {
  const { newest, ranges } = checkpoint;
  if (rows === undefined) {
    const isEmpty = !isBare && newest === undefined;
    return isEmpty ? checkpoint : withoutNewest(forgetDays(checkpoint, ranges), undefined);
  }
  const last = isBare ? ranges.at(-1)?.to : newest;
  if (last === undefined || rows.to >= last) return checkpoint;
  const left = forgetDays(checkpoint, [{ from: rows.to, to: spanOf(ranges)?.to ?? rows.to }]);
  return withoutNewest(isBare ? { ...left, ranges: readAtTheirEnd(left.ranges) } : left, rows.to);
}

function withoutNewest(checkpoint: Checkpoint, newest: string | undefined): Checkpoint {
  const { columns, first, ranges } = checkpoint;
  return {
    ranges,
    first,
    ...(columns === undefined ? {} : { columns }),
    ...(newest === undefined ? {} : { newest }),
  };
}

/** For a table that was filled without this program. */
function provenByTable(rows: Days, { today }: Clock): Checkpoint {
  const last = rows.to < today ? rows.to : today;
  const days = { from: rows.from, to: addDays(last, -1) };
  return { ranges: readAtTheirEnd(days.from <= days.to ? [days] : []), first: rows.from };
}

/** Whether the table has rows of these days; undefined means any row. */
export async function hasRows(
  client: Client,
  { table, timeColumn }: { table: TableName; timeColumn: string | undefined },
  days: readonly (Days | undefined)[],
): Promise<boolean> {
  for (const some of days) {
    const isDated = some !== undefined && timeColumn !== undefined;
    const time = quoteName(timeColumn ?? '');
    const within = isDated ? `where ${time} >= $1::date and ${time} < $2::date + 1` : '';
    const { rows } = await client.query(
      `select 1 from ${quoteTable(table)} ${within} limit 1`,
      isDated ? [some.from, some.to] : [],
    );
    if (rows.length > 0) return true;
  }
  return false;
}

async function readRange(client: Client, table: TableName, timeColumn: string): Promise<Days | undefined> {
  const time = quoteName(timeColumn);
  const { rows } = await client.query<{ first: string | null; last: string | null }>(
    `select min(${time})::text as first, max(${time})::text as last from ${quoteTable(table)}`,
  );
  const { first, last } = rows[0] ?? { first: null, last: null };
  return first === null || last === null ? undefined : { from: first.slice(0, 10), to: last.slice(0, 10) };
}
