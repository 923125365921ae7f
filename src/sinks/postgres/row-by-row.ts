/** Rows copied so that one which the table does not take costs itself only: halves of what fails, down to the row. */
import type { Client } from 'pg';
import type { CreateRowReader } from '../../contracts-export.ts';
import { copyIn, type StagedColumns } from './staging-table.ts';

/** A row that the database does not take, and why. */
export interface RefusedRow {
  header: Uint8Array;
  row: Uint8Array;
  id: string | undefined;
  column: string | undefined;
  reason: string;
  message: string;
}

export interface CarefulCopy {
  /** CSV with its header. */
  bytes: AsyncIterable<Uint8Array>;
  columns: StagedColumns;
  idColumn: string | undefined;
  createReader: CreateRowReader;
  onRefused: (row: RefusedRow) => Promise<void>;
}

interface Span {
  from: number;
  to: number;
  id: string | undefined;
}

/** Copies what the staging table takes; tells how many rows it does not take. Within a transaction. */
export async function copyCarefully(client: Client, copy: CarefulCopy): Promise<number> {
  const { createReader, idColumn, onRefused } = copy;
  const reader = createReader({
    encoding: 'csv',
    columns: [],
    ...(idColumn === undefined ? {} : { idColumn }),
  });
  let refused = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of copy.bytes) {
    const bytes = Buffer.concat([rest, chunk]);
    const { consumed, count, from, idFrom, idTo, to } = reader.scan(bytes, bytes.length);
    const spans = Array.from({ length: count }, (_, row): Span => {
      const at = idFrom[row] as number;
      const id = at < 0 ? undefined : bytes.toString('utf8', at, idTo[row]);
      return { from: from[row] as number, to: to[row] as number, id };
    });
    const header = reader.header();
    for await (const { error, span } of copyHalves(client, { bytes, columns: copy.columns }, spans)) {
      refused++;
      const row = bytes.subarray(span.from, span.to);
      await onRefused({ header, row, id: span.id, ...(await explain(client, copy, { header, row, error })) });
    }
    rest = bytes.subarray(consumed);
  }
  return refused;
}

interface Refusal {
  span: Span;
  error: ServerError;
}

async function* copyHalves(
  client: Client,
  rows: { bytes: Buffer; columns: StagedColumns },
  spans: readonly Span[],
): AsyncGenerator<Refusal> {
  const [first] = spans;
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return;
  const error = await tryCopy(client, rows.bytes.subarray(first.from, last.to), rows.columns);
  if (error === undefined) return;
  if (spans.length === 1) {
    yield { span: first, error };
    return;
  }
  const middle = Math.ceil(spans.length / 2);
  yield* copyHalves(client, rows, spans.slice(0, middle));
  yield* copyHalves(client, rows, spans.slice(middle));
}

/** What the server says against these rows, if anything; then none of them is in the table. */
async function tryCopy(
  client: Client,
  bytes: Uint8Array,
  columns: StagedColumns,
): Promise<ServerError | undefined> {
  await client.query('savepoint rows');
  try {
    await copyIn(client, { bytes: onePiece(bytes), header: false, columns });
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

/** An error of the server, by its SQLSTATE ("PostgreSQL 15 documentation, A. Error Codes", 2022). */
interface ServerError extends Error {
  code: string;
  column?: string;
}

/** Data exceptions and violated constraints: it is the row that is wrong. */
export function isRowError(error: unknown): error is ServerError {
  return error instanceof Error && 'code' in error && /^2[23]/.test(String(error.code));
}

const reasons: Readonly<Record<string, string>> = {
  '22P02': 'not-of-type',
  '22007': 'not-of-type',
  '22003': 'out-of-range',
  '22008': 'out-of-range',
  '22001': 'too-long',
  '22021': 'not-utf8',
  '22P04': 'cell-count',
  '23502': 'missing',
};

/** The column is named by the server, or found by copying each cell alone. */
async function explain(
  client: Client,
  { createReader, columns: { names } }: CarefulCopy,
  { header, row, error }: { header: Uint8Array; row: Uint8Array; error: ServerError },
) {
  const { code, message } = error;
  const told = { reason: reasons[code] ?? 'refused-by-database', message };
  if (error.column !== undefined || !code.startsWith('22')) return { ...told, column: error.column };
  for (const name of names) {
    const reader = createReader({ encoding: 'csv', columns: [], idColumn: name });
    const bytes = Buffer.concat([header, row]);
    const { idFrom, idTo } = reader.scan(bytes, bytes.length);
    const from = idFrom[0] ?? -1;
    const cell = from < 0 ? Buffer.alloc(0) : bytes.subarray(from, idTo[0]);
    if (cell.length === 0) continue;
    const quoted = Buffer.concat([Buffer.from('"'), cell, Buffer.from('"\n')]);
    await client.query('savepoint cell');
    const alone = await tryCopy(client, quoted, { names: [name], nullable: [] });
    await client.query('rollback to savepoint cell');
    if (alone?.code === code) return { ...told, column: name };
  }
  return { ...told, column: undefined };
}
