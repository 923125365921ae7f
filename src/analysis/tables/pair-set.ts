import { PairSlots } from './pair-slots.ts';

/** Parts grow one after the other: what is old and new at once is small. */
const parts = 16;
const load = 0.9;

/** A set of digests, as pairs of 32-bit integers, that stops growing at a limit. */
export class PairSet {
  readonly #parts = Array.from({ length: parts }, () => new PairSlots(load));
  readonly #most: number;
  #size = 0;
  /** Whether a pair was turned away. */
  overflowed = false;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether the pair is new. Beyond the limit, what is not there counts as new each time. */
  add(first: number, second: number): boolean {
    const one = (first | second) === 0 ? 1 : first;
    const pairs = this.#parts[second >>> 28] as PairSlots;
    let slot = pairs.locate(one, second);
    if (slot >= 0) return false;
    if (this.#size >= this.#most) {
      this.overflowed = true;
      return true;
    }
    if (pairs.isFull) {
      pairs.grow();
      slot = pairs.locate(one, second);
    }
    pairs.take(~slot, one, second);
    this.#size++;
    return true;
  }
}
