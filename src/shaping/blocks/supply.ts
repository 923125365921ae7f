/** The rows of one input as they are sent; they can be read repeatedly. */
import type { Format } from '../../contracts/format.ts';
import type { Input, Slab } from '../../contracts/input.ts';
import type { ShapingThreads } from '../../contracts/shaping-threads.ts';
import type { BlockLimits, HeldBackRow, Supply } from '../../contracts/supply.ts';
import type { Block, Range, Reject } from '../../records.ts';
import { BlockBuilder } from './block-builder.ts';
import { HeadBytes } from '../ids/head-bytes.ts';
import { SharedBufferPool, type BufferPool } from '../../formats/reading/shared-buffer.ts';
import { RangeReader } from '../../formats/reading/range-reader.ts';
import { ShapingSink } from './shaping-sink.ts';
import type { PreparedRows, Shaping } from '../rows/row-shaper.ts';
import { recordCut } from '../slabs/record-cut.ts';
import { SlabRows } from '../slabs/slab-rows.ts';
import { SlabShaper } from '../slabs/slab-shaper.ts';

export interface SupplyOptions {
  input: Input;
  /** Index of the input in this run. */
  inputIndex: number;
  format: Format;
  shaping: Shaping;
  /** Longer rows are rejected, and skipped in bounded memory. */
  maxRowBytes: number;
  /**
   * Called when the last row has no line end; resolves to whether a row that does not parse is left for
   * later.
   */
  holdsBack?: (() => Promise<boolean>) | undefined;
  /** Further threads, which know the same rules. */
  threads?: ShapingThreads | undefined;
  /** Memory for rows that must be copied, shared by the supplies of a run. */
  pool?: SharedBufferPool;
}

const UNLIMITED: BlockLimits = { maxRows: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY };

/** How much is read in order, at least, before slabs are cut again. */
const MIN_IN_ORDER_BYTES = 2 * 1024 * 1024;

/** White space may stand behind what is looked for. */
const MAX_BYTES_BEFORE = 1024;

interface RangeStart {
  from: number;
  line: number;
}

interface ReadRange extends RangeStart {
  to?: number;
}

type Trace = (row: Range, events: number) => void;

/**
 * Creates a supply. Its readers may run concurrently. A reader holds its slabs and the memory of its blocks
 * until the blocks are released; the supply itself holds nothing that must be closed.
 */
export function createSupply(options: SupplyOptions): Supply {
  const reader = new Reader(options);
  return {
    input: options.input,
    blocks: (range, limits) => reader.blocks(range, limits),
    heldBack: () => reader.heldBack,
    locate: (range, events) => reader.locate(range, events),
    verbatim: (reject) => reader.verbatim(reject),
  };
}

class Reader {
  readonly #options: SupplyOptions;
  readonly #prepared: PreparedRows;
  readonly #pool: BufferPool;
  readonly #head = new HeadBytes();
  heldBack: HeldBackRow | undefined;

  constructor(options: SupplyOptions) {
    this.#options = options;
    this.#prepared = options.shaping.prepare(options.format);
    this.#pool = options.pool ?? new SharedBufferPool();
  }

  async *blocks(range: ReadRange, limits: BlockLimits, trace?: Trace): AsyncGenerator<Block> {
    await this.#readHead(range.from);
    if (limits.takesDeflated === true) yield* this.#finished(range, limits);
    else yield* this.#others(this.#options.input.read(range.from, range.to), range, { limits, trace });
  }

  /**
   * Finishes whole slabs where the rows are such. What cannot be cut is read in order, and slabs are cut again
   * behind it: each time later, since to begin in the middle of an input may cost as much as to read up to there.
   */
  async *#finished(range: ReadRange, limits: BlockLimits): AsyncGenerator<Block> {
    const isStream = this.#options.input.kind === 'stream';
    let inOrderBytes = isStream ? Number.POSITIVE_INFINITY : MIN_IN_ORDER_BYTES;
    let rest: RangeStart | undefined = range;
    for (; rest !== undefined; inOrderBytes *= 2) {
      rest = yield* this.#slabsAndOthers({ ...range, ...rest }, limits, inOrderBytes);
    }
  }

  /** Whole slabs up to what cannot be cut, and at least so many bytes in order then; returns where the rest begins. */
  async *#slabsAndOthers(
    range: ReadRange,
    limits: BlockLimits,
    inOrderBytes: number,
  ): AsyncGenerator<Block, RangeStart | undefined> {
    const { input } = this.#options;
    const slabs = input.read(range.from, range.to);
    const finished = this.#slabRows(slabs, range, limits);
    if (finished === undefined) {
      yield* this.#others(slabs, range, { limits });
      return undefined;
    }
    let others = range;
    try {
      yield* finished.blocks();
      others = { ...range, ...finished.restStart };
      if (!finished.wasCutWrong)
        return yield* upTo(inOrderBytes, this.#others(finished.rest(), others, { limits }));
    } finally {
      await finished.close();
    }
    return yield* upTo(inOrderBytes, this.#others(input.read(others.from, others.to), others, { limits }));
  }

  /** Reads rows one by one, or in runs, and deflates their blocks where that is asked for and they can be. */
  async *#others(
    slabs: AsyncIterable<Slab>,
    range: ReadRange,
    options: { limits: BlockLimits; trace?: Trace | undefined },
  ): AsyncGenerator<Block> {
    const isAsked = options.limits.takesDeflated === true;
    for await (const block of this.#rows(slabs, range, options)) {
      yield (isAsked ? this.#prepared.deflated?.(block, this.#pool) : undefined) ?? block;
    }
  }

  /** Reads whole slabs with the kernel, where the rows are such. */
  #slabRows(slabs: AsyncIterable<Slab>, range: RangeStart, limits: BlockLimits): SlabRows | undefined {
    const prepared = this.#prepared;
    const kernel = prepared.kernel?.();
    if (kernel === undefined) return undefined;
    const { inputIndex: input, maxRowBytes, threads } = this.#options;
    const head = this.#head;
    const pass = { input, format: prepared.format, shaper: prepared.shaper(head), head, limits, maxRowBytes };
    const shaper = new SlabShaper(kernel, this.#pool);
    const onSlab = (slab: Slab) => this.#note(slab);
    const { table } = prepared;
    const lastEnd = table && recordCut(kernel, table.quote);
    return new SlabRows(slabs, range, { shaper, pass, onSlab, threads, lastEnd, table });
  }

  /** Reads rows one by one, or in runs. */
  async *#rows(
    slabs: AsyncIterable<Slab>,
    range: ReadRange,
    { limits, trace }: { limits: BlockLimits; trace?: Trace | undefined },
  ): AsyncGenerator<Block> {
    const { inputIndex, maxRowBytes } = this.#options;
    const { from, line } = range;
    const pool = this.#prepared.memory?.(this.#pool) ?? this.#pool;
    const builder = new BlockBuilder({ input: inputIndex, limits, pool, from, line, trace });
    const before = range.to === undefined ? await this.#bytesBefore(from) : undefined;
    const scanner = this.#prepared.format.scanner({
      atStart: from === 0,
      toEnd: range.to === undefined,
      line,
      head: this.#head.bytes,
      ...(before === undefined ? {} : { before }),
    });
    const shaper = this.#prepared.shaper(this.#head);
    const sink = new ShapingSink({ scanner, shaper, builder, maxRowBytes });
    const pass = new RangeReader(from, { scanner, sink, maxRowBytes });
    try {
      for await (const _ of pass.read(slabs, (slab) => this.#note(slab))) yield* builder.drain();
      const { holdsBack } = this.#options;
      const isAtEnd = range.to === undefined && pass.hasOpenRow;
      const isHeldBack = isAtEnd && (await holdsBack?.()) === true;
      for (const _ of pass.finish({ holdsBack: isHeldBack })) yield* builder.drain();
      if (range.to === undefined) this.heldBack = sink.heldBack;
    } finally {
      builder.close();
    }
  }

  /** Reads the beginning of the input before a range in the middle: ids and headers depend on it. */
  async #readHead(upTo: number): Promise<void> {
    const end = Math.min(upTo, HeadBytes.maxBytes);
    if (this.#head.bytes.length >= end) return;
    for await (const slab of this.#options.input.read(0, end)) {
      this.#note(slab);
      slab.release();
    }
  }

  /** Some bytes in front of the last range, where the format needs them and they are still there. */
  async #bytesBefore(from: number): Promise<Buffer | undefined> {
    const { input, format } = this.#options;
    if (from === 0 || format.readsBefore !== true || input.kind === 'stream') return undefined;
    const parts: Buffer[] = [];
    for await (const slab of input.read(Math.max(0, from - MAX_BYTES_BEFORE), from)) {
      parts.push(Buffer.from(slab.bytes));
      slab.release();
    }
    return Buffer.concat(parts);
  }

  #note({ offset, bytes }: Slab): void {
    this.#head.note(offset, bytes);
  }

  /** The position of the row from which each event was made. */
  async locate(range: Range, events: readonly number[]): Promise<Range[]> {
    const places: Range[] = [];
    let next = 0;
    const trace: Trace = (row, count) => {
      for (; places.length < events.length && events[places.length]! < next + count;) places.push(row);
      next += count;
    };
    for await (const block of this.blocks(range, UNLIMITED, trace)) {
      block.release();
      if (places.length === events.length) break;
    }
    return places;
  }

  async *verbatim(reject: Pick<Reject, 'from' | 'to'>): AsyncGenerator<Uint8Array> {
    for await (const slab of this.#options.input.read(reject.from, reject.to)) {
      try {
        yield slab.bytes;
      } finally {
        slab.release();
      }
    }
  }
}

/** The first blocks, which have so many bytes of the input or more; returns where the others begin, if there are any. */
async function* upTo(
  bytes: number,
  blocks: AsyncIterable<Block>,
): AsyncGenerator<Block, RangeStart | undefined> {
  let seen = 0;
  for await (const block of blocks) {
    const { range, nextLine } = block;
    seen += range.to - range.from;
    yield block;
    if (seen >= bytes) return { from: range.to, line: nextLine };
  }
  return undefined;
}
