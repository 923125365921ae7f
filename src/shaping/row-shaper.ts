/**
 * What becomes of one row: the seam between the rows of any format and the blocks they end up in.
 */
import type { RowProblem } from '../contracts.ts';
import type { Edits } from './edits.ts';
import type { HeadBytes } from './head-bytes.ts';
import type { RowSource } from './ids.ts';

/** A JSON text in a buffer. */
export interface RowText {
  bytes: Buffer;
  from: number;
  to: number;
}

/**
 * `as-is`: the row's own bytes leave. `edited`: `text` leaves with `edits` made. `rejected`: see `problem`.
 */
export type Outcome = 'as-is' | 'edited' | 'rejected';

/** Shapes the rows of one input, one after the other. What it says of a row holds until the next. */
export interface RowShaper {
  shape(row: RowSource): Outcome;
  readonly edits: Edits;
  readonly text: Readonly<RowText>;
  /** After `rejected`. */
  readonly problem: RowProblem;
  /** How the row was changed and what was noticed, as codes. */
  readonly changes: readonly string[];
  readonly warnings: readonly string[];
  /** Whether the row leaves with an id in the target's id field. */
  readonly hasId: boolean;
}

/** The rules of a run, ready for any of its inputs. */
export interface Shaping {
  /** A shaper for one reader of an input, of whose beginning `head` knows all that was read so far. */
  shaper(head: HeadBytes): RowShaper;
}
