/** A reusable batch of row ids to be claimed together. */
import { readId } from './id-words.ts';

export class IdBatch {
  count = 0;
  /** Four 32-bit words per id. */
  words = new Uint32Array(0);
  /** Row index of each id. */
  rows = new Int32Array(0);
  /** Set by claiming: the tag that already held the id; 0 when none did. */
  holders = new Uint32Array(0);
  readonly #cell = { from: 0, to: 0 };

  /** Empties the batch and makes room for `most` ids. */
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

  /** Adds the id of a row that is known to be a UUID. */
  addWords(row: number, words: Uint32Array): void {
    const to = 4 * this.count;
    const from = 4 * row;
    this.words[to] = words[from] as number;
    this.words[to + 1] = words[from + 1] as number;
    this.words[to + 2] = words[from + 2] as number;
    this.words[to + 3] = words[from + 3] as number;
    this.rows[this.count] = row;
    this.count++;
  }
}
