/** The SQL that merges the rows of a window from the staging table into the table. */
import type { Days } from '../../../contracts/dataset.ts';
import type { Interference } from '../table/table.ts';
import { quoteName, quoteTable, type TableName } from '../table/table-name.ts';

export const stagingTable = 'pg_temp.scarf_cli_staging';
/** Numbers the staged rows, where they have to be told apart. */
export const numberColumn = 'scarf-cli row';

export interface Merge {
  table: TableName;
  /** Columns that both tables have; empty when no rows arrived. */
  columns: readonly string[];
  /** The types of the columns of the table, by name, as SQL writes them. */
  types: ReadonlyMap<string, string>;
  idColumn: string | undefined;
  /** The column with the day that a row without an id belongs to. */
  dayColumn: string | undefined;
  hasUniqueId: boolean;
  interference: Interference;
  /** Rows that exist already are updated. */
  upsert: boolean;
  /** An id may occur more than once among the staged rows. */
  mayRepeat: boolean;
  days: Days | undefined;
}

export interface Statement {
  text: string;
  values: unknown[];
  /** Whether its row count is the number of rows that the window inserts. */
  inserts: boolean;
  /** Finds a row that a deletion has left; takes the same values. */
  leaves?: string;
}

/** The statements, in order. */
export function mergeStatements(merge: Merge): Statement[] {
  const { idColumn } = merge;
  if (idColumn === undefined) return replaceDays(merge);
  return merge.hasUniqueId ? [insertWithKey(merge, idColumn)] : insertWithoutKey(merge, idColumn);
}

/** Rows without an id are skipped: it is the primary key. */
function insertWithKey(merge: Merge, idColumn: string): Statement {
  const id = quoteName(idColumn);
  const others = merge.columns.filter((name) => name !== idColumn).map(quoteName);
  const action =
    merge.upsert && others.length > 0
      ? `do update set ${others.map((name) => `${name} = excluded.${name}`).join(', ')}`
      : 'do nothing';
  return statement(
    `${insertInto(merge)} select ${source(merge, idColumn)} where ${id} is not null on conflict (${id}) ${action}`,
  );
}

function insertWithoutKey(merge: Merge, idColumn: string): Statement[] {
  const id = quoteName(idColumn);
  const target = quoteTable(merge.table);
  const known = `select 1 from ${target} as kept where kept.${id} = ${stagingTable}.${id}`;
  if (!merge.upsert) {
    return [statement(`${insertInto(merge)} select ${source(merge, idColumn)} where not exists (${known})`)];
  }
  const replaced = `where kept.${id} = ${stagingTable}.${id}`;
  return [
    {
      text: `delete from ${target} as kept using ${stagingTable} ${replaced}`,
      values: [],
      inserts: false,
      leaves: `select 1 from ${target} as kept, ${stagingTable} ${replaced} limit 1`,
    },
    statement(`${insertInto(merge)} select ${source(merge, idColumn)}`),
  ];
}

/**
 * For rows without ids: replaces the window's days, and buckets that begin before it; without days, all rows.
 */
function replaceDays(merge: Merge): Statement[] {
  const hasRows = merge.columns.length > 0;
  const insert = hasRows ? [statement(`${insertInto(merge)} select ${source(merge, undefined)}`)] : [];
  return [deleteDays(merge, hasRows), ...insert];
}

function deleteDays({ dayColumn, days, table }: Merge, hasRows: boolean): Statement {
  const target = quoteTable(table);
  if (dayColumn === undefined || days === undefined) return deletion(target, []);
  const day = quoteName(dayColumn);
  const within = `(${day} >= $1::date and ${day} < $2::date + 1)`;
  const again = hasRows ? ` or ${day} in (select ${day} from ${stagingTable})` : '';
  return deletion(`${target} where ${within}${again}`, [days.from, days.to]);
}

function deletion(rows: string, values: unknown[]): Statement {
  return { text: `delete from ${rows}`, values, inserts: false, leaves: `select 1 from ${rows} limit 1` };
}

export function insertInto({ columns, table }: Pick<Merge, 'columns' | 'table'>): string {
  return `insert into ${quoteTable(table)} (${columns.map(quoteName).join(', ')})`;
}

function source({ columns, mayRepeat }: Merge, idColumn: string | undefined): string {
  const distinct = mayRepeat && idColumn !== undefined ? `distinct on (${quoteName(idColumn)}) ` : '';
  return `${distinct}${columns.map(quoteName).join(', ')} from ${stagingTable}`;
}

function statement(text: string): Statement {
  return { text, values: [], inserts: true };
}
