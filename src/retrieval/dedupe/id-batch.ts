/** Ids of rows, gathered to be claimed together. Used again for the next ones. */
import { readId } from './id-words.ts';

export class IdBatch {
  count = 0;
  /** Four 32-bit words an id. */
  words = new Uint32Array(0);
  /** The row of each id. */
  rows = new Int32Array(0);
  /** Filled when they are claimed: the tag of whoever had the id before; 0 when nobody had it. */
  holders = new Uint32Array(0);
  readonly #cell = { from: 0, to: 0 };

  /** Begins anew, with room for so many. */
  clear(most: number): void {
    this.count = 0;
    if (most <= this.rows.length) return;
    this.words = new Uint32Array(4 * most);
    this.rows = new Int32Array(most);
    this.holders = new Uint32Array(most);
  }

  /** Adds the id in `bytes[from, to)`. */
  add(row: number, bytes: Buffer, from: number, to: number): void {
    const cell = this.#cell;
    cell.from = from;
    cell.to = to;
    readId(bytes, cell, this.words, 4 * this.count);
    this.rows[this.count] = row;
    this.count++;
  }
}
