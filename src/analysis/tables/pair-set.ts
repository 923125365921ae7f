import { PairSlots } from './pair-slots.ts';

/** A set of pairs of 32-bit integers that stops growing at a limit. */
export class PairSet {
  readonly #pairs = new PairSlots();
  readonly #most: number;
  /** Whether a pair was turned away. */
  overflowed = false;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#pairs.size;
  }

  /** Whether the pair is new. Beyond the limit, what is not there counts as new each time. */
  add(first: number, second: number): boolean {
    const pairs = this.#pairs;
    const one = (first | second) === 0 ? 1 : first;
    let slot = pairs.locate(one, second);
    if (slot >= 0) return false;
    if (pairs.size >= this.#most) {
      this.overflowed = true;
      return true;
    }
    if (pairs.isFull) {
      pairs.grow();
      slot = pairs.locate(one, second);
    }
    pairs.take(~slot, one, second);
    return true;
  }
}
