/** Merges staged rows, and sees whether the table did with them what it was told. */
import type { Client } from 'pg';
import { Failure } from '../../../failure.ts';
import { quoteName, quoteTable, type TableName } from '../table/table-name.ts';
import {
  findLeftOut,
  isMissing,
  leftOutByCount,
  noteUpdated,
  RowsLeftOut,
  type LeftOut,
} from './left-out.ts';
import { mergeStatements, stagingTable, type Merge, type Statement } from './merge.ts';

export interface Merged {
  written: number;
  leftOut: LeftOut;
}

export interface StagedRows {
  /** How many rows the staging table has. */
  count: number;
  /** Whether it has the `numberColumn`. */
  numbered: boolean;
}

/**
 * Runs the statements, by default all of the merge. Looks for rows only where fewer were inserted than staged.
 * Throws `RowsLeftOut` where rows stay that were to be replaced, and a Failure `local` where a later run could not
 * tell that rows are there.
 */
export async function mergeStaged(
  client: Client,
  merge: Merge,
  {
    count,
    numbered,
    statements = mergeStatements(merge),
  }: StagedRows & { statements?: readonly Statement[] },
): Promise<Merged> {
  for (const statement of statements) if (!statement.inserts) await deleteRows(client, merge, statement);
  await noteUpdated(client, merge);
  const before = await look(client, merge);
  let written = 0;
  for (const { text, values, inserts } of statements) {
    if (inserts) written += (await client.query(text, values)).rowCount ?? 0;
  }
  const after = before && (await look(client, merge));
  const arrived = before && after ? after.rows - before.rows : 0;
  const isMoved = after !== undefined && written > arrived + after.withoutId && isLacking(merge, after);
  if (isMoved && !merge.hasUniqueId) throw unrecognizable(merge.table);
  if (written >= count) return { written, leftOut: [] };
  // A trigger may have stored the row elsewhere, as in a partition that inherits from the table.
  written = Math.max(written, arrived);
  if (merge.idColumn === undefined) return { written, leftOut: leftOutByCount(count, written) };
  const leftOut = await findLeftOut(client, merge, { count, numbered });
  if (leftOut === 'some' || leftOut.length === 0) return { written, leftOut };
  const deletesFirst = merge.upsert && !merge.hasUniqueId;
  // Rows that are there under other ids, or more than there were.
  const isUnclear = (isMoved && count > 1) || written + leftOut.length > count;
  return { written, leftOut: deletesFirst || isUnclear ? 'some' : leftOut };
}

/**
 * Runs a statement that deletes rows. Where a trigger, a rule or a policy keeps some of them, their successors would
 * be there beside them: throws `RowsLeftOut` where those are rows with an id, else a Failure `local`.
 */
export async function deleteRows(
  client: Client,
  { idColumn, interference, table, upsert }: Merge,
  { text, values, leaves }: Statement,
): Promise<void> {
  await client.query(text, values);
  if (!interference.deletes || leaves === undefined) return;
  const { rowCount } = await client.query(leaves, values);
  if (rowCount === 0) return;
  if (idColumn !== undefined) throw new RowsLeftOut({ idColumn, table, upsert });
  throw new Failure('local', `the table ${quoteTable(table)} keeps rows of days that were to be replaced`, {
    hint: 'a trigger, a rule or a policy of row security prevents that they are deleted',
  });
}

function unrecognizable(table: TableName): Failure {
  return new Failure(
    'local',
    `the table ${quoteTable(table)} changes or hides rows, so that the next run would write them again`,
    {
      hint: 'make the id its primary key; or let triggers keep ids, and policies show the role what it writes',
    },
  );
}

/** What the table has of the staged rows, as numbers that are good for differences. */
interface Presence {
  rows: number;
  /** Staged ids that the table lacks; 0 where rows have none. */
  missing: number;
  withoutId: number;
}

/**
 * Whether rows that were inserted may be there under other ids, or unseen. Where rows are updated by a key, more are
 * written than arrive, and all that are written are there.
 */
function isLacking({ hasUniqueId, idColumn, interference, upsert }: Merge, { missing }: Presence): boolean {
  if (idColumn === undefined) return interference.hides;
  return missing > 0 && !(hasUniqueId && upsert);
}

/** Undefined where the table inserts what it is told and shows it, so that nobody need look. */
async function look(client: Client, merge: Merge): Promise<Presence | undefined> {
  const { inserts, hides } = merge.interference;
  // Nothing is staged where no rows arrived.
  if ((!inserts && !hides) || merge.columns.length === 0) return undefined;
  const { rows } = await client.query<Record<keyof Presence, string>>(presenceQuery(merge));
  const [found] = rows;
  return {
    rows: Number(found?.rows),
    missing: Number(found?.missing),
    withoutId: Number(found?.withoutId),
  };
}

/**
 * One row of `Presence`.
 *
 * @internal
 */
export function presenceQuery({
  dayColumn,
  idColumn,
  table,
}: Pick<Merge, 'dayColumn' | 'idColumn' | 'table'>): string {
  const target = quoteTable(table);
  if (idColumn !== undefined) {
    const id = quoteName(idColumn);
    // In a "where" of its own the planner joins the tables; within a "filter" it compares each row with each.
    return `select -missing as rows, missing, "withoutId" from
      (select count(distinct ${id}) as missing from ${stagingTable} as staged
       where ${isMissing(target, idColumn)}) as absent,
      (select count(*) as "withoutId" from ${stagingTable} where ${id} is null) as nameless`;
  }
  const day = dayColumn === undefined ? undefined : quoteName(dayColumn);
  const ofDays = day === undefined ? '' : ` where ${day} in (select ${day} from ${stagingTable})`;
  return `select count(*) as rows, 0 as missing, 0 as "withoutId" from ${target}${ofDays}`;
}
