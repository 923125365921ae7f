/**
 * An open hash of pairs of 32-bit integers, eight bytes each. What belongs to a pair is kept by whoever asks, in arrays
 * indexed by slot.
 */

/** How full the slots may be: less is faster, more is smaller. */
const load = 0.8;
const firstSlots = 1024;

export class PairSlots {
  /** The pair in each slot; both zero where it is free. */
  first = new Int32Array(firstSlots);
  second = new Int32Array(firstSlots);
  size = 0;
  #mask = firstSlots - 1;

  get slots(): number {
    return this.first.length;
  }

  /** Whether one more pair needs `grow` first. */
  get isFull(): boolean {
    return this.size >= this.first.length * load;
  }

  /** The slot of the pair, which must not be two zeros; `~slot` of a free one when it is not there. */
  locate(first: number, second: number): number {
    const { first: ones, second: others } = this;
    const mask = this.#mask;
    let slot = mix(first, second) & mask;
    for (;;) {
      const one = ones[slot] as number;
      const other = others[slot] as number;
      if (one === first && other === second) return slot;
      if (one === 0 && other === 0) return ~slot;
      slot = (slot + 1) & mask;
    }
  }

  /** Takes a free slot, as `locate` found it. */
  take(slot: number, first: number, second: number): void {
    this.first[slot] = first;
    this.second[slot] = second;
    this.size++;
  }

  /** Doubles the slots; `onMove` hears where each pair went. */
  grow(onMove?: (from: number, to: number) => void): void {
    const { first, second } = this;
    this.first = new Int32Array(2 * first.length);
    this.second = new Int32Array(2 * first.length);
    this.#mask = this.first.length - 1;
    this.size = 0;
    for (let from = 0; from < first.length; from++) {
      const [one, other] = [first[from] as number, second[from] as number];
      if (one === 0 && other === 0) continue;
      const to = ~this.locate(one, other);
      this.take(to, one, other);
      onMove?.(from, to);
    }
  }
}

function mix(first: number, second: number): number {
  let hash = Math.imul(first ^ (first >>> 16), 0x45d9f3b) + Math.imul(second, 0x27d4eb2d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
