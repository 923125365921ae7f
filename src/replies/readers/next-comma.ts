const comma = 0x2c;
const fourCommas = 0x2c2c2c2c;

/** The same memory as bytes and as words. */
export interface BytesAndWords {
  bytes: Buffer;
  words: DataView;
}

/**
 * The next comma; `end` when there is none. Looks at four bytes at once: in the difference to four commas, a comma is a
 * byte of zero, and that is the lowest one to borrow when 1 is taken from each.
 */
export function nextComma({ bytes, words }: BytesAndWords, from: number, end: number): number {
  let at = from;
  for (; at + 4 <= end; at += 4) {
    const difference = words.getInt32(at, true) ^ fourCommas;
    const zeros = (difference - 0x01010101) & ~difference & 0x80808080;
    if (zeros !== 0) return at + ((31 - Math.clz32(zeros & -zeros)) >> 3);
  }
  while (at < end && bytes[at] !== comma) at++;
  return at;
}
