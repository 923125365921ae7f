/** The body of one reply, from its bytes as they come to kept rows on disk. */
import type { Column } from '../contracts/dataset.ts';
import type { RowOffsets, RowReader } from '../contracts/reader.ts';
import { AttemptFailed } from './retry.ts';
import type { RejectSpool } from './spool/reject-spool.ts';
import type { RowFilter } from './dedupe/row-filter.ts';
import type { ByteSpan, WindowSpool } from './spool/window-spool.ts';

/** A body, and what its end means. */
export interface ReceivedBody {
  bytes: AsyncIterable<Uint8Array>;
  /** The protocol marks the end of the body, so that an empty body is an answer. */
  framed: boolean;
  /** Whose answer it is, is known without a header or a row. */
  marked: boolean;
}

/** What a table must have to be the one that was asked for. */
export interface ExpectedTable {
  /** Columns of which it has at least one; a page of some proxy has none. */
  published: readonly Column[];
  /** Columns without which rows cannot be told apart or placed. */
  required: readonly string[];
}

/** Where rows are kept. */
export interface KeptIn {
  spool: WindowSpool;
  /** Of rows that cannot be kept; undefined: they are only counted. */
  rejects?: RejectSpool;
}

export interface Receiving {
  body: ReceivedBody;
  reader: RowReader;
  expected: ExpectedTable;
  filter: RowFilter;
  keptIn: KeptIn;
  /** Told now and then: bytes and rows since the last time. */
  onProgress: (bytes: number, rows: number) => void;
  /** Asked after each slot; false ends the reading. */
  mayGoOn: () => boolean;
}

/**
 * `cut`: the body ended inside a row, or before its header: what was kept does not count. `stopped`:
 * `mayGoOn` said no. `empty`: not even a header came; `isBare`: no byte did, where no header is due. `lacking`: it is a table, but without columns that are required.
 */
export type Received =
  | { kind: 'whole'; isBare: boolean }
  | { kind: 'cut'; message: string }
  | { kind: 'stopped' }
  | { kind: 'empty' }
  | { kind: 'lacking'; columns: readonly string[] };

const slotBytes = 1024 * 1024;
/** A row that is longer is taken for the rest of a reply whose quote never closes. */
const maxRowBytes = 16 * 1024 * 1024;

/** Reads to the end. An error of the body is an AttemptFailed; errors of the disk surface as they are. */
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
    throw new AttemptFailed(`the answer was cut short (${message})`);
  }
}

function endOf(intake: Intake, receiving: Receiving): Received {
  const { reader } = receiving;
  const { framed, marked } = receiving.body;
  const { required } = receiving.expected;
  if (intake.left > 0) return { kind: 'cut', message: 'the reply ends in the middle of a row' };
  if (intake.total === 0 && !framed) return { kind: 'cut', message: 'the reply is empty' };
  // Objects name their own keys: none of them is an answer.
  if (intake.total === 0 && reader.columns().length === 0) return { kind: 'empty' };
  if (reader.columns().length === 0) {
    return { kind: 'cut', message: 'the reply has no header row' };
  }
  const names = new Set(reader.columns().map(({ name }) => name));
  if (intake.total > 0 && isOtherText(receiving)) {
    return { kind: 'cut', message: 'the reply is not the requested table' };
  }
  const lacking = intake.total > 0 ? required.filter((name) => !names.has(name)) : [];
  if (lacking.length > 0) return { kind: 'lacking', columns: lacking };
  return { kind: 'whole', isBare: intake.total === 0 && !marked };
}

/**
 * A page of some proxy has no column that was published, and neither have the lines of an error in JSON. Without a
 * header blank lines alone are no rows, and an answer.
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

/** Two slots: while the rows of one are written, the other is filled. */
class Intake {
  readonly #receiving: Receiving;
  #slot = Buffer.allocUnsafeSlow(slotBytes);
  #other = Buffer.allocUnsafeSlow(slotBytes);
  #length = 0;
  #bytesTold = 0;
  #tableBegun = false;
  #writing: Promise<void> = Promise.resolve();
  #partitions = new Map<number, Gathered>();
  total = 0;

  constructor(receiving: Receiving) {
    this.#receiving = receiving;
  }

  get isFull(): boolean {
    return this.#length === this.#slot.length;
  }

  /** Bytes of a row that has not ended. */
  get left(): number {
    return this.#length;
  }

  get isStuck(): boolean {
    return this.#length > maxRowBytes;
  }

  /** Copies what fits; returns how much that was. */
  fill(chunk: Uint8Array, from: number): number {
    const count = Math.min(chunk.length - from, this.#slot.length - this.#length);
    this.#slot.set(
      from === 0 && count === chunk.length ? chunk : chunk.subarray(from, from + count),
      this.#length,
    );
    this.#length += count;
    this.total += count;
    return count;
  }

  /** Finds the rows in the slot and begins to write those that are kept. */
  async sift(): Promise<void> {
    const { reader, keptIn, filter, onProgress } = this.#receiving;
    const rows = reader.scan(this.#slot, this.#length);
    const rejectedBefore = filter.counts.rejected;
    this.#gather(rows, filter.judge(this.#slot, rows));
    if (filter.counts.rejected > rejectedBefore) await keptIn.rejects?.keep(this.#slot, rows, reader);
    onProgress(this.total - this.#bytesTold, rows.count);
    this.#bytesTold = this.total;
    await this.settle();
    await this.#beginTable();
    this.#startWriting(this.#slot);
    this.#turnOver(rows.consumed);
  }

  /** Waits until every kept row is in its file. */
  async settle(): Promise<void> {
    await this.#writing;
  }

  /** Rows of one partition that stand one behind the other are written as one. */
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
    const { reader, keptIn } = this.#receiving;
    const columns = reader.columns();
    if (columns.length === 0 || (this.#tableBegun && this.#partitions.size === 0)) return;
    await keptIn.spool.beginTable(reader.header(), columns);
    this.#tableBegun = true;
  }

  #startWriting(bytes: Buffer): void {
    const { spool } = this.#receiving.keptIn;
    const partitions = this.#partitions;
    this.#partitions = new Map();
    if (partitions.size === 0) return;
    this.#writing = (async () => {
      for (const [number, runs] of partitions) await spool.append(number, bytes, runs);
    })();
    // Whoever waits next sees the error; until then it is not unhandled.
    this.#writing.catch(() => undefined);
  }

  /** Takes the unfinished row over into the other slot, a larger one when it fills the slot. */
  #turnOver(consumed: number): void {
    const left = this.#length - consumed;
    if (left > this.#other.length / 2) this.#other = Buffer.allocUnsafeSlow(this.#other.length * 2);
    this.#slot.copy(this.#other, 0, consumed, this.#length);
    [this.#slot, this.#other] = [this.#other, this.#slot];
    this.#length = left;
  }
}
