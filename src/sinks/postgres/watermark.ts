/**
 * Which days a table has: stored in a table next to it, one row per selection, in the same transaction as the
 * rows. `from_day` and `through_day` are for people and for version 0.1; the ranges between them are in
 * `checkpoint`.
 */
import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { checkAgainstClock, emptyCheckpoint, noteWindow } from '../../checkpoint/checkpoint.ts';
import { spanOf } from '../../checkpoint/ranges.ts';
import type { Days } from '../../contracts/dataset.ts';
import type { Checkpoint, Clock } from '../../contracts/sink.ts';
import type { PulledWindow } from '../../contracts/window.ts';
import { Failure } from '../../failure.ts';
import { readAtTheirEnd } from '../file/proven-days.ts';
import { requireOnTable, requireSchema } from './table/privileges.ts';
import { isTable } from './table/table.ts';
import { quoteName, quoteTable, type TableName } from './table/table-name.ts';

export interface WatermarkKey {
  table: TableName;
  /** Everything that decides the rows: several selections may share a table. */
  identity: Readonly<Record<string, unknown>>;
}

export interface Watermark {
  checkpoint: Checkpoint;
  /** Whether version 0.1 wrote it or someone edited it: the newest row is then unknown. */
  isBare: boolean;
}

/** The watermarks of one table. */
export interface Watermarks {
  own: Watermark | undefined;
  /** Whether other selections have watermarks for this table. */
  hasOthers: boolean;
}

const watermarkTable = 'scarf_cli_watermarks';

/** Creates the table if missing, which needs a privilege that the role may lose afterwards. */
export async function createWatermarks(client: Client, { table }: WatermarkKey): Promise<void> {
  const name = { schema: table.schema, table: watermarkTable };
  if (await isTable(client, name)) {
    await requireOnTable(client, name, ['SELECT', 'INSERT', 'UPDATE']);
    return addCheckpoint(client, table);
  }
  await requireSchema(client, name, 'CREATE');
  await client.query(
    `create table ${beside(table)} (
       table_name text, selection text, identity jsonb not null,
       from_day date not null, through_day date not null, updated_at timestamptz not null default now(),
       checkpoint jsonb, primary key (table_name, selection))`,
  );
}

/** Adds the column that version 0.1 lacked; only the owner of the table can. */
async function addCheckpoint(client: Client, table: TableName): Promise<void> {
  if ((await watermarkColumns(client, table)).has('checkpoint')) return;
  const statement = `ALTER TABLE ${beside(table)} ADD COLUMN checkpoint jsonb`;
  const { rows } = await client.query<{ owns: boolean }>(
    `select pg_has_role(relowner, 'USAGE') as owns from pg_class where oid = to_regclass($1)`,
    [beside(table)],
  );
  if (rows[0]?.owns !== true) {
    throw new Failure('local', `the table ${beside(table)} is one of version 0.1, and not ours to change`, {
      hint: `let its owner say: ${statement}`,
    });
  }
  await client.query(statement);
}

export async function readWatermarks(client: Client, key: WatermarkKey): Promise<Watermarks> {
  const columns = await watermarkColumns(client, key.table);
  if (columns.size === 0) return { own: undefined, hasOthers: false };
  const checkpoint = columns.has('checkpoint') ? 'checkpoint' : 'null::jsonb';
  const { rows } = await client.query<WatermarkRow>(
    `select selection, from_day::text as from, through_day::text as to, ${checkpoint} as checkpoint
     from ${beside(key.table)} where table_name = $1`,
    [key.table.table],
  );
  const own = rows.find(({ selection }) => selection === selectionOf(key));
  return {
    own: own === undefined ? undefined : asWatermark(own),
    hasOthers: rows.length > (own === undefined ? 0 : 1),
  };
}

/** Records that the table now has these days; part of the transaction that writes their rows. */
export async function recordCommittedDays(
  client: Client,
  key: WatermarkKey,
  { clock, window }: { clock: Clock; window: PulledWindow },
): Promise<Checkpoint> {
  const { own } = await readWatermarks(client, key);
  const earlier = checkAgainstClock(own?.checkpoint ?? emptyCheckpoint, clock).checkpoint;
  const latest = [earlier.newest, window.newest]
    .filter((day) => day !== undefined)
    .sort()
    .at(-1);
  const checkpoint = {
    ...noteWindow(earlier, window, clock),
    ...(latest === undefined ? {} : { newest: latest }),
  };
  await writeWatermark(client, key, checkpoint);
  return checkpoint;
}

/** Replaces the checkpoint. */
export async function writeWatermark(
  client: Client,
  key: WatermarkKey,
  checkpoint: Checkpoint,
): Promise<void> {
  const { from, to } = spanText(checkpoint);
  await client.query(
    `insert into ${beside(key.table)} (table_name, selection, identity, from_day, through_day, checkpoint)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (table_name, selection) do update set
       from_day = excluded.from_day, through_day = excluded.through_day,
       checkpoint = excluded.checkpoint, updated_at = now()`,
    [key.table.table, selectionOf(key), JSON.stringify(key.identity), from, to, JSON.stringify(checkpoint)],
  );
}

/**
 * Throws a Failure when others exist: a table without ids is replaced by days, so it can hold only one
 * selection.
 */
export function refuseOthers({ table }: WatermarkKey, { hasOthers }: Watermarks): void {
  if (!hasOthers) return;
  throw new Failure('usage', `the table ${quoteTable(table)} contains another selection`, {
    hint: 'give this one a table of its own with --table',
  });
}

interface WatermarkRow extends Days {
  selection: string;
  checkpoint: Checkpoint | null;
}

/** When the dates and the ranges of a row disagree, someone edited the dates. */
function asWatermark({ checkpoint, from, to }: WatermarkRow): Watermark {
  const span = checkpoint === null ? undefined : spanText(checkpoint);
  if (checkpoint !== null && span?.from === from && span.to === to) return { checkpoint, isBare: false };
  const ranges = readAtTheirEnd([{ from, to }].filter((days) => days.from <= days.to));
  return { checkpoint: { ranges, first: from }, isBare: true };
}

/** For a checkpoint without ranges the span ends before it begins. */
function spanText({ first, ranges }: Checkpoint): Days {
  return spanOf(ranges) ?? { from: first ?? '1970-01-02', to: '1970-01-01' };
}

async function watermarkColumns(client: Client, table: TableName): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
    [beside(table)],
  );
  return new Set(rows.map(({ name }) => name));
}

function selectionOf({ identity }: WatermarkKey): string {
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
}

function beside({ schema }: TableName): string {
  return schema === undefined ? quoteName(watermarkTable) : quoteTable({ schema, table: watermarkTable });
}
