/**
 * Merges staged rows and looks for those that the table left out without an error: a trigger returned NULL, or
 * a rule did something else instead.
 */
import type { Client } from 'pg';
import { mergeStatements, numberColumn, stagingTable, type Merge, type Statement } from './merge.ts';
import { leftOutCode, type ServerError } from '../row-error.ts';
import { quoteName, quoteTable } from '../table/table-name.ts';

export interface Merged {
  written: number;
  /**
   * Positions among the staged rows, rising. `some`: not known which, or rows were deleted for them; merging
   * fewer at once tells.
   */
  leftOut: readonly number[] | 'some';
}

export interface StagedRows {
  /** How many rows the staging table has. */
  count: number;
  /** Whether it has the `numberColumn`. */
  numbered: boolean;
}

/** Stands for an error of the server where it reports none. */
export class RowsLeftOut extends Error implements ServerError {
  readonly code = leftOutCode;
  readonly table: string;

  constructor({ idColumn, table }: Pick<Merge, 'idColumn' | 'table'>) {
    const seen = idColumn === undefined ? '' : ' (no row with this id is there)';
    super(`the table did not take the row: a trigger or rule left it out${seen}`);
    this.table = table.table;
  }
}

/** Runs the statements, by default all of the merge. Looks for rows only where fewer were inserted than staged. */
export async function mergeStaged(
  client: Client,
  merge: Merge,
  {
    count,
    numbered,
    statements = mergeStatements(merge),
  }: StagedRows & { statements?: readonly Statement[] },
): Promise<Merged> {
  let written = 0;
  let thereBefore = 0;
  for (const { text, values, inserts } of statements) {
    if (inserts && merge.interceptsInserts) thereBefore = await countThere(client, merge);
    const { rowCount } = await client.query(text, values);
    if (inserts) written += rowCount ?? 0;
  }
  if (written >= count) return { written, leftOut: [] };
  // A trigger may have stored the row elsewhere, as in a partition that inherits from the table.
  if (merge.interceptsInserts) {
    written = Math.max(written, (await countThere(client, merge)) - thereBefore);
  }
  if (merge.idColumn === undefined) return { written, leftOut: leftOutByCount(count, written) };
  const leftOut = await findLeftOut(client, merge, numbered);
  if (leftOut === 'some' || leftOut.length === 0) return { written, leftOut };
  const deletesFirst = merge.upsert && !merge.hasUniqueId;
  // More than there were: the table changes ids, or has rows without one.
  const isUnclear = written + leftOut.length > count;
  return { written, leftOut: deletesFirst || isUnclear ? 'some' : leftOut };
}

/**
 * How many of the staged rows the table has, as a number that is only good for differences: with ids it is
 * negative.
 */
async function countThere(client: Client, { dayColumn, idColumn, table }: Merge): Promise<number> {
  const target = quoteTable(table);
  const day = dayColumn === undefined ? undefined : quoteName(dayColumn);
  const ofDays = day === undefined ? '' : ` where ${day} in (select ${day} from ${stagingTable})`;
  const text =
    idColumn === undefined
      ? `select count(*) as count from ${target}${ofDays}`
      : `select -count(distinct ${quoteName(idColumn)}) as count from ${stagingTable} as staged
         where ${isMissing(target, idColumn)}`;
  const { rows } = await client.query<{ count: string }>(text);
  return Number(rows[0]?.count ?? 0);
}

/** Without ids, rows are told apart only when all of them, or none, were left out. */
function leftOutByCount(count: number, written: number): Merged['leftOut'] {
  if (written >= count) return [];
  return written === 0 ? Array.from({ length: count }, (_, position) => position) : 'some';
}

async function findLeftOut(
  client: Client,
  { idColumn = '', table }: Merge,
  numbered: boolean,
): Promise<Merged['leftOut']> {
  const missing = isMissing(quoteTable(table), idColumn);
  if (!numbered) {
    // Counts all: for the first one alone the planner compares each row with each where ids have no index.
    const { rows } = await client.query<{ count: string }>(
      `select count(*) as count from ${stagingTable} as staged where ${missing}`,
    );
    return Number(rows[0]?.count) === 0 ? [] : 'some';
  }
  const { rows } = await client.query<{ position: number }>(
    `select position from (
       select ${quoteName(idColumn)}, (row_number() over (order by ${quoteName(numberColumn)}) - 1)::int as position
       from ${stagingTable}) as staged
     where ${missing} order by position`,
  );
  return rows.map(({ position }) => position);
}

function isMissing(target: string, idColumn: string): string {
  const id = quoteName(idColumn);
  return `not exists (select 1 from ${target} as kept where kept.${id} = staged.${id})`;
}
