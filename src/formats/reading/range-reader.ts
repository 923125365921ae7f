/** One pass over one range of an input: slots in, rows out. Rows that span slots are put together on the way. */
import type { RowScanner, RowSink } from '../../contracts/format.ts';
import type { BufferSlot } from '../../contracts/input.ts';
import type { HeldBackRow } from '../../contracts/supply.ts';
import { PartialRow } from './partial-row.ts';
import { SharedBuffer } from './shared-buffer.ts';

/** How much of the next slot is first put behind a row that the last one cut. */
const MIN_BRIDGE_BYTES = 8_192;
/** Bytes of an input, and where they stand in it. */
export interface SourceBytes {
  memory: SharedBuffer;
  /** In the input, of the first byte. */
  offset: number;
}

/** How bytes are looked at. */
export interface ScanOptions {
  from: number;
  /** Nothing follows. */
  final: boolean;
  /** A last row that does not parse is left alone. */
  holdsBack?: boolean;
  /** More of the same bytes follows at once, so that nothing need end here. */
  bridges: boolean;
}

/** Takes the rows of a pass. */
export interface RangeSink extends RowSink {
  /** A row too long is being passed over. */
  passing: boolean;
  /** It asked the scanner to stop, because it has something to hand on. */
  stopped: boolean;
  /** The last row, when it was left alone. */
  readonly heldBack: HeldBackRow | undefined;
  /** Rows are reported in these bytes from now on. */
  enter(source: SourceBytes, options: ScanOptions): void;
  /** What was taken so far ends here, and is handed on. */
  seal(offset: number, line: number): void;
  /** The scanner left the last value, which is not whole yet, where it begins. */
  leaveBehind?(at: number, line: number): void;
  /** These bytes are over. */
  leave(offset: number, line: number, options: { keepOpen: boolean }): void;
}

interface PassParts {
  scanner: RowScanner;
  sink: RangeSink;
  maxRowBytes: number;
}

/** Yields nothing, whenever the sink may have something to hand on: what it has then is not to be kept waiting. */
type Pauses<Result = void> = Generator<undefined, Result>;

export class RangeReader {
  readonly #parts: PassParts;
  readonly #sink: RangeSink;
  /** The beginning of a row that the last slot did not end, and where it stands. */
  readonly #carry = new PartialRow();
  #offset: number;

  constructor(from: number, parts: PassParts) {
    this.#offset = from;
    this.#parts = parts;
    this.#sink = parts.sink;
  }

  /** Reads slots to their end, or as far as they can be had. `onSlot` sees each before its rows are taken. */
  async *read(
    slots: AsyncIterable<BufferSlot>,
    onSlot: (slot: BufferSlot) => void,
  ): AsyncGenerator<undefined> {
    try {
      for await (const slot of slots) {
        onSlot(slot);
        yield* this.#take(slot);
      }
    } catch (error) {
      yield* this.#breakOff();
      throw error;
    }
  }

  /** The slot is released when neither the sink nor this pass need it. */
  *#take(slot: BufferSlot): Pauses {
    const { buffer, byteOffset, byteLength } = slot.bytes;
    const memory = new SharedBuffer(Buffer.from(buffer, byteOffset, byteLength), () => slot.release());
    try {
      const from = this.#carry.length === 0 ? 0 : yield* this.#bridge(memory.bytes);
      if (from === byteLength) {
        yield* this.#cut();
        return;
      }
      const end = yield* this.#scan({ memory, offset: slot.offset }, { from, bridges: false, final: false });
      this.#carry.restart(memory.bytes.subarray(end));
    } finally {
      memory.release();
    }
  }

  /** Whole rows that were held back: nothing may follow, or nothing that can be read. */
  *#breakOff(): Pauses {
    if (!this.#carry.hasNew) return;
    const source = { memory: new SharedBuffer(this.#carry.bytes), offset: this.#offset };
    const end = yield* this.#scan(source, { from: 0, bridges: false, final: false });
    this.#carry.keepFrom(end);
  }

  /** Whether the last row has no line end so far. */
  get hasOpenRow(): boolean {
    return this.#carry.length > 0;
  }

  /** What remains when nothing follows. `holdsBack`: a last row that does not parse may become whole. */
  *finish({ holdsBack = false } = {}): Pauses {
    yield* this.#breakOff();
    const source = { memory: new SharedBuffer(this.#carry.bytes), offset: this.#offset };
    yield* this.#scan(source, { from: 0, bridges: false, final: true, holdsBack });
  }

  /**
   * Reads the row that began in earlier bytes from a copy of them and of as much of the next slot as it
   * takes. Returns where in the slot to go on.
   */
  *#bridge(next: Buffer): Pauses<number> {
    const carry = this.#carry;
    let taken = 0;
    while (taken < next.length) {
      const until = Math.min(next.length, taken + Math.max(MIN_BRIDGE_BYTES, carry.wanted));
      carry.append(next.subarray(taken, until));
      taken = until;
      // A long row in small slots: not worth a look yet, unless it is too long by now.
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

  /** Nothing whole is held back until the next slot, which may not come. */
  *#cut(): Pauses {
    if (!this.#sink.passing) this.#sink.seal(this.#offset, this.#parts.scanner.line);
    yield;
  }

  /** Scans a source; returns where the row begins that it does not end. */
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
