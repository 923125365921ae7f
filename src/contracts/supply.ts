/** What shaping promises to delivery: the rows of one input as they leave, as often as they are needed. */
import type { Input } from './input.ts';
import type { Block, Range, Reject } from '../records.ts';

/** Limits of one block, and its form. A chunk is made of whole blocks. */
export interface BlockLimits {
  maxRows: number;
  maxBytes: number;
  /** Blocks may come deflated. Not all do. */
  takesDeflated?: boolean;
  /**
   * Rows at this offset or behind it are not sent: it is enough to know how large they are. Of the blocks that
   * would come deflated most then come with their length alone, and none has a checksum of its range.
   */
  measuredFrom?: number;
}

/**
 * An unfinished last row of a file that may still grow: no line end, does not parse. It is neither read nor
 * rejected.
 */
export interface HeldBackRow {
  offset: number;
  line: number;
}

/**
 * The rows of one input as they leave. Reading a range twice gives the same bytes, ids included. Combines an
 * Input, a Format and the shaping that the command asks for.
 */
export interface Supply {
  input: Input;
  /** Blocks that cover `[from, to)` (to the end when `to` is undefined) without gaps. */
  blocks(range: { from: number; to?: number; line: number }, limits: BlockLimits): AsyncIterable<Block>;
  /**
   * How many lines precede the part of the input that this process has: its lines are numbered from 1. Absent
   * where they are numbered from the beginning. Reads what precedes, once.
   */
  linesBefore?(): Promise<number>;
  /** The last row, when it was left for a later run. Known once the end of the input was read. */
  heldBack?(): HeldBackRow | undefined;
  /** Where in the input the given events stand: ascending indexes into the events of `range`. */
  locate(range: Range, events: readonly number[]): Promise<Range[]>;
  /** The bytes of a row as it came, for the rejects file. Each piece is valid until the next one is requested. */
  verbatim(reject: Pick<Reject, 'from' | 'to'>): AsyncIterable<Uint8Array>;
}
