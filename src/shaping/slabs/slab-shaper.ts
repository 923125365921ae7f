/**
 * Makes finished blocks of whole lines: checked, with ids, and compressed, in the memory of the kernel. What
 * the kernel is not sure of is decided where it stands, by the same code as everywhere.
 */
import type { Format } from '../../contracts/format.ts';
import type { WholeLines } from '../../contracts/shaping-threads.ts';
import type { BlockLimits } from '../../contracts/supply.ts';
import { MARK_BYTES } from '../../formats/encoding.ts';
import { RangeReader } from '../../formats/reading/range-reader.ts';
import type { BufferPool } from '../../formats/reading/shared-buffer.ts';
import type { Block } from '../../records.ts';
import { BlockBuilder } from '../blocks/block-builder.ts';
import { ShapingSink } from '../blocks/shaping-sink.ts';
import type { HeadBytes } from '../ids/head-bytes.ts';
import type { RowShaper } from '../rows/row-shaper.ts';
import { copyShared } from './copy-shared.ts';
import { INPUT_BYTES, type RowKernel } from './row-kernel.ts';

/** What is the same for all lines of one pass over an input. */
export interface SlabPass {
  input: number;
  format: Format;
  shaper: RowShaper;
  /** The first bytes of the input, as far as they were read. */
  head: HeadBytes;
  limits: BlockLimits;
  maxRowBytes: number;
}

export class SlabShaper {
  readonly #kernel: RowKernel;
  readonly #pool: BufferPool;

  /** `pool`: for copies of rows that do not fit the kernel's memory. */
  constructor(kernel: RowKernel, pool: BufferPool) {
    this.#kernel = kernel;
    this.#pool = { take: (minBytes) => kernel.takeArena(minBytes) ?? pool.take(minBytes) };
  }

  /** Whether the kernel has room for lines. */
  takes({ byteLength }: WholeLines): boolean {
    return byteLength >= MARK_BYTES && byteLength <= INPUT_BYTES;
  }

  /**
   * The blocks of these lines, as if the first of them were line 1. Takes over the lines: what is compressed
   * stands in their memory, until all blocks are released.
   */
  finish(lines: WholeLines, pass: SlabPass): Block[] {
    const bytes = this.#kernel.load([lines.start, lines.rest]);
    const { offset } = lines;
    const { format, shaper, limits, maxRowBytes } = pass;
    const isMeasured = offset >= (limits.measuredFrom ?? Number.POSITIVE_INFINITY);
    const out = new PackedBlocks(lines, { isLengthEnough: isMeasured && !isSample(offset) });
    const builder = new BlockBuilder({
      input: pass.input,
      limits,
      pool: this.#pool,
      from: offset,
      line: 1,
      checksum: (rows, before) => this.#kernel.checksum(rows, before),
    });
    const scanner = format.scanner({ atStart: offset === 0, toEnd: false, line: 1, head: pass.head.bytes });
    const sink = new ShapingSink({ scanner, shaper, builder, maxRowBytes });
    const reader = new RangeReader(offset, { scanner, sink, maxRowBytes });
    try {
      for (const _ of reader.readSlab({ bytes, offset, release: () => undefined })) {
        for (const block of builder.drain()) out.add(block, this.#kernel);
      }
      return out.take();
    } catch (error) {
      for (const block of out.take()) block.release();
      throw error;
    } finally {
      builder.close();
    }
  }
}

const NOTHING = Buffer.alloc(0);

/** Where only the size of rows matters, one part of so many is compressed, of so many bytes each. */
const PARTS_A_SAMPLE = 32;
const PART_BYTES = 2 * 1024 * 1024;

/** Whether lines at this offset are compressed for others as well. The same ones whatever thread is asked. */
function isSample(offset: number): boolean {
  return Math.floor(offset / PART_BYTES) % PARTS_A_SAMPLE === 0;
}

/** Blocks whose rows are compressed into the memory of the lines that they were made of. */
class PackedBlocks {
  readonly #lines: WholeLines;
  readonly #memory: Buffer;
  readonly #blocks: Block[] = [];
  #used = 0;
  #held = 1;

  readonly #isLengthEnough: boolean;

  /** `isLengthEnough`: nothing is compressed. */
  constructor(lines: WholeLines, { isLengthEnough }: { isLengthEnough: boolean }) {
    const { rest } = lines;
    this.#lines = lines;
    this.#isLengthEnough = isLengthEnough;
    this.#memory = Buffer.from(rest.buffer, rest.byteOffset, rest.length);
  }

  add(block: Block, kernel: RowKernel): void {
    const { bytes, rows } = block;
    if (rows === 0) {
      this.#blocks.push(block);
      return;
    }
    if (this.#isLengthEnough) {
      block.release();
      this.#blocks.push({ ...block, bytes: NOTHING, measuredLength: bytes.length, release: () => undefined });
      return;
    }
    const deflated = {
      bytes: this.#keep(kernel.deflate(bytes)),
      rawLength: bytes.length,
      crc32: block.bytesCrc32 ?? kernel.checksum(bytes),
    };
    block.release();
    this.#held++;
    this.#blocks.push({ ...block, bytes: NOTHING, deflated, release: () => this.#release() });
  }

  /** The blocks, in order. */
  take(): Block[] {
    this.#release();
    return this.#blocks;
  }

  /** What hardly compresses may not fit. */
  #keep(bytes: Uint8Array): Uint8Array {
    const from = this.#used;
    if (from + bytes.length > this.#memory.length) return Buffer.from(bytes);
    copyShared(bytes, this.#memory, from);
    this.#used += bytes.length;
    return this.#memory.subarray(from, this.#used);
  }

  #release(): void {
    if (--this.#held === 0) this.#lines.release();
  }
}
