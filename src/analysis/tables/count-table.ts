import { PairSlots } from './pair-slots.ts';

const firstEntries = 1024;

/** Sums by pairs of integers (0 and above), each with a number of its own, in the order in which they came. */
export class CountTable {
  #first = new Int32Array(firstEntries);
  #second = new Int32Array(firstEntries);
  #counts = new Float64Array(firstEntries);
  #pairs = new PairSlots();
  /** The entry of each slot. */
  #entries = new Int32Array(this.#pairs.slots);
  size = 0;

  /** The number of the pair's entry. */
  entryOf(first: number, second: number): number {
    const pairs = this.#pairs;
    // No pair of slots is two zeros.
    let slot = pairs.locate(first + 1, second);
    if (slot >= 0) return this.#entries[slot] as number;
    if (pairs.isFull) {
      this.#growSlots();
      slot = pairs.locate(first + 1, second);
    }
    pairs.take(~slot, first + 1, second);
    if (this.size === this.#first.length) this.#growEntries();
    this.#entries[~slot] = this.size;
    this.#first[this.size] = first;
    this.#second[this.size] = second;
    return this.size++;
  }

  add(entry: number, weight: number): void {
    this.#counts[entry] = (this.#counts[entry] as number) + weight;
  }

  first(entry: number): number {
    return this.#first[entry] as number;
  }

  second(entry: number): number {
    return this.#second[entry] as number;
  }

  count(entry: number): number {
    return this.#counts[entry] as number;
  }

  /**
   * Gives pairs other integers, which may be the same for several of them: their entries become one. `onMove` hears the
   * new number of each entry. Takes no memory.
   */
  renumber(
    { firstOf, secondOf }: Record<'firstOf' | 'secondOf', (number: number) => number>,
    onMove?: (from: number, to: number) => void,
  ): void {
    const entries = this.size;
    this.#pairs.clear();
    this.size = 0;
    // An entry never moves behind its old place, so none is overwritten before it was read.
    for (let entry = 0; entry < entries; entry++) {
      const [count, before] = [this.count(entry), this.size];
      const to = this.entryOf(firstOf(this.first(entry)), secondOf(this.second(entry)));
      if (this.size > before) this.#counts[to] = 0;
      this.add(to, count);
      onMove?.(entry, to);
    }
  }

  #growSlots(): void {
    const entries = this.#entries;
    const moved = new Int32Array(2 * entries.length);
    this.#pairs.grow((from, to) => (moved[to] = entries[from] as number));
    this.#entries = moved;
  }

  #growEntries(): void {
    this.#first = doubled(this.#first);
    this.#second = doubled(this.#second);
    const counts = new Float64Array(2 * this.#counts.length);
    counts.set(this.#counts);
    this.#counts = counts;
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
