/** Ids make up most of an export, so their digits come from a lookup table. */
const HEX_BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hexByte(word: number): string {
  return HEX_BYTES[word & 0xff] ?? '';
}

/** A stream of 32-bit numbers that depends only on the numbers it is seeded with. */
export class Seeded {
  private state: number;

  constructor(...parts: number[]) {
    let state = 0x243f6a88;
    for (const part of parts) {
      state = Math.imul(state ^ part, 0x9e3779b1);
      state = Math.imul(state ^ (state >>> 15), 0x85ebca6b);
      state ^= state >>> 13;
    }
    this.state = state;
  }

  /** The next unsigned 32-bit number. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** True in the given share of calls. */
  chance(share: number): boolean {
    return this.next() < share * 4_294_967_296;
  }

  below(limit: number): number {
    return this.next() % limit;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  hex(): string {
    const word = this.next();
    return hexByte(word >>> 24) + hexByte(word >>> 16) + hexByte(word >>> 8) + hexByte(word);
  }

  uuid(): string {
    const [a, b, c, d] = [this.hex(), this.hex(), this.hex(), this.hex()];
    return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
  }
}

/** A number derived from a text, to seed with. */
export function seedOf(text: string): number {
  let seed = text.length;
  for (let index = 0; index < text.length; index += 1)
    seed = Math.imul(seed ^ text.charCodeAt(index), 0x01000193);
  return seed >>> 0;
}
