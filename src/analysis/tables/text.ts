/** Bytes read by words: cells are compared and digested four bytes at a time. */

/** The same memory as bytes and as words. */
export interface Text {
  bytes: Buffer;
  words: DataView;
}

export function textOf(bytes: Buffer): Text {
  return { bytes, words: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

/** Digests of 64 bits, as two integers: one object for all, since a pair a call would cost more than the digest. */
export class Digest {
  first = 0;
  second = 0;

  /** Of `[from, to)`. */
  of({ bytes, words }: Text, from: number, to: number): void {
    let first = 0x9747b28c ^ (to - from);
    let second = 0x1b873593 + (to - from);
    let at = from;
    for (; at + 4 <= to; at += 4) {
      const word = words.getInt32(at, true);
      first = Math.imul(first ^ word, 0x5bd1e995);
      first ^= first >>> 15;
      second = Math.imul((second << 13) | (second >>> 19), 5) + Math.imul(word, 0x2c9277b5);
      second ^= second >>> 16;
    }
    let rest = 0;
    for (; at < to; at++) rest = (rest << 8) | (bytes[at] as number);
    first = Math.imul(first ^ rest, 0x5bd1e995);
    second = Math.imul(second ^ (rest + 0x165667b1), 0x27d4eb2f);
    this.first = Math.imul(first ^ (first >>> 13), 0x5bd1e995) ^ (first >>> 15);
    this.second = Math.imul(second ^ (second >>> 15), 0x2c1b3c6d) ^ (second >>> 12);
  }
}
