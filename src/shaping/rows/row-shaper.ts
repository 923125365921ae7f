/**
 * What becomes of one row: the seam between the rows of any format and the blocks they end up in.
 */
import type { Format, RowProblem, RowText } from '../../contracts/format.ts';
import type { Edits } from './edits.ts';
import type { HeadBytes } from '../ids/head-bytes.ts';
import type { RowSource } from '../ids/ids.ts';
import type { PlainLines, PlainRun, RunRoom } from './plain-rows.ts';
import type { RowCodes } from './row-codes.ts';

/**
 * `as-is`: the row's own bytes leave. `edited`: `text` leaves with `edits` made. `rejected`: see `problem`.
 */
export type Outcome = 'as-is' | 'edited' | 'rejected';

/** Shapes the rows of one input, one after the other. What it says of a row holds until the next. */
export interface RowShaper {
  /** `text` is the row as JSON; `source` is what stands for it in the input, often the same. */
  shape(text: RowText, source: RowSource): Outcome;
  /** Takes lines that are rows and need no decision, many at once; what it leaves is to be shaped. */
  takePlain?(lines: PlainLines, room: RunRoom): PlainRun | undefined;
  readonly edits: Edits;
  readonly text: Readonly<RowText>;
  /** Events that the row became, each a line of `text`. */
  readonly events: number;
  /** After `rejected`. */
  readonly problem: RowProblem;
  /** How the row was changed, and what was noticed. */
  readonly changes: RowCodes;
  readonly warnings: RowCodes;
  /** Whether the row leaves with an id in the target's id field. */
  readonly hasId: boolean;
}

/** The rules of a run, ready for any of its inputs. */
export interface Shaping {
  prepare(format: Format): PreparedRows;
}

/** A format and what is left to be done with its rows. */
export interface PreparedRows {
  format: Format;
  /** A shaper for one reader of an input, of whose beginning `head` knows all that was read so far. */
  shaper(head: HeadBytes): RowShaper;
}
