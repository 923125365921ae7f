const firstEntries = 1024;
const maxFilled = 0.75;

/** Sums by pairs of integers (0 and above), each with a number of its own, in the order in which they came. */
export class CountTable {
  #first = new Int32Array(firstEntries);
  #second = new Int32Array(firstEntries);
  #counts = new Float64Array(firstEntries);
  /** An open hash: the number of an entry and one more, 0 where it is free. Pairs are compared where entries are. */
  #slots = new Int32Array(2 * firstEntries);
  size = 0;

  /** The number of the pair's entry. */
  entryOf(first: number, second: number): number {
    if (this.size >= maxFilled * this.#slots.length) this.#growSlots();
    const slots = this.#slots;
    let slot = this.#firstSlot(first, second);
    for (let one = slots[slot] as number; one !== 0; one = slots[slot] as number) {
      if (this.#first[one - 1] === first && this.#second[one - 1] === second) return one - 1;
      slot = (slot + 1) & (slots.length - 1);
    }
    if (this.size === this.#first.length) this.#growEntries();
    this.#first[this.size] = first;
    this.#second[this.size] = second;
    // Before it was renumbered the table may have had an entry here.
    this.#counts[this.size] = 0;
    slots[slot] = ++this.size;
    return this.size - 1;
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
    this.#slots.fill(0);
    this.size = 0;
    // An entry never moves behind its old place, so none is overwritten before it was read.
    for (let entry = 0; entry < entries; entry++) {
      const count = this.count(entry);
      const to = this.entryOf(firstOf(this.first(entry)), secondOf(this.second(entry)));
      this.add(to, count);
      onMove?.(entry, to);
    }
  }

  #firstSlot(first: number, second: number): number {
    return mix(first, second) & (this.#slots.length - 1);
  }

  #growSlots(): void {
    const slots = (this.#slots = new Int32Array(2 * this.#slots.length));
    for (let entry = 0; entry < this.size; entry++) {
      let slot = this.#firstSlot(this.first(entry), this.second(entry));
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = entry + 1;
    }
  }

  #growEntries(): void {
    this.#first = doubled(this.#first);
    this.#second = doubled(this.#second);
    const counts = new Float64Array(2 * this.#counts.length);
    counts.set(this.#counts);
    this.#counts = counts;
  }
}

function mix(first: number, second: number): number {
  let hash = Math.imul(first ^ (first >>> 16), 0x45d9f3b) + Math.imul(second, 0x27d4eb2d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
