/** Takes in the bytes of a reply, finds its rows, and has those to keep written. */
import type { RowOffsets, RowReader } from '../contracts/reader.ts';
import type { RowFilter } from './dedupe/row-filter.ts';
import type { RejectSpool } from './spool/reject-spool.ts';
import type { ByteSpan, WindowSpool } from './spool/window-spool.ts';

/** Where received rows are stored. */
export interface RowSpools {
  spool: WindowSpool;
  /** For rows that cannot be parsed; undefined: they are only counted. */
  rejects?: RejectSpool;
}

export interface IntakeOptions {
  reader: RowReader;
  filter: RowFilter;
  spools: RowSpools;
  /** Called after each slab with the bytes and rows since the last call. */
  onProgress: (bytes: number, rows: number) => void;
}

const slabBytes = 1024 * 1024;
const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf);
/** A longer row is taken for the rest of a reply with an unclosed quote. */
export const maxRowBytes = 16 * 1024 * 1024;

/** Kept rows of one partition. */
interface Gathered {
  spans: ByteSpan[];
  rows: number;
}

/** Uses two slabs: one is filled while the rows of the other are written. Holds only memory: nothing to close. */
export class Intake {
  readonly #options: IntakeOptions;
  #slab = Buffer.allocUnsafeSlow(slabBytes);
  #other = Buffer.allocUnsafeSlow(slabBytes);
  #length = 0;
  #isBegun = false;
  #bytesTold = 0;
  #tableBegun = false;
  #writing: Promise<void> = Promise.resolve();
  #partitions = new Map<number, Gathered>();
  /** Bytes so far, without a byte order mark. */
  totalBytes = 0;
  /** The last of those read so far; empty before there is one. */
  lastRow: Buffer = Buffer.alloc(0);

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#length === this.#slab.length;
  }

  /** Bytes of an incomplete row. */
  get leftBytes(): number {
    return this.#length;
  }

  /** Whether an incomplete row is longer than a row may be. */
  get isRowTooLong(): boolean {
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
    this.totalBytes += count;
    return count;
  }

  /** Scans the rows in the slab and starts writing those to keep. */
  async takeRows(): Promise<void> {
    const { reader, spools, filter, onProgress } = this.#options;
    this.#begin();
    const rows = reader.scan(this.#slab, this.#length);
    if (rows.count > 0) {
      const [from, to] = [rows.from[rows.count - 1], rows.to[rows.count - 1]];
      this.lastRow = Buffer.from(this.#slab.subarray(from, to));
    }
    const rejectedBefore = filter.counts.rejected;
    this.#gather(rows, filter.judge(this.#slab, rows));
    if (filter.counts.rejected > rejectedBefore) await spools.rejects?.keep(this.#slab, rows, reader);
    onProgress(this.totalBytes - this.#bytesTold, rows.count);
    this.#bytesTold = this.totalBytes;
    await this.writtenOut();
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
    this.totalBytes -= byteOrderMark.length;
    this.#bytesTold -= byteOrderMark.length;
  }

  /** Waits until every kept row is written. */
  async writtenOut(): Promise<void> {
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
    const { reader, spools } = this.#options;
    const columns = reader.columns();
    if (columns.length === 0 || (this.#tableBegun && this.#partitions.size === 0)) return;
    await spools.spool.beginTable(reader.header(), columns);
    this.#tableBegun = true;
  }

  #startWriting(bytes: Buffer): void {
    const { spool } = this.#options.spools;
    const partitions = this.#partitions;
    this.#partitions = new Map();
    if (partitions.size === 0) return;
    this.#writing = (async () => {
      for (const [number, runs] of partitions) await spool.append(number, bytes, runs);
    })();
    // The next `writtenOut` reports the error; this only prevents an unhandled rejection.
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
