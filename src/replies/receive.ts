/** Streams the body of one reply to kept rows on disk. */
import type { Column } from '../contracts/dataset.ts';
import type { RowOffsets, RowReader } from '../contracts/reader.ts';
import { RetryError } from '../retry.ts';
import type { RejectSpool } from './spool/reject-spool.ts';
import { isErrorText } from './ends-in-error.ts';
import type { RowFilter } from './dedupe/row-filter.ts';
import type { ByteSpan, WindowSpool } from './spool/window-spool.ts';

/** A body, and how to interpret its end. */
export interface ReceivedBody {
  bytes: AsyncIterable<Uint8Array>;
  /** The protocol marks the end of the body, so an empty body is complete. */
  framed: boolean;
  /** The reply is known to come from the vendor even without a header or a row. */
  marked: boolean;
  /** Its writer may have broken off with an error behind the rows. */
  mayEndInError: boolean;
}

/** How to recognize the requested table. */
export interface ExpectedTable {
  /** It has at least one of these columns; an error page of a proxy has none. */
  published: readonly Column[];
  /** Columns needed to identify or place rows. */
  required: readonly string[];
}

/** Where received rows are stored. */
export interface RowSpools {
  spool: WindowSpool;
  /** For rows that cannot be parsed; undefined: they are only counted. */
  rejects?: RejectSpool;
}

export interface Receiving {
  body: ReceivedBody;
  reader: RowReader;
  expected: ExpectedTable;
  filter: RowFilter;
  spools: RowSpools;
  /** Called after each slab with the bytes and rows since the last call. */
  onProgress: (bytes: number, rows: number) => void;
  /** Called after each slab; false stops the reading. */
  mayGoOn: () => boolean;
}

/**
 * `cut`: the body is incomplete or not the requested table; the caller must remove what was kept. `stopped`:
 * `mayGoOn` returned false. `empty`: not even the expected header. `isBare`: no bytes, where no header is expected.
 * `lacking`: a table without some required columns.
 */
export type Received =
  | { kind: 'whole'; isBare: boolean }
  | { kind: 'cut'; message: string }
  | { kind: 'stopped' }
  | { kind: 'empty' }
  | { kind: 'lacking'; columns: readonly string[] };

const slabBytes = 1024 * 1024;
const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf);
/** A longer row is taken for the rest of a reply with an unclosed quote. */
const maxRowBytes = 16 * 1024 * 1024;

/** Reads the body to its end. Throws RetryError for errors of the body; errors of the disk pass unchanged. */
export async function receiveRows(receiving: Receiving): Promise<Received> {
  const intake = new Intake(receiving);
  for await (const chunk of guarded(receiving.body.bytes)) {
    for (let from = 0; from < chunk.length;) {
      from += intake.fill(chunk, from);
      if (!intake.isFull) continue;
      await intake.sift();
      if (intake.isStuck) return { kind: 'cut', message: `a row is longer than ${maxRowBytes} bytes` };
      if (!receiving.mayGoOn()) return { kind: 'stopped' };
    }
  }
  await intake.sift();
  await intake.settle();
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
  const { framed, marked, mayEndInError } = receiving.body;
  const { required } = receiving.expected;
  if (intake.left > 0) return { kind: 'cut', message: 'the reply ends in the middle of a row' };
  if (intake.total === 0 && !framed) return { kind: 'cut', message: 'the reply is empty' };
  // Only tables have headers: a body of NDJSON without objects is a valid answer.
  if (intake.total === 0 && reader.columns().length === 0) return { kind: 'empty' };
  if (reader.columns().length === 0) {
    return { kind: 'cut', message: 'the reply has no header row' };
  }
  const names = new Set(reader.columns().map(({ name }) => name));
  if (intake.total > 0 && isOtherText(receiving)) {
    return { kind: 'cut', message: 'the reply is not the requested table' };
  }
  const last = { bytes: intake.lastRow, header: reader.header(), columns: reader.columns() };
  if (mayEndInError && isErrorText(last, receiving.expected.published)) {
    return { kind: 'cut', message: 'the reply ends in an error in place of a row' };
  }
  const lacking = intake.total > 0 ? required.filter((name) => !names.has(name)) : [];
  if (lacking.length > 0) return { kind: 'lacking', columns: lacking };
  return { kind: 'whole', isBare: intake.total === 0 && !marked };
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

/** Kept rows of one partition. */
interface Gathered {
  spans: ByteSpan[];
  rows: number;
}

/** Uses two slabs: one is filled while the rows of the other are written. */
class Intake {
  readonly #receiving: Receiving;
  #slab = Buffer.allocUnsafeSlow(slabBytes);
  #other = Buffer.allocUnsafeSlow(slabBytes);
  #length = 0;
  #isBegun = false;
  #bytesTold = 0;
  #tableBegun = false;
  #writing: Promise<void> = Promise.resolve();
  #partitions = new Map<number, Gathered>();
  /** Bytes so far, without a byte order mark. */
  total = 0;
  /** The last of those read so far; empty before there is one. */
  lastRow: Buffer = Buffer.alloc(0);

  constructor(receiving: Receiving) {
    this.#receiving = receiving;
  }

  get isFull(): boolean {
    return this.#length === this.#slab.length;
  }

  /** Bytes of an incomplete row. */
  get left(): number {
    return this.#length;
  }

  get isStuck(): boolean {
    return this.#length > maxRowBytes;
  }

  /** Copies as much as fits; returns how many bytes that was. */
  fill(chunk: Uint8Array, from: number): number {
    const count = Math.min(chunk.length - from, this.#slab.length - this.#length);
    this.#slab.set(
      from === 0 && count === chunk.length ? chunk : chunk.subarray(from, from + count),
      this.#length,
    );
    this.#length += count;
    this.total += count;
    return count;
  }

  /** Scans the rows in the slab and starts writing those to keep. */
  async sift(): Promise<void> {
    const { reader, spools, filter, onProgress } = this.#receiving;
    this.#begin();
    const rows = reader.scan(this.#slab, this.#length);
    if (rows.count > 0) {
      const [from, to] = [rows.from[rows.count - 1], rows.to[rows.count - 1]];
      this.lastRow = Buffer.from(this.#slab.subarray(from, to));
    }
    const rejectedBefore = filter.counts.rejected;
    this.#gather(rows, filter.judge(this.#slab, rows));
    if (filter.counts.rejected > rejectedBefore) await spools.rejects?.keep(this.#slab, rows, reader);
    onProgress(this.total - this.#bytesTold, rows.count);
    this.#bytesTold = this.total;
    await this.settle();
    await this.#beginTable();
    this.#startWriting(this.#slab);
    this.#turnOver(rows.consumed);
  }

  /** Drops the byte order mark of the reply: it belongs to no row, and the file decides whether it has one. */
  #begin(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    const beginning = this.#slab.subarray(0, Math.min(byteOrderMark.length, this.#length));
    if (!beginning.equals(byteOrderMark)) return;
    this.#slab.copyWithin(0, byteOrderMark.length, this.#length);
    this.#length -= byteOrderMark.length;
    // Both, so that progress counts what was received.
    this.total -= byteOrderMark.length;
    this.#bytesTold -= byteOrderMark.length;
  }

  /** Waits until every kept row is written. */
  async settle(): Promise<void> {
    await this.#writing;
  }

  /** Adjacent rows of one partition are written as one span. */
  #gather({ count, from, to }: RowOffsets, partitionOfRow: Int32Array): void {
    let number = -1;
    let partition: Gathered = { spans: [], rows: 0 };
    let last: ByteSpan = { from: 0, to: -1 };
    for (let row = 0; row < count; row++) {
      const wanted = partitionOfRow[row] as number;
      if (wanted < 0) continue;
      if (wanted !== number) {
        number = wanted;
        partition = this.#partitions.get(number) ?? { spans: [], rows: 0 };
        this.#partitions.set(number, partition);
        last = partition.spans.at(-1) ?? { from: 0, to: -1 };
      }
      partition.rows++;
      if (last.to === from[row]) last.to = to[row] as number;
      else partition.spans.push((last = { from: from[row] as number, to: to[row] as number }));
    }
  }

  async #beginTable(): Promise<void> {
    const { reader, spools } = this.#receiving;
    const columns = reader.columns();
    if (columns.length === 0 || (this.#tableBegun && this.#partitions.size === 0)) return;
    await spools.spool.beginTable(reader.header(), columns);
    this.#tableBegun = true;
  }

  #startWriting(bytes: Buffer): void {
    const { spool } = this.#receiving.spools;
    const partitions = this.#partitions;
    this.#partitions = new Map();
    if (partitions.size === 0) return;
    this.#writing = (async () => {
      for (const [number, runs] of partitions) await spool.append(number, bytes, runs);
    })();
    // The next `settle` reports the error; this only prevents an unhandled rejection.
    this.#writing.catch(() => undefined);
  }

  /** Moves the incomplete row to the other slab, enlarging that when the row takes more than half of it. */
  #turnOver(consumed: number): void {
    const left = this.#length - consumed;
    if (left > this.#other.length / 2) this.#other = Buffer.allocUnsafeSlow(this.#other.length * 2);
    this.#slab.copy(this.#other, 0, consumed, this.#length);
    [this.#slab, this.#other] = [this.#other, this.#slab];
    this.#length = left;
  }
}
