/** Prepares the table before anything is fetched, in one transaction, and says what cannot work. */
import type { Client } from 'pg';
import type { Column } from '../../contracts/dataset.ts';
import type { Checkpoint, Clock, EmitNotice } from '../../contracts/sink.ts';
import { readCheckpoint, removeDuplicates } from './checkpoint.ts';
import type { TableFit } from './table/columns.ts';
import {
  requireOnTable,
  requireSchema,
  requireTemporaryTables,
  type TablePrivilege,
} from './table/privileges.ts';
import { createTable, missingTable, tablesDifferingInCase } from './table/table.ts';
import { quoteTable, type TableName } from './table/table-name.ts';
import { createWatermarks, type WatermarkKey } from './watermark.ts';

export interface PrepareOptions {
  table: TableName;
  idColumn: string | undefined;
  timeColumn: string | undefined;
  /** The column that assigns rows without ids to a window. */
  dayColumn: string | undefined;
  /** The columns of a table that is created; with `--columns` only those chosen. */
  columns: readonly Column[];
  createTable: boolean;
  upsert: boolean;
  dedupeExisting: boolean;
  /** Set when the export continues from what the table has. */
  incremental: { clock: Clock } | undefined;
  /** The clock that dates the reading of days. */
  clock: Clock;
  onNotice: EmitNotice;
}

/**
 * Creates the table unless it exists, and requires the privileges and columns that this run needs. Returns what
 * the table has. Throws a Failure `local`.
 */
export async function prepareTable(
  client: Client,
  fit: TableFit,
  { key, ...options }: PrepareOptions & { key: WatermarkKey },
): Promise<Checkpoint> {
  const { idColumn, incremental, table } = options;
  await requireSchema(client, table, 'USAGE');
  await requireTemporaryTables(client);
  if (!(await fit.inspect(client))) await createMissing(client, fit, options);
  await requireOnTable(client, table, privileges(fit, options));
  await requireColumns(client, fit, options);
  warnOfRowSecurity(fit, options);
  await dedupe(client, options);
  if (incremental !== undefined || idColumn === undefined) await createWatermarks(client, key);
  return readCheckpoint(client, key, options);
}

async function createMissing(client: Client, fit: TableFit, options: PrepareOptions): Promise<void> {
  const { columns, idColumn, onNotice, table } = options;
  if (!options.createTable) throw missingTable(table);
  await requireSchema(client, table, 'CREATE');
  await createTable(client, table, { columns, idColumn });
  await fit.inspect(client);
  const others = await tablesDifferingInCase(client, table);
  const hint = others.length === 0 ? '' : `; there is also ${others.map(quoteTable).join(', ')}`;
  onNotice({ code: 'table-created', message: `the table ${quoteTable(table)} was created${hint}` });
}

/** The privileges that this run needs; DELETE only where rows are replaced. */
function privileges(
  { shape }: TableFit,
  { dedupeExisting, idColumn, upsert }: PrepareOptions,
): TablePrivilege[] {
  const updates = idColumn !== undefined && upsert && shape.hasUniqueId;
  const deletes = idColumn === undefined || dedupeExisting || (upsert && !updates);
  return [
    'SELECT',
    'INSERT',
    ...(updates ? ['UPDATE' as const] : []),
    ...(deletes ? ['DELETE' as const] : []),
  ];
}

/**
 * Requires the id that identifies rows, or else the day by which they are replaced, and the time to
 * continue from.
 */
async function requireColumns(client: Client, fit: TableFit, options: PrepareOptions): Promise<void> {
  const { columns, dayColumn, idColumn, incremental, timeColumn } = options;
  const needed = [idColumn ?? dayColumn, incremental === undefined ? undefined : timeColumn];
  const names = new Set(needed.filter((name) => name !== undefined));
  await fit.require(
    client,
    [...names].map(
      (name): Column => columns.find((column) => column.name === name) ?? { name, type: 'text' },
    ),
  );
}

/** Without a key only rows that the role sees, and may delete, are kept from being there twice. */
function warnOfRowSecurity({ shape }: TableFit, { onNotice, table }: PrepareOptions): void {
  if (shape.hasUniqueId || !shape.interference.hides) return;
  onNotice({
    code: 'row-security',
    message: `row security applies to this role: rows of the table ${quoteTable(table)} that it cannot see may be written twice`,
    hint: 'make the id the primary key, or let the policies of the table show the role every row that it writes',
  });
}

async function dedupe(client: Client, options: PrepareOptions): Promise<void> {
  const { dedupeExisting, idColumn, onNotice, table } = options;
  if (!dedupeExisting || idColumn === undefined) return;
  const removed = await removeDuplicates(client, table, idColumn);
  if (removed === 0) return;
  onNotice({
    code: 'duplicates-removed',
    message: `removed ${removed} existing ${removed === 1 ? 'duplicate' : 'duplicates'} from the table`,
  });
}
