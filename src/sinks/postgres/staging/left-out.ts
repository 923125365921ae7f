/**
 * Finds staged rows that the table left out without an error: a trigger returned NULL, or a rule did something else
 * instead.
 */
import type { Client } from 'pg';
import { leftOutCode, type ServerError } from '../row-error.ts';
import { quoteName, quoteTable } from '../table/table-name.ts';
import { insertInto, numberColumn, stagingTable, type Merge } from './merge.ts';
import { unchangedIds } from './unchanged-rows.ts';

/**
 * Positions among the staged rows, rising. `some`: not known which, or rows were deleted for them; merging fewer at
 * once tells.
 */
export type LeftOut = readonly number[] | 'some';

/** Stands for an error of the server where it reports none. */
export class RowsLeftOut extends Error implements ServerError {
  readonly code = leftOutCode;
  readonly table: string;

  constructor({ idColumn, table, upsert }: Pick<Merge, 'idColumn' | 'table' | 'upsert'>) {
    const there = upsert
      ? 'a row with this id stays as it was, if there is one'
      : 'no row with this id is there';
    super(
      `the table did not take the row: a trigger, rule or policy left it out${idColumn === undefined ? '' : ` (${there})`}`,
    );
    this.table = table.table;
  }
}

/** Without ids, rows are told apart only when all of them, or none, were left out. */
export function leftOutByCount(count: number, written: number): LeftOut {
  if (written >= count) return [];
  return written === 0 ? Array.from({ length: count }, (_, position) => position) : 'some';
}

/** The places of rows before they are updated: one that is still there was not. */
const placesTable = 'pg_temp.scarf_cli_places';

/** Where rows are updated by a key, and a trigger may prevent that: notes where they are, for `findLeftOut`. */
export async function noteUpdated(client: Client, merge: Merge): Promise<void> {
  const { idColumn = '', table } = merge;
  if (!mayStayOld(merge)) return;
  const id = quoteName(idColumn);
  await client.query(`drop table if exists ${placesTable}`);
  await client.query(
    `create temporary table ${placesTable} on commit drop as
     select kept.tableoid as relation, kept.ctid as place, kept.${id} as id from ${quoteTable(table)} as kept
     where kept.${id} in (select ${id} from ${stagingTable})`,
  );
}

/** Looks for rows of which fewer were written than staged. */
export async function findLeftOut(
  client: Client,
  merge: Merge,
  { count, numbered }: { count: number; numbered: boolean },
): Promise<LeftOut> {
  const target = quoteTable(merge.table);
  const unchanged = mayStayOld(merge) ? await unchangedIds(client, merge, isOld(merge, target)) : [];
  const isLeftOut = leftOutCondition(merge, unchanged);
  const values = unchanged.length === 0 ? [] : [unchanged];
  if (!numbered) {
    // Counts all: for the first one alone the planner compares each row with each where ids have no index.
    const { rows } = await client.query<{ count: string }>(
      `select count(*) as count from ${stagingTable} as staged where ${isLeftOut}`,
      values,
    );
    return Number(rows[0]?.count) === 0 ? [] : 'some';
  }
  const position = quoteName('scarf-cli position');
  const { rows } = await client.query<{ position: number }>(
    `select ${position} as position from (
       select *, (row_number() over (order by ${quoteName(numberColumn)}) - 1)::int as ${position}
       from ${stagingTable}) as staged
     where ${isLeftOut} order by ${position}`,
    values,
  );
  const positions = rows.map(({ position }) => position);
  if (positions.length === 0 || !(await isThereUnseen(client, merge))) return positions;
  return count === 1 ? [] : 'some';
}

export function isMissing(target: string, idColumn: string): string {
  const id = quoteName(idColumn);
  return `not exists (select 1 from ${target} as kept where kept.${id} = staged.${id})`;
}

/** The ids of unchanged rows, where there are any, are the first value of the statement. */
function leftOutCondition(merge: Merge, unchanged: readonly string[]): string {
  const { idColumn = '', table } = merge;
  const target = quoteTable(table);
  const missing = isMissing(target, idColumn);
  if (!mayStayOld(merge)) return missing;
  const id = `staged.${quoteName(idColumn)}::text`;
  const isChanged =
    unchanged.length === 0
      ? ''
      : ` and not exists (select 1 from unnest($1::text[]) as unchanged (id) where unchanged.id = ${id})`;
  return `(${missing} or (${isOld(merge, target)}${isChanged}))`;
}

/** Rows that are where they were, with other values than they were to take. */
function isOld({ columns, idColumn = '', types }: Merge, target: string): string {
  const id = quoteName(idColumn);
  const kept = columns.map((name) => `kept.${quoteName(name)}`);
  const taken = columns.map((name) => `staged.${quoteName(name)}::${types.get(name) ?? 'text'}`);
  return `exists (select 1 from ${target} as kept
    join ${placesTable} as old on old.id = kept.${id} and old.relation = kept.tableoid and old.place = kept.ctid
    where kept.${id} = staged.${id}
      and row(${kept.join(', ')})::text is distinct from row(${taken.join(', ')})::text)`;
}

function mayStayOld({ columns, hasUniqueId, interference, upsert }: Merge): boolean {
  return upsert && hasUniqueId && columns.length > 0 && (interference.inserts || interference.updates);
}

/**
 * Whether a row that seems to be missing is there after all, under the id that a trigger gives it, or where a policy
 * hides it: inserting it is refused by the key, where a row that is left out meets none. Nothing of that stays.
 */
async function isThereUnseen(client: Client, merge: Merge): Promise<boolean> {
  const { columns, hasUniqueId, idColumn = '', interference, table, upsert } = merge;
  if (!hasUniqueId || upsert || (!interference.inserts && !interference.hides)) return false;
  await client.query('savepoint unseen');
  try {
    await client.query(
      `${insertInto(merge)} select ${columns.map(quoteName).join(', ')} from ${stagingTable} as staged
       where ${isMissing(quoteTable(table), idColumn)}`,
    );
    return false;
  } catch (error) {
    if ((error as Partial<ServerError>).code !== uniqueViolation) throw error;
    return true;
  } finally {
    await client.query('rollback to savepoint unseen');
  }
}

/** Where a key refuses a row ("PostgreSQL 17, A. Error Codes"). */
const uniqueViolation = '23505';
