/** What shaping promises to delivery: the rows of an input as they leave, as often as they are wanted. */
import type { Input } from './input.ts';
import type { Block, Range, Reject } from '../records.ts';

/** Limits on one block, so that a chunk is whole blocks. */
export interface BlockLimits {
  maxRows: number;
  maxBytes: number;
}

/** A last row without line end that does not parse, in a file that may still grow: neither read nor rejected. */
export interface HeldBackRow {
  offset: number;
  line: number;
}

/**
 * The rows of one input as they leave, again and again: reading the same range twice gives the same
 * bytes, ids included. Made of an Input, a Format and the shaping that the command asked for.
 */
export interface Supply {
  input: Input;
  /** Blocks that cover `[from, to)` (to the end when `to` is undefined) without gaps. */
  blocks(range: { from: number; to?: number; line: number }, limits: BlockLimits): AsyncIterable<Block>;
  /** After the end of the input was read: the last row, when it was left for a later run. */
  heldBack?(): HeldBackRow | undefined;
  /** The ranges of the events with these (ascending) indexes in what `range` produces. */
  locate(range: Range, events: readonly number[]): Promise<Range[]>;
  /** The bytes of a row, verbatim, for the rejects file; each piece is valid until the next is asked for. */
  verbatim(reject: Pick<Reject, 'from' | 'to'>): AsyncIterable<Uint8Array>;
}
