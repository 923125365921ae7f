/**
 * Rows that an update leaves as they are although they differ from what was staged, because the table would make the
 * same of it once more: a trigger changes values, and another one (`suppress_redundant_updates_trigger`) drops updates
 * that change nothing.
 */
import type { Client } from 'pg';
import type { ServerError } from '../row-error.ts';
import { quoteName, quoteTable } from '../table/table-name.ts';
import { insertInto, stagingTable, type Merge } from './merge.ts';

const oldTable = 'pg_temp.scarf_cli_old';

/**
 * The ids of the rows for which that holds, among those that `isOld` (a condition on `staged`) is true of: inserted
 * anew, they are what was there. Nothing of that stays. None where the table cannot be asked, as where the role may not
 * delete.
 */
export async function unchangedIds(client: Client, merge: Merge, isOld: string): Promise<readonly string[]> {
  await client.query('savepoint unchanged');
  try {
    return await insertAnew(client, merge, isOld);
  } catch (error) {
    if ((error as Partial<ServerError>).code === undefined) throw error;
    return [];
  } finally {
    await client.query('rollback to savepoint unchanged');
  }
}

async function insertAnew(client: Client, merge: Merge, isOld: string): Promise<readonly string[]> {
  const { columns, idColumn = '' } = merge;
  const target = quoteTable(merge.table);
  const id = quoteName(idColumn);
  const content = `row(${columns.map((name) => `kept.${quoteName(name)}`).join(', ')})::text`;
  const { rowCount } = await client.query(
    `create temporary table ${oldTable} on commit drop as
     select kept.${id} as id, ${content} as content from ${target} as kept
     where kept.${id} in (select staged.${id} from ${stagingTable} as staged where ${isOld})`,
  );
  if (rowCount === 0) return [];
  await client.query(`delete from ${target} as kept using ${oldTable} as old where kept.${id} = old.id`);
  await client.query(
    `${insertInto(merge)} select distinct on (${id}) ${columns.map(quoteName).join(', ')}
     from ${stagingTable} where ${id} in (select id from ${oldTable})`,
  );
  const { rows } = await client.query<{ id: string }>(
    `select old.id::text as id from ${oldTable} as old join ${target} as kept on kept.${id} = old.id
     where ${content} = old.content`,
  );
  return rows.map((row) => row.id);
}
