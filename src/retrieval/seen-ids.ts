/**
 * Which ids were seen, by whom. Every attempt at a request claims ids under its own tag, so that what a
 * failed attempt had seen can be taken back without touching the table.
 */
import { IdTable } from './id-table.ts';
import { readId } from './id-words.ts';

export class SeenIds {
  readonly #table = new IdTable();
  readonly #words = new Uint32Array(4);
  readonly #maxBytes: number;
  readonly #withdrawn = new Set<number>();
  readonly #open = new Set<number>();
  #lastTag = 0;
  #forgetting = 0;

  /** `maxBytes`: memory that the ids may take before those of earlier windows are forgotten. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** How often ids were forgotten to stay within bounds. */
  get forgotten(): number {
    return this.#forgetting;
  }

  /** Begins an attempt. It ends with `settle` or `withdraw`. */
  begin(): number {
    this.#lastTag++;
    this.#open.add(this.#lastTag);
    return this.#lastTag;
  }

  settle(tag: number): void {
    this.#open.delete(tag);
  }

  withdraw(tag: number): void {
    this.#open.delete(tag);
    this.#withdrawn.add(tag);
  }

  /** Whether the id in `bytes[from, to)` is new; from now on it is not. */
  claim(bytes: Buffer, range: { from: number; to: number }, tag: number): boolean {
    readId(bytes, range, this.#words);
    const holder = this.#table.claim(this.#words, tag);
    if (holder === 0) return true;
    if (this.#withdrawn.size === 0 || !this.#withdrawn.has(holder)) return false;
    this.#table.retag(this.#words, tag);
    return true;
  }

  /**
   * Keeps the memory within bounds by forgetting what no open attempt has claimed: rows repeat with the
   * same time, so within one window. Returns false when the open attempts alone need more.
   */
  makeRoom(): boolean {
    if (this.#table.bytes <= this.#maxBytes) return true;
    this.#forgetting++;
    this.#table.keepOnly(this.#open);
    return this.#table.bytes <= this.#maxBytes;
  }
}
