/** One pass over one range of an input: slots in, blocks out. Rows that span slots are put together on the way. */
import { isUtf8 } from 'node:buffer';
import type { LineRun, RowProblem, RowScanner, RowSink } from '../../contracts/format.ts';
import type { BufferSlot } from '../../contracts/input.ts';
import type { Block } from '../../records.ts';
import type { HeldBackRow } from '../../contracts/supply.ts';
import type { BlockBuilder, LocatedRow, SourceBytes } from './block-builder.ts';
import type { RowSource } from '../ids/ids.ts';
import { PartialRow } from './partial-row.ts';
import { describeBadUtf8, UNPARSED_REASONS, wholeCharactersEnd } from '../json/problem.ts';
import { SharedBuffer } from './shared-buffer.ts';
import type { RowShaper } from '../rows/row-shaper.ts';

const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);
/** How much of the next slot is first put behind a row that the last one cut. */
const MIN_BRIDGE_BYTES = 8_192;
/** Rows that come one by one at the most before the next are offered together again. */
const MAX_PASSES = 63;

export class RangeReader {
  readonly #parts: PassParts;
  readonly #sink: ShapingSink;
  /** The beginning of a row that the last slot did not end, and where it stands. */
  readonly #carry = new PartialRow();
  #offset: number;

  constructor(from: number, parts: PassParts) {
    this.#offset = from;
    this.#parts = parts;
    this.#sink = new ShapingSink(parts);
  }

  /** The blocks that a slot completes. The slot is released when neither they nor this pass need it. */
  *take(slot: BufferSlot): Generator<Block> {
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

  /** The blocks of whole rows that were held back: nothing may follow, or nothing that can be read. */
  *breakOff(): Generator<Block> {
    if (!this.#carry.hasNew) return;
    const source = { memory: new SharedBuffer(this.#carry.bytes), offset: this.#offset };
    const end = yield* this.#scan(source, { from: 0, bridges: false, final: false });
    this.#carry.keepFrom(end);
  }

  /** Whether the last row has no line end so far. */
  get hasOpenRow(): boolean {
    return this.#carry.length > 0;
  }

  /** The last row, where it was held back. */
  get heldBack(): HeldBackRow | undefined {
    return this.#sink.heldBack;
  }

  /** The blocks that remain when nothing follows. `holdsBack`: a last row that does not parse may become whole. */
  *finish({ holdsBack = false } = {}): Generator<Block> {
    yield* this.breakOff();
    const source = { memory: new SharedBuffer(this.#carry.bytes), offset: this.#offset };
    yield* this.#scan(source, { from: 0, bridges: false, final: true, holdsBack });
  }

  /**
   * Reads the row that began in earlier bytes from a copy of them and of as much of the next slot as it
   * takes. Returns where in the slot to go on.
   */
  *#bridge(next: Buffer): Generator<Block, number> {
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
  *#cut(): Generator<Block> {
    const { scanner, builder } = this.#parts;
    if (!this.#sink.passing) builder.seal(this.#offset, scanner.line);
    yield* builder.drain();
  }

  /** Scans a source; returns where the row begins that it does not end. */
  *#scan(source: SourceBytes, options: ScanOptions): Generator<Block, number> {
    const { scanner, builder, maxRowBytes } = this.#parts;
    const { bytes } = source.memory;
    const { final } = options;
    this.#sink.enter(source, options);
    let at = options.from;
    do {
      this.#sink.stopped = false;
      at = scanner.scan(bytes, { from: at, to: bytes.length, final }, this.#sink);
      yield* builder.drain();
      if (!this.#sink.stopped && bytes.length - at > maxRowBytes && !this.#sink.passing) {
        builder.seal(source.offset + at, scanner.line);
        yield* builder.drain();
        scanner.passRow();
        this.#sink.passing = true;
        this.#sink.stopped = true;
      }
    } while (this.#sink.stopped);
    const { heldBack } = this.#sink;
    this.#offset = heldBack?.offset ?? source.offset + at;
    builder.leave(this.#offset, heldBack?.line ?? scanner.line, {
      keepOpen: options.bridges || this.#sink.passing,
    });
    yield* builder.drain();
    return at;
  }
}

interface PassParts {
  scanner: RowScanner;
  shaper: RowShaper;
  builder: BlockBuilder;
  maxRowBytes: number;
}

interface ScanOptions {
  from: number;
  final: boolean;
  /** A last row that does not parse is left alone. */
  holdsBack?: boolean;
  /** More of the same bytes follows at once, so that a block need not end here. */
  bridges: boolean;
}

/** Takes rows from the scanner, has them shaped and puts them into blocks. */
class ShapingSink implements RowSink {
  /** A row too long is being passed over. */
  passing = false;
  /** The scanner was asked to stop, because a block is ready. */
  stopped = false;
  readonly #parts: PassParts;
  readonly #row: RowSource = { bytes: NOTHING, from: 0, to: 0, offset: 0 };
  /** The last row, when it was left alone. */
  heldBack: HeldBackRow | undefined;
  #holdsBack = false;
  #offset = 0;
  #isUtf8 = true;
  /** Rows still to come one by one, and how many did so the last time. */
  #toPass = 0;
  #passes = 0;

  constructor(parts: PassParts) {
    this.#parts = parts;
  }

  enter(source: SourceBytes, { from, final, holdsBack = false }: ScanOptions): void {
    this.#holdsBack = holdsBack;
    const { bytes } = source.memory;
    const to = final ? bytes.length : wholeCharactersEnd(bytes, from, bytes.length);
    this.#isUtf8 = isUtf8(bytes.subarray(from, to));
    this.#row.bytes = bytes;
    this.#offset = source.offset;
    this.#parts.builder.enter(source);
  }

  /** Rows that are other texts than their lines come one by one, and so do those of bytes that are no UTF-8. */
  lines(from: number, to: number): Readonly<LineRun> {
    const { scanner, shaper } = this.#parts;
    const none = { count: 0, end: from };
    if (shaper.takePlain === undefined || scanner.toJson !== undefined || !this.#isUtf8 || this.passing) {
      return none;
    }
    if (this.#toPass > 0) {
      this.#toPass--;
      return none;
    }
    const run = this.#takeRun(from, to);
    // Where rows are not plain, they are offered less and less often.
    this.#passes = run.count > 0 ? 0 : Math.min(2 * this.#passes + 1, MAX_PASSES);
    this.#toPass = this.#passes;
    return run;
  }

  #takeRun(from: number, to: number): LineRun {
    const { shaper, builder, maxRowBytes } = this.#parts;
    const room = builder.roomFor(from);
    const lines = { bytes: this.#row.bytes, from, to, offset: this.#offset + from };
    const run = room && shaper.takePlain?.(lines, { ...room, rowBytes: maxRowBytes });
    if (run === undefined || run.rows === 0) return { count: 0, end: from };
    builder.addRun(run);
    return { count: run.rows, end: run.to };
  }

  row(from: number, to: number, line: number): boolean {
    const { scanner, builder, shaper, maxRowBytes } = this.#parts;
    const { bytes } = this.#row;
    if (to - from > maxRowBytes) return this.tooLong(from, to, line);
    if (!this.#isUtf8 && !isUtf8(bytes.subarray(from, to))) {
      const problem = describeBadUtf8(bytes, from, to);
      return !this.#isHeldBack({ from, to, line }, problem) && this.#reject({ from, to, line }, problem);
    }
    this.passing = false;
    this.#row.from = from;
    this.#row.to = to;
    this.#row.offset = this.#offset + from;
    const text = scanner.toJson?.(bytes, from, to) ?? this.#row;
    const outcome = shaper.shape(text, this.#row);
    const place = { from, to, line };
    if (outcome === 'rejected' && this.#isHeldBack(place, shaper.problem)) return false;
    if (text === this.#row) builder.add(place, outcome, shaper);
    else if (outcome === 'rejected') builder.reject(place, withoutColumn(shaper.problem));
    else builder.add(place, 'edited', shaper);
    return this.#goOn();
  }

  warn(code: string): void {
    this.#parts.builder.warn(code);
  }

  bad(from: number, to: number, line: number, problem: RowProblem): boolean {
    const row = { from, to, line };
    return !this.#isHeldBack(row, undefined) && this.#reject(row, problem);
  }

  tooLong(from: number, to: number, line: number): boolean {
    const { maxRowBytes } = this.#parts;
    const message = `the row has ${to - from} bytes, more than the ${maxRowBytes} allowed`;
    return this.#reject({ from, to, line }, { reason: 'row-too-long', message });
  }

  /** Notes the last row, without line end, when it does not parse. Without a problem of its own it is one of the format. */
  #isHeldBack({ from, to, line }: LocatedRow, problem: RowProblem | undefined): boolean {
    if (!this.#holdsBack || this.#row.bytes.includes(NEWLINE, to)) return false;
    if (problem !== undefined && !UNPARSED_REASONS.has(problem.reason)) return false;
    this.heldBack = { offset: this.#offset + from, line };
    return true;
  }

  #reject(row: LocatedRow, problem: RowProblem): boolean {
    this.passing = false;
    this.#parts.builder.reject(row, problem);
    return this.#goOn();
  }

  #goOn(): boolean {
    this.stopped = this.#parts.builder.hasSealed;
    return !this.stopped;
  }
}

/** A column of the text made of a row says nothing about the row. */
function withoutColumn({ reason, message }: RowProblem): RowProblem {
  return { reason, message };
}
