/**
 * A last row that may be half a row with an error behind it. A failure strikes at different places, damage does not:
 * where several whole answers end in the same bytes, they are a damaged row, which is rejected.
 */
import type { Column } from '../contracts/dataset.ts';
import type { RowDefect, RowOffsets, RowReader } from '../contracts/reader.ts';

/** How many answers must end in the same row. */
const answersAlike = 3;

/** The doubtful last rows of the answers so far. */
export class DoubtfulEnds {
  #lastRow: Uint8Array | undefined;
  #times = 0;

  /** An answer whose end was marked ended in this row. */
  add(lastRow: Uint8Array): void {
    const isSame = this.#lastRow !== undefined && Buffer.compare(this.#lastRow, lastRow) === 0;
    this.#times = isSame ? this.#times + 1 : 1;
    this.#lastRow = lastRow;
  }

  /** A damaged row, if the next answer ends in it as well. */
  get damagedRow(): Uint8Array | undefined {
    return this.#times >= answersAlike - 1 ? this.#lastRow : undefined;
  }
}

const damagedEnd: RowDefect = {
  reason: 'damaged-end',
  message:
    'the answer ends in this row, which has too little or holds an error: rows may be missing behind it',
};

/** Reads as another reader does, but takes a damaged row at the end of what is scanned for one that cannot be kept. */
export class DamagedRowReader implements RowReader {
  readonly #reader: RowReader;
  readonly #damagedRow: Uint8Array;
  #found = -1;

  constructor(reader: RowReader, damagedRow: Uint8Array) {
    this.#reader = reader;
    this.#damagedRow = damagedRow;
  }

  scan(bytes: Buffer, length: number): RowOffsets {
    const rows = this.#reader.scan(bytes, length);
    const last = rows.count - 1;
    const lastRow = bytes.subarray(rows.from[last], rows.to[last]);
    this.#found = last >= 0 && lastRow.equals(this.#damagedRow) ? last : -1;
    if (this.#found >= 0) rows.broken[last] = 1;
    return rows;
  }

  columns(): readonly Column[] {
    return this.#reader.columns();
  }

  header(): Uint8Array {
    return this.#reader.header();
  }

  problem(row: number): RowDefect {
    return row === this.#found ? damagedEnd : this.#reader.problem(row);
  }
}
