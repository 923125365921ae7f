/** The staging table that the rows of a window are copied into; dropped at the end of the transaction. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import type { GrowingPartition, TailStep } from '../../../contracts/window.ts';
import type { Machine } from '../../../machine.ts';
import { numberColumn, stagingTable } from './merge.ts';
import { SQL_TYPES, type TableShape } from '../table/table.ts';
import { quoteName } from '../table/table-name.ts';

/**
 * Creates the staging table. Columns have the types of the table, so that invalid values fail at once;
 * columns that the table lacks are text. Times are read with their offset, which a column without time zone
 * would silently drop. `numbered`: in the order in which they are copied.
 */
export async function createStagingTable(
  client: Client,
  shape: TableShape,
  { names, numbered }: { names: readonly string[]; numbered: boolean },
): Promise<void> {
  const columns = [...new Set([...shape.columns.keys(), ...names])].map((name) => {
    const type = (shape.columns.get(name) ?? SQL_TYPES.text).replace(/without time zone$/, 'with time zone');
    const isRequired = shape.required.has(name) && names.includes(name);
    return `${quoteName(name)} ${type}${isRequired ? ' not null' : ''}`;
  });
  if (numbered) columns.push(`${quoteName(numberColumn)} bigint generated always as identity`);
  await client.query(`create temporary table ${stagingTable} (${columns.join(', ')}) on commit drop`);
}

export async function dropStagingTable(client: Client): Promise<void> {
  await client.query(`drop table ${stagingTable}`);
}

/** The columns to copy in the order of the cells, and those where a quoted empty cell is also null. */
export interface StagedColumns {
  names: readonly string[];
  nullable: readonly string[];
}

export function stagedColumns(shape: TableShape, names: readonly string[]): StagedColumns {
  const isText = (name: string) => /^(text|character|"char")/.test(shape.columns.get(name) ?? SQL_TYPES.text);
  return { names, nullable: names.filter((name) => !isText(name)) };
}

/** Copies CSV into the staging table. */
export async function copyIn(
  client: Client,
  { bytes, header, columns }: { bytes: AsyncIterable<Uint8Array>; header: boolean; columns: StagedColumns },
): Promise<void> {
  const { from: copyFrom } = await import('pg-copy-streams');
  const list = (names: readonly string[]) => `(${names.map(quoteName).join(', ')})`;
  const nulls = columns.nullable.length === 0 ? '' : `, force_null ${list(columns.nullable)}`;
  const copy = copyFrom(
    `copy ${stagingTable} ${list(columns.names)} from stdin with (format csv, header ${header}${nulls})`,
  );
  await pipeline(Readable.from(bytes, { objectMode: false }), client.query(copy));
}

/** The transaction stays open while the vendor is slow, which must not last long. */
const maxStallMs = 2_000;

/**
 * Copies a partition's rows while it is still growing. True when all of them are in the staging table; false
 * when there are none, when the partition is withdrawn, or when its rows arrive too slowly.
 */
export async function copyAhead(
  client: Client,
  {
    growing,
    columns,
    machine,
  }: { growing: GrowingPartition; columns: StagedColumns; machine: Pick<Machine, 'sleep'> },
): Promise<boolean> {
  let copied = false;
  for (;;) {
    const step = await nextStep(growing, machine);
    if (step === 'stalled' || step.kind === 'withdrawn') return false;
    if (step.kind === 'whole') return copied;
    await copyIn(client, { bytes: growing.partition.read(step.from, step.to), header: !copied, columns });
    copied = true;
  }
}

async function nextStep(
  growing: GrowingPartition,
  machine: Pick<Machine, 'sleep'>,
): Promise<TailStep | 'stalled'> {
  const arrived = new AbortController();
  const stalled = machine.sleep(maxStallMs, arrived.signal).then(
    () => 'stalled' as const,
    () => 'stalled' as const,
  );
  try {
    return await Promise.race([growing.next(), stalled]);
  } finally {
    arrived.abort();
  }
}
