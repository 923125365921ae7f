/**
 * Which ids were seen, by whom. Every attempt at a request claims ids under its own tag, so that what a
 * failed attempt had seen can be taken back without touching the table.
 */
import type { IdBatch } from './id-batch.ts';
import { IdTable } from './id-table.ts';

export class SeenIds {
  readonly #table = new IdTable();
  readonly #maxBytes: number;
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
    this.#table.withdraw(tag);
  }

  /** Claims ids one after the other: those that nobody had have no other holder, and from now on are not new. */
  claimAll(ids: IdBatch, tag: number): void {
    this.#table.claimAll(ids, tag);
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
