/**
 * Loads rows so that a refused one does not affect the others: splits a failing batch in halves, down to the
 * row.
 */
import type { Client } from 'pg';
import type { CreateRowReader } from '../../contracts/reader.ts';
import { stagingTable } from './staging/merge.ts';
import { columnOf, isRowError, reasonOf, type ServerError } from './row-error.ts';
import { copyIn, type StagedColumns } from './staging/staging-table.ts';

/** A row that the database refuses, and why. */
export interface RefusedRow {
  /** Counted from 0 among the rows to load. */
  number: number;
  header: Uint8Array;
  row: Uint8Array;
  id: string | undefined;
  column: string | undefined;
  reason: string;
  message: string;
}

export interface RowByRowOptions {
  /** CSV with its header. */
  bytes: AsyncIterable<Uint8Array>;
  columns: StagedColumns;
  idColumn: string | undefined;
  createReader: CreateRowReader;
  /**
   * Called while the staging table holds so many rows; it is empty afterwards. Returns the positions of those
   * that the table left out; they are refused, and what a trigger did with them stays. When it throws, its
   * changes are rolled back.
   */
  onStaged: (count: number) => Promise<readonly number[]>;
  /** The reason for a row that was left out. */
  leftOut: ServerError;
  onRefused: (row: RefusedRow) => Promise<void>;
}

interface Span {
  number: number;
  from: number;
  to: number;
  id: string | undefined;
}

/**
 * Loads the rows that the table accepts, in batches; returns how many it refuses. Runs within a transaction
 * and makes constraints immediate from here on, so that an error occurs while its row is known.
 */
export async function loadRowByRow(client: Client, rows: RowByRowOptions): Promise<number> {
  const { createReader, idColumn, onRefused } = rows;
  const reader = createReader({
    encoding: 'csv',
    columns: [],
    ...(idColumn === undefined ? {} : { idColumn }),
  });
  await client.query('set constraints all immediate');
  let refused = 0;
  let numbered = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of rows.bytes) {
    const bytes = Buffer.concat([rest, chunk]);
    const { consumed, count, from, idFrom, idTo, to } = reader.scan(bytes, bytes.length);
    const spans = Array.from({ length: count }, (_, row): Span => {
      const at = idFrom[row] as number;
      const id = at < 0 ? undefined : bytes.toString('utf8', at, idTo[row]);
      return { number: numbered + row, from: from[row] as number, to: to[row] as number, id };
    });
    numbered += count;
    const header = reader.header();
    for await (const { error, span } of loadInHalves(client, { ...rows, bytes }, spans)) {
      refused++;
      const row = bytes.subarray(span.from, span.to);
      await onRefused({
        number: span.number,
        header,
        row,
        id: span.id,
        ...(await explain(client, rows, { header, row, error })),
      });
    }
    rest = bytes.subarray(consumed);
  }
  return refused;
}

interface Refusal {
  span: Span;
  error: ServerError;
}

type RowBytes = Pick<RowByRowOptions, 'columns' | 'leftOut' | 'onStaged'> & { bytes: Buffer };

async function* loadInHalves(
  client: Client,
  rows: RowBytes,
  spans: readonly Span[],
): AsyncGenerator<Refusal> {
  const [first] = spans;
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return;
  let leftOut: readonly number[] = [];
  const error = await attempt(client, async () => {
    const bytes = onePiece(rows.bytes.subarray(first.from, last.to));
    await copyIn(client, { bytes, header: false, columns: rows.columns });
    leftOut = await rows.onStaged(spans.length);
    await client.query(`truncate ${stagingTable}`);
  });
  if (error === undefined) {
    for (const position of leftOut) yield { span: spans[position] as Span, error: rows.leftOut };
    return;
  }
  if (spans.length === 1) {
    yield { span: first, error };
    return;
  }
  const middle = Math.ceil(spans.length / 2);
  yield* loadInHalves(client, rows, spans.slice(0, middle));
  yield* loadInHalves(client, rows, spans.slice(middle));
}

/** Runs the work in a savepoint. Returns the server's error against the rows, if any, after rolling back. */
async function attempt(client: Client, work: () => Promise<void>): Promise<ServerError | undefined> {
  await client.query('savepoint rows');
  try {
    await work();
    await client.query('release savepoint rows');
    return undefined;
  } catch (error) {
    if (!isRowError(error)) throw error;
    await client.query('rollback to savepoint rows');
    return error;
  }
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Finds the column: named by the error or its constraint, or else by copying each cell alone. */
async function explain(
  client: Client,
  { createReader, columns: { names } }: RowByRowOptions,
  { header, row, error }: { header: Uint8Array; row: Uint8Array; error: ServerError },
) {
  const told = { reason: reasonOf(error), message: error.message };
  const column = await columnOf(client, error);
  if (column !== undefined || error.table !== undefined) return { ...told, column };
  for (const name of names) {
    const reader = createReader({ encoding: 'csv', columns: [], idColumn: name });
    const bytes = Buffer.concat([header, row]);
    const { idFrom, idTo } = reader.scan(bytes, bytes.length);
    const from = idFrom[0] ?? -1;
    const cell = from < 0 ? Buffer.alloc(0) : bytes.subarray(from, idTo[0]);
    if (cell.length === 0) continue;
    const quoted = onePiece(Buffer.concat([Buffer.from('"'), cell, Buffer.from('"\n')]));
    await client.query('savepoint cell');
    const alone = await attempt(client, () =>
      copyIn(client, { bytes: quoted, header: false, columns: { names: [name], nullable: [] } }),
    );
    await client.query('rollback to savepoint cell');
    if (alone?.code === error.code) return { ...told, column: name };
  }
  return { ...told, column: undefined };
}
