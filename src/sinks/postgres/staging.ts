/** The staging table that the rows of a window are copied into. It ends with the transaction. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import type { GrowingLane, GrowthStep, Lane } from '../../contracts-export.ts';
import type { Machine } from '../../machine.ts';
import { stagingTable } from './merge.ts';
import { SQL_TYPES, type TableShape } from './table.ts';
import { quoteName } from './table-name.ts';

/** Columns as the table has them, so that a value it cannot hold is found at once; text for what it has not. */
export async function createStagingTable(
  client: Client,
  shape: TableShape,
  lanes: readonly Lane[],
): Promise<void> {
  const names = new Set([
    ...shape.columns.keys(),
    ...lanes.flatMap(({ columns }) => columns.map(({ name }) => name)),
  ]);
  const columns = [...names].map((name) => `${quoteName(name)} ${shape.columns.get(name) ?? SQL_TYPES.text}`);
  await client.query(`create temporary table ${stagingTable} (${columns.join(', ')}) on commit drop`);
}

export async function dropStagingTable(client: Client): Promise<void> {
  await client.query(`drop table ${stagingTable}`);
}

/** CSV into the staging table. */
export async function copyIn(
  client: Client,
  { bytes, header, names }: { bytes: AsyncIterable<Uint8Array>; header: boolean; names: readonly string[] },
): Promise<void> {
  const { from: copyFrom } = await import('pg-copy-streams');
  const columns = names.map(quoteName).join(', ');
  const copy = copyFrom(`copy ${stagingTable} (${columns}) from stdin with (format csv, header ${header})`);
  await pipeline(Readable.from(bytes, { objectMode: false }), client.query(copy));
}

/** The transaction is open while a vendor is waited for, so that it must not be long. */
const longestStallMs = 2_000;

/**
 * Copies rows while more still come, each time what is there. True when all of the lane is in the table; false
 * when it is empty, does not hold, or does not get on.
 */
export async function copyAhead(
  client: Client,
  {
    growing,
    names,
    machine,
  }: { growing: GrowingLane; names: readonly string[]; machine: Pick<Machine, 'sleep'> },
): Promise<boolean> {
  let copied = false;
  for (;;) {
    const step = await nextStep(growing, machine);
    if (step === 'stalled' || step.kind === 'withdrawn') return false;
    if (step.kind === 'whole') return copied;
    await copyIn(client, { bytes: growing.lane.read(step.from, step.to), header: !copied, names });
    copied = true;
  }
}

async function nextStep(
  growing: GrowingLane,
  machine: Pick<Machine, 'sleep'>,
): Promise<GrowthStep | 'stalled'> {
  const arrived = new AbortController();
  const stalled = machine.sleep(longestStallMs, arrived.signal).then(
    () => 'stalled' as const,
    () => 'stalled' as const,
  );
  try {
    return await Promise.race([growing.next(), stalled]);
  } finally {
    arrived.abort();
  }
}
