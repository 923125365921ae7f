/** The temporary table that the rows of a window are gathered in. It goes with the connection. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import type { GrowingLane, Lane } from '../../contracts-export.ts';
import { gatherTable } from './merge.ts';
import { quoteName, SQL_TYPES, type TableShape } from './table.ts';

/** Columns as the table has them, so that a value it cannot hold is found at once; text for what it has not. */
export async function createGatherTable(
  client: Client,
  shape: TableShape,
  lanes: readonly Lane[],
): Promise<void> {
  const names = new Set([
    ...shape.columns.keys(),
    ...lanes.flatMap(({ columns }) => columns.map(({ name }) => name)),
  ]);
  const columns = [...names].map((name) => `${quoteName(name)} ${shape.columns.get(name) ?? SQL_TYPES.text}`);
  await client.query(`create temporary table ${gatherTable} (${columns.join(', ')})`);
}

export async function dropGatherTable(client: Client): Promise<void> {
  await client.query(`drop table if exists ${gatherTable}`);
}

/** CSV into the temporary table. */
export async function copyIn(
  client: Client,
  { bytes, header, names }: { bytes: AsyncIterable<Uint8Array>; header: boolean; names: readonly string[] },
): Promise<void> {
  const { from: copyFrom } = await import('pg-copy-streams');
  const columns = names.map(quoteName).join(', ');
  const copy = copyFrom(`copy ${gatherTable} (${columns}) from stdin with (format csv, header ${header})`);
  await pipeline(Readable.from(bytes, { objectMode: false }), client.query(copy));
}

/**
 * Copies rows while more still come, each time what is there: a statement of its own, so that no transaction
 * waits for a vendor. True when all of the lane is in the table; false when it is empty or does not hold.
 */
export async function copyAhead(
  client: Client,
  growing: GrowingLane,
  names: readonly string[],
): Promise<boolean> {
  let copied = false;
  for (;;) {
    const step = await growing.next();
    if (step.kind === 'whole') return copied;
    if (step.kind === 'withdrawn') return false;
    await copyIn(client, { bytes: growing.lane.read(step.from, step.to), header: !copied, names });
    copied = true;
  }
}
