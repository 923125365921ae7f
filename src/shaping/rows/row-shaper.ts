/** What happens to one row: the interface between rows of any format and the blocks they end up in. */
import type { Format, RowProblem, RowText } from '../../contracts/format.ts';
import type { BufferPool } from '../../formats/reading/shared-buffer.ts';
import type { Block } from '../../records.ts';
import type { TableOptions } from '../../formats/csv/table-options.ts';
import type { Edits } from './edits.ts';
import type { HeadBytes } from '../ids/head-bytes.ts';
import type { RowSource } from '../ids/ids.ts';
import type { RowKernel } from '../slabs/row-kernel.ts';
import type { PlainLines, PlainBatch, BatchRoom } from './plain-rows.ts';
import type { RowCodes } from './row-codes.ts';

/**
 * `as-is`: the row's own bytes are sent. `edited`: `text` is sent with `edits` applied. `rejected`: see
 * `problem`.
 */
export type Outcome = 'as-is' | 'edited' | 'rejected';

/**
 * Shapes the rows of one input, one after the other. Its properties describe the last row until the next one.
 */
export interface RowShaper {
  /** `text` is the row as JSON; `source` represents it in the input, and is often the same. */
  shape(text: RowText, source: RowSource): Outcome;
  /**
   * Takes lines that are rows and need no decision, many at once. The caller shapes the first row that is not
   * taken.
   */
  takePlain?(lines: PlainLines, room: BatchRoom): PlainBatch | undefined;
  readonly edits: Edits;
  readonly text: Readonly<RowText>;
  /** Events that the row became, each a line of `text`. */
  readonly events: number;
  /** After `rejected`. */
  readonly problem: RowProblem;
  /** Codes of changes to the row, and of warnings about it. */
  readonly changes: RowCodes;
  readonly warnings: RowCodes;
  /** Whether the row is sent with an id in the target's id field. */
  readonly hasId: boolean;
}

/** The rules of a run, ready for any of its inputs. */
export interface Shaping {
  prepare(format: Format): PreparedRows;
}

/** What another thread must know of a table. */
export interface TableDescription {
  /** The byte around cells, where there is one. */
  quote: number | undefined;
  options: TableOptions;
}

/** A format and what remains to be done with its rows. */
export interface PreparedRows {
  format: Format;
  /**
   * A shaper for one reader of an input. `head` must contain the beginning of the input, as far as it was
   * read.
   */
  shaper(head: HeadBytes): RowShaper;
  /** The kernel that can finish whole slabs of these rows: lines of the input, or records of `table`. */
  kernel?(): RowKernel | undefined;
  table?: TableDescription | undefined;
  /** The memory that rows are best written to, where it is not `others`, which gives what is more. */
  memory?(others: BufferPool): BufferPool;
  /** The block in the form that leaves, into memory of `pool`, where it can be made of rows in that memory. */
  deflated?(block: Block, pool: BufferPool): Block;
}
