/** An id as two 32-bit hashes, and a digest of the event with that id. */
export interface HashedEvent {
  high: number;
  low: number;
  digest: number;
}

export type Sighting = 'new' | 'same' | 'different' | 'full';

const WORDS = 3;

/**
 * Two independent 32-bit hashes of a text, by multiplicative mixing of its UTF-16 units. Among a million ids
 * the chance of one false duplicate is below one in ten million.
 */
export function hashText(text: string): { high: number; low: number } {
  let high = 0x9e3779b9 ^ text.length;
  let low = 0x85ebca6b;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
    high ^= high >>> 15;
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return { high: high >>> 0, low: low >>> 0 };
}

/** An open-addressing set of hashed ids that grows up to `maxIds` and refuses new ids beyond. */
export class IdTable {
  private readonly maxIds: number;
  private words: Uint32Array;
  private slots = 1024;
  private size = 0;

  constructor(maxIds: number) {
    this.maxIds = maxIds;
    this.words = new Uint32Array(this.slots * WORDS);
  }

  /** Records an event. A known id keeps its first digest, or takes the new one when `replace` is set. */
  see(event: HashedEvent, replace: boolean): Sighting {
    const at = this.find(event.high, event.low);
    if (this.isTaken(at)) {
      const same = this.words[at + 2] === event.digest;
      if (replace) this.words[at + 2] = event.digest;
      return same ? 'same' : 'different';
    }
    if (this.size >= this.maxIds) return 'full';
    this.put(at, event);
    this.size += 1;
    if (this.size * 2 > this.slots) this.grow();
    return 'new';
  }

  private find(high: number, low: number): number {
    const wanted = high === 0 && low === 0 ? 1 : low;
    let slot = (high ^ low) & (this.slots - 1);
    for (;;) {
      const at = slot * WORDS;
      if (!this.isTaken(at)) return at;
      if (this.words[at] === high && this.words[at + 1] === wanted) return at;
      slot = (slot + 1) & (this.slots - 1);
    }
  }

  private isTaken(at: number): boolean {
    return this.words[at] !== 0 || this.words[at + 1] !== 0;
  }

  private put(at: number, { high, low, digest }: HashedEvent): void {
    this.words[at] = high;
    this.words[at + 1] = high === 0 && low === 0 ? 1 : low;
    this.words[at + 2] = digest;
  }

  private grow(): void {
    const old = this.words;
    this.slots *= 2;
    this.words = new Uint32Array(this.slots * WORDS);
    for (let at = 0; at < old.length; at += WORDS) {
      const event = { high: old[at] ?? 0, low: old[at + 1] ?? 0, digest: old[at + 2] ?? 0 };
      if (event.high !== 0 || event.low !== 0) this.put(this.find(event.high, event.low), event);
    }
  }
}
