/** Streams the body of one reply to kept rows on disk. */
import type { Column } from '../contracts/dataset.ts';
import { RetryError } from '../retry.ts';
import { judgeLastRow, type LastRowKind } from './ends-in-error.ts';
import { Intake, maxRowBytes, type IntakeOptions } from './intake.ts';

/** A body, and how to interpret its end. */
export interface ReceivedBody {
  bytes: AsyncIterable<Uint8Array>;
  /** The protocol marks the end of the body, so an empty body is complete. */
  framed: boolean;
  /** The reply is known to come from the vendor even without a header or a row. */
  marked: boolean;
  /** Its writer may have broken off with an error behind the rows. */
  mayEndInError: boolean;
  /** A doubtful row in which earlier answers ended: one that ends in it as well is whole. */
  damagedRow?: Uint8Array | undefined;
}

/** How to recognize the requested table. */
export interface ExpectedTable {
  /** It has at least one of these columns; an error page of a proxy has none. */
  published: readonly Column[];
  /** Columns needed to identify or place rows. */
  required: readonly string[];
}

export interface Receiving extends IntakeOptions {
  body: ReceivedBody;
  expected: ExpectedTable;
  /** Called after each slab; false stops the reading. */
  mayGoOn: () => boolean;
}

/**
 * `cut`: the body is incomplete or not the requested table; the caller must remove what was kept. `stopped`:
 * `mayGoOn` returned false. `empty`: not even the expected header. `isBare`: no bytes, where no header is expected.
 * `lacking`: a table without some required columns. `doubtful`: cut, or with a damaged last row. `isDamaged`: it has
 * one, which is known.
 */
export type Received =
  | { kind: 'whole'; isBare: boolean; isDamaged: boolean }
  | { kind: 'cut'; message: string }
  | { kind: 'stopped' }
  | { kind: 'empty' }
  | { kind: 'doubtful'; lastRow: Uint8Array }
  | { kind: 'lacking'; columns: readonly string[] };

/** Reads the body to its end. Throws RetryError for errors of the body; errors of the disk pass unchanged. */
export async function receiveRows(receiving: Receiving): Promise<Received> {
  const intake = new Intake(receiving);
  for await (const chunk of guarded(receiving.body.bytes)) {
    for (let from = 0; from < chunk.length;) {
      from += intake.fill(chunk, from);
      if (!intake.isFull) continue;
      await intake.takeRows();
      if (intake.isRowTooLong) return { kind: 'cut', message: `a row is longer than ${maxRowBytes} bytes` };
      if (!receiving.mayGoOn()) return { kind: 'stopped' };
    }
  }
  await intake.takeRows();
  await intake.writtenOut();
  return endOf(intake, receiving);
}

async function* guarded(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new RetryError(`the answer was cut short (${message})`);
  }
}

function endOf(intake: Intake, receiving: Receiving): Received {
  const { reader } = receiving;
  const { framed, marked } = receiving.body;
  const { required } = receiving.expected;
  if (intake.leftBytes > 0) return { kind: 'cut', message: 'the reply ends in the middle of a row' };
  if (intake.totalBytes === 0 && !framed) return { kind: 'cut', message: 'the reply is empty' };
  // Only tables have headers: a body of NDJSON without objects is a valid answer.
  if (intake.totalBytes === 0 && reader.columns().length === 0) return { kind: 'empty' };
  if (reader.columns().length === 0) {
    return { kind: 'cut', message: 'the reply has no header row' };
  }
  const names = new Set(reader.columns().map(({ name }) => name));
  if (intake.totalBytes > 0 && isOtherText(receiving)) {
    return { kind: 'cut', message: 'the reply is not the requested table' };
  }
  const end = judgeEnd(intake.lastRow, receiving);
  if (end === 'error') return { kind: 'cut', message: 'the reply ends in an error in place of a row' };
  if (end === 'doubtful') return { kind: 'doubtful', lastRow: intake.lastRow };
  const lacking = intake.totalBytes > 0 ? required.filter((name) => !names.has(name)) : [];
  if (lacking.length > 0) return { kind: 'lacking', columns: lacking };
  return { kind: 'whole', isBare: intake.totalBytes === 0 && !marked, isDamaged: end === 'damaged' };
}

/** `damaged`: doubtful, but the row in which earlier answers ended. */
function judgeEnd(lastRow: Buffer, { body, reader, expected }: Receiving): LastRowKind | 'damaged' {
  if (!body.mayEndInError) return 'row';
  const last = { bytes: lastRow, header: reader.header(), columns: reader.columns() };
  const kind = judgeLastRow(last, expected.published);
  const { damagedRow } = body;
  return kind === 'doubtful' && damagedRow !== undefined && lastRow.equals(damagedRow) ? 'damaged' : kind;
}

/**
 * Whether the body is something else, such as a page of a proxy or an error in JSON: then it has none of the
 * published columns. Blank lines alone, without a header, count as an answer without rows.
 */
function isOtherText({ expected, reader, filter }: Receiving): boolean {
  if (reader.header().length === 0 && filter.counts.received === 0) return false;
  const came = new Set(reader.columns().flatMap(({ isAbsent, name }) => (isAbsent === true ? [] : [name])));
  return !expected.published.some(({ name }) => came.has(name));
}
