/** Reads one range of an input: slabs in, rows out. Reassembles rows that span slabs. */
import type { RowScanner, RowSink } from '../../contracts/format.ts';
import type { Slab } from '../../contracts/input.ts';
import type { HeldBackRow } from '../../contracts/supply.ts';
import { PartialRow } from './partial-row.ts';
import { SharedBuffer } from './shared-buffer.ts';

/** How many bytes of the next slab are first appended to a row that the last slab cut. */
const MIN_BRIDGE_BYTES = 8_192;
/** Bytes of an input and their position in it. */
export interface SourceBytes {
  memory: SharedBuffer;
  /** Position of the first byte in the input. */
  offset: number;
}

/** How bytes are scanned. */
export interface ScanOptions {
  from: number;
  /** The input ends after these bytes. */
  final: boolean;
  /** Do not report a last row that does not parse: it may still grow. */
  holdsBack?: boolean;
  /**
   * These bytes are the copy of a row that spans two slabs; the rest of the slab follows at once, so a chunk
   * need not end here.
   */
  bridges: boolean;
}

/** Receives the rows of a range. */
export interface RangeSink extends RowSink {
  /** A row that is too long is being skipped. */
  passing: boolean;
  /** The sink asked the scanner to stop, because it has something to yield. */
  stopped: boolean;
  /** The last row, when it was not reported because it does not parse. */
  readonly heldBack: HeldBackRow | undefined;
  /** Rows are reported in these bytes from now on. */
  enter(source: SourceBytes, options: ScanOptions): void;
  /** Ends what was collected so far, at this position, and makes it available. */
  seal(offset: number, line: number): void;
  /** The scanner left an incomplete last value unread; it begins at `at`. */
  leaveBehind?(at: number, line: number): void;
  /** No more rows are reported in the current bytes. `keepOpen`: do not end the chunk here. */
  leave(offset: number, line: number, options: { keepOpen: boolean }): void;
}

interface PassParts {
  scanner: RowScanner;
  sink: RangeSink;
  maxRowBytes: number;
}

/** A generator that yields nothing whenever the sink may have something ready, so that it is not delayed. */
type Pauses<Result = void> = Generator<undefined, Result>;

export class RangeReader {
  readonly #parts: PassParts;
  readonly #sink: RangeSink;
  /** The beginning of a row that the last slab did not finish, and its position in the input. */
  readonly #carry = new PartialRow();
  #offset: number;

  constructor(from: number, parts: PassParts) {
    this.#offset = from;
    this.#parts = parts;
    this.#sink = parts.sink;
  }

  /**
   * Reads slabs to the end, or until reading fails; then whole rows are reported before the error is thrown.
   * `onSlab` sees each slab before its rows are read.
   */
  async *read(slabs: AsyncIterable<Slab>, onSlab: (slab: Slab) => void): AsyncGenerator<undefined> {
    let isScanning = false;
    try {
      for await (const slab of slabs) {
        onSlab(slab);
        isScanning = true;
        yield* this.#take(slab);
        isScanning = false;
      }
    } catch (error) {
      // A scan that has thrown would throw again, and say something else perhaps.
      if (!isScanning) yield* this.#breakOff();
      throw error;
    }
  }

  /** Reads one slab that ends with its last row, or with a part of one that the next slab continues. */
  *readSlab(slab: Slab): Generator<undefined> {
    yield* this.#take(slab);
  }

  /** Releases the slab when neither the sink nor this reader needs it. */
  *#take(slab: Slab): Pauses {
    const { buffer, byteOffset, byteLength } = slab.bytes;
    const memory = new SharedBuffer(Buffer.from(buffer, byteOffset, byteLength), () => slab.release());
    try {
      const from = this.#carry.length === 0 ? 0 : yield* this.#bridge(memory.bytes);
      if (from === byteLength) {
        yield* this.#cut();
        return;
      }
      const end = yield* this.#scan({ memory, offset: slab.offset }, { from, bridges: false, final: false });
      this.#carry.restart(memory.bytes.subarray(end));
    } finally {
      memory.release();
    }
  }

  /** Scans bytes that were not worth a scan so far: no more may follow. */
  *#breakOff(): Pauses {
    if (!this.#carry.hasNew) return;
    const source = { memory: new SharedBuffer(this.#carry.bytes), offset: this.#offset };
    const end = yield* this.#scan(source, { from: 0, bridges: false, final: false });
    this.#carry.keepFrom(end);
  }

  /** Whether the last row is incomplete so far. */
  get hasOpenRow(): boolean {
    return this.#carry.length > 0;
  }

  /**
   * Reads the rest at the end of the range. `holdsBack`: do not report a last row that does not parse,
   * because it may still grow.
   */
  *finish({ holdsBack = false } = {}): Pauses {
    yield* this.#breakOff();
    const source = { memory: new SharedBuffer(this.#carry.bytes), offset: this.#offset };
    yield* this.#scan(source, { from: 0, bridges: false, final: true, holdsBack });
  }

  /**
   * Reads the row that began in earlier slabs from a copy of its beginning and as much of the next slab as it
   * needs. Returns the offset in the slab at which to continue.
   */
  *#bridge(next: Buffer): Pauses<number> {
    const carry = this.#carry;
    let taken = 0;
    while (taken < next.length) {
      const until = Math.min(next.length, taken + Math.max(MIN_BRIDGE_BYTES, carry.wanted));
      carry.append(next.subarray(taken, until));
      taken = until;
      // With small slabs, a long row is not worth another scan yet, unless it exceeds the limit by now.
      if (carry.wanted > 0 && carry.length <= this.#parts.maxRowBytes) continue;
      const { bytes } = carry;
      const source = { memory: new SharedBuffer(bytes), offset: this.#offset };
      const end = yield* this.#scan(source, { from: 0, bridges: true, final: false });
      const rest = bytes.length - end;
      carry.keepFrom(rest <= taken ? bytes.length : end);
      if (rest <= taken) return taken - rest;
    }
    return taken;
  }

  /** Hands on whole rows now: the next slab may never come. */
  *#cut(): Pauses {
    if (!this.#sink.passing) this.#sink.seal(this.#offset, this.#parts.scanner.line);
    yield;
  }

  /** Scans a source. Returns the offset of the incomplete last row, or the end. */
  *#scan(source: SourceBytes, options: ScanOptions): Pauses<number> {
    const { scanner, sink, maxRowBytes } = this.#parts;
    const { bytes } = source.memory;
    const { final, holdsBack = false } = options;
    sink.enter(source, options);
    let at = options.from;
    do {
      sink.stopped = false;
      at = scanner.scan(bytes, { from: at, to: bytes.length, final, mayGrow: holdsBack }, sink);
      yield;
      if (!sink.stopped && bytes.length - at > maxRowBytes && !sink.passing) {
        sink.seal(source.offset + at, scanner.line);
        yield;
        scanner.passRow();
        sink.passing = true;
        sink.stopped = true;
      }
    } while (sink.stopped);
    if (holdsBack) sink.leaveBehind?.(at, scanner.line);
    const { heldBack } = sink;
    this.#offset = heldBack?.offset ?? source.offset + at;
    sink.leave(this.#offset, heldBack?.line ?? scanner.line, {
      keepOpen: options.bridges || sink.passing,
    });
    yield;
    return at;
  }
}
