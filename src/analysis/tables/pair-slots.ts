/**
 * An open hash of pairs of 32-bit integers, eight bytes each. What belongs to a pair is kept by whoever asks, in arrays
 * indexed by slot.
 */

const firstSlots = 1024;

export class PairSlots {
  /** The pair in each slot, side by side; both zero where it is free. */
  #keys = new Int32Array(2 * firstSlots);
  #mask = firstSlots - 1;
  readonly #load: number;
  size = 0;

  /** `load`: how full the slots may be. Less is faster, more is smaller. */
  constructor(load = 0.75) {
    this.#load = load;
  }

  get slots(): number {
    return this.#keys.length / 2;
  }

  /** Whether one more pair needs `grow` first. */
  get isFull(): boolean {
    return this.size >= this.slots * this.#load;
  }

  /** The slot of the pair, which must not be two zeros; `~slot` of a free one when it is not there. */
  locate(first: number, second: number): number {
    const keys = this.#keys;
    const mask = this.#mask;
    let slot = mix(first, second) & mask;
    for (;;) {
      const one = keys[2 * slot] as number;
      const other = keys[2 * slot + 1] as number;
      if (one === first && other === second) return slot;
      if (one === 0 && other === 0) return ~slot;
      slot = (slot + 1) & mask;
    }
  }

  /** Takes a free slot, as `locate` found it. */
  take(slot: number, first: number, second: number): void {
    this.#keys[2 * slot] = first;
    this.#keys[2 * slot + 1] = second;
    this.size++;
  }

  /** Forgets all pairs. */
  clear(): void {
    this.#keys.fill(0);
    this.size = 0;
  }

  /** Doubles the slots; `onMove` hears where each pair went. */
  grow(onMove?: (from: number, to: number) => void): void {
    const keys = this.#keys;
    this.#keys = new Int32Array(2 * keys.length);
    this.#mask = keys.length - 1;
    this.size = 0;
    for (let from = 0; 2 * from < keys.length; from++) {
      const [one, other] = [keys[2 * from] as number, keys[2 * from + 1] as number];
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
