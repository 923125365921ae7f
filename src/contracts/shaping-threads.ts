/** What further threads promise to shaping: they finish rows as the caller would have. */
import type { Block } from '../records.ts';
import type { BlockLimits } from './supply.ts';

/** Whole lines of an input. */
export interface WholeLines {
  /** The beginning of the first line, which the slabs before ended with. A copy. */
  readonly start: Uint8Array;
  /** The rest: memory of a slab, which belongs to the lines until `release`. */
  readonly rest: Uint8Array;
  /** Offset of the first byte in the decompressed input. */
  readonly offset: number;
  readonly byteLength: number;
  /** May be called once or more. */
  release(): void;
}

/** What is the same for all lines of one pass over an input. */
export interface ShapingPass {
  /** Index of the input in this run. */
  input: number;
  limits: BlockLimits;
  /** The beginning of the input, on which ids depend. */
  head: Uint8Array;
  /** If the lines are records of a table: everything needed to recreate its format and arrangement, as data. */
  table?: unknown;
}

export interface ShapingThreads {
  /** How many parts of an input may be under way at once. */
  readonly ahead: number;
  /**
   * The blocks of these lines, as if the first of them were line 1. Takes over the lines, whose memory is
   * theirs again once all blocks are released. Undefined, with the lines left alone, when no thread is free
   * or none can see their memory. Rejects with a Failure `bug` when the thread ends before it answers.
   */
  finish(lines: WholeLines, pass: ShapingPass): Promise<Block[]> | undefined;
}
