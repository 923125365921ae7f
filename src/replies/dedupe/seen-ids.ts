/**
 * Ids seen so far. Every attempt at a request claims ids under its own tag, so that the ids of a failed attempt can
 * be withdrawn without touching those of others.
 */
import type { IdBatch } from './id-batch.ts';
import { IdSet, MAX_BYTES } from './id-set.ts';

export class SeenIds {
  readonly #ids = new IdSet();
  readonly #maxBytes: number;
  readonly #open = new Set<number>();
  #lastTag = 0;
  #forgetting = 0;

  /** `maxBytes`: how much memory ids may take before those of earlier windows are forgotten. */
  constructor(maxBytes: number) {
    this.#maxBytes = Math.min(maxBytes, MAX_BYTES);
  }

  /** How often ids were forgotten to stay within the limit. */
  get forgotten(): number {
    return this.#forgetting;
  }

  /** Starts an attempt and returns its tag. It ends with `settle` or `withdraw`. */
  begin(): number {
    this.#lastTag++;
    this.#open.add(this.#lastTag);
    return this.#lastTag;
  }

  settle(tag: number): void {
    this.#open.delete(tag);
    this.#ids.settle(tag);
  }

  withdraw(tag: number): void {
    this.#open.delete(tag);
    this.#ids.withdraw(tag);
  }

  /** Claims ids in order. Unclaimed ids get holder 0 and belong to `tag` from now on. */
  claimAll(ids: IdBatch, tag: number): void {
    this.#ids.claimAll(ids, tag);
  }

  /**
   * Bounds memory by forgetting all ids except those of open attempts: repeated rows have the same time, so they
   * repeat within one window. Returns false when the open attempts alone need more.
   */
  makeRoom(): boolean {
    if (this.#ids.bytes <= this.#maxBytes) return true;
    this.#forgetting++;
    this.#ids.keepOnly(this.#open);
    return this.#ids.bytes <= this.#maxBytes;
  }
}
