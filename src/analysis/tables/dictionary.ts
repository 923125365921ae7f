/** Texts as small integers, by their bytes. */
import { textOf, type Digest, type Text } from './text.ts';

/** The number of empty texts: a row without the value. */
export const absent = 0;
/** The number of texts that have none of their own. */
export const other = 1;
/** The first number of a text. */
export const firstValue = 2;

const firstSlots = 256;
/** What the texts of one dictionary may take together. */
const maxBytes = 2 * 1024 * 1024;

/**
 * Numbers texts in order of appearance, up to a limit; later ones are `other`. A text keeps its number from its first
 * occurrence on, so that its counts are complete.
 */
export class Dictionary {
  readonly #most: number;
  #arena: Text = textOf(Buffer.alloc(4096));
  #arenaEnd = 0;
  /** Where each text begins and ends in the arena, and its digest. */
  #from = new Int32Array(firstSlots);
  #to = new Int32Array(firstSlots);
  #digests = new Int32Array(firstSlots);
  #slots = new Int32Array(firstSlots);
  /** Per number: itself, or `other` once folded. */
  #standsFor = new Int32Array(firstSlots);
  #size = firstValue;
  /** Whether a text did not fit. */
  overflowed = false;

  constructor(most: number) {
    this.#most = most + firstValue;
    this.#standsFor[other] = other;
  }

  /** All numbers given so far, the reserved ones included. */
  get size(): number {
    return this.#size;
  }

  /** The number of the text in `[from, to)`; `digest` is free to use. */
  numberOf(text: Text, from: number, to: number, digest: Digest): number {
    if (to <= from) return absent;
    digest.of(text, from, to);
    const wanted = digest.first;
    const mask = this.#slots.length - 1;
    for (let slot = wanted & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] as number;
      if (number === 0) return this.#add(text, { from, to, wanted, slot });
      if (this.#digests[number] === wanted && this.#equals(number, text, from, to)) {
        return this.#standsFor[number] as number;
      }
    }
  }

  /** The number itself, or `other` once folded. */
  current(number: number): number {
    return this.#standsFor[number] as number;
  }

  valueOf(number: number): string {
    return this.#arena.bytes.toString('utf8', this.#from[number], this.#to[number]);
  }

  /** Folds these numbers into `other`. */
  fold(isFolded: (number: number) => boolean): void {
    for (let number = firstValue; number < this.#size; number++) {
      if (isFolded(number)) this.#standsFor[number] = other;
    }
  }

  isFolded(number: number): boolean {
    return number >= firstValue && this.#standsFor[number] === other;
  }

  #equals(number: number, { words, bytes }: Text, from: number, to: number): boolean {
    let own = this.#from[number] as number;
    if ((this.#to[number] as number) - own !== to - from) return false;
    const arena = this.#arena;
    let at = from;
    for (; at + 4 <= to; at += 4, own += 4) {
      if (words.getInt32(at, true) !== arena.words.getInt32(own, true)) return false;
    }
    for (; at < to; at++, own++) if (bytes[at] !== arena.bytes[own]) return false;
    return true;
  }

  #add(text: Text, { from, to, wanted, slot }: Record<'from' | 'to' | 'wanted' | 'slot', number>): number {
    if (this.#size >= this.#most || this.#arenaEnd + to - from > maxBytes) {
      this.overflowed = true;
      return other;
    }
    const number = this.#size++;
    if (number === this.#from.length) this.#growLists();
    this.#from[number] = this.#store(text.bytes, from, to);
    this.#to[number] = this.#arenaEnd;
    this.#digests[number] = wanted;
    this.#standsFor[number] = number;
    this.#slots[slot] = number;
    if (this.#size > this.#slots.length * 0.5) this.#growSlots();
    return number;
  }

  #store(bytes: Buffer, from: number, to: number): number {
    const start = this.#arenaEnd;
    const end = start + to - from;
    if (end > this.#arena.bytes.length) {
      const larger = Buffer.alloc(Math.max(end, 2 * this.#arena.bytes.length));
      this.#arena.bytes.copy(larger);
      this.#arena = textOf(larger);
    }
    bytes.copy(this.#arena.bytes, start, from, to);
    this.#arenaEnd = end;
    return start;
  }

  #growLists(): void {
    this.#from = doubled(this.#from);
    this.#to = doubled(this.#to);
    this.#digests = doubled(this.#digests);
    this.#standsFor = doubled(this.#standsFor);
  }

  #growSlots(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let number = firstValue; number < this.#size; number++) {
      let slot = (this.#digests[number] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number;
    }
    this.#slots = slots;
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
