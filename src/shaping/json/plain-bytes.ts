/** Skips the bytes of a JSON string that need no escape, four at a time: most bytes of an event are such. */

const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;
const SPACES = 0x20202020;
const ONES = 0x01010101;
const HIGH_BITS = 0x80808080;
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte !== 0x22 && byte !== 0x5c ? 1 : 0,
);

/**
 * The offset in `[from, to)` of the first quote, backslash or control character, or `to`. `view` is a view of
 * `bytes`.
 *
 * `special` has the high bit set for each byte that is one of them. A subtraction borrows from the byte above
 * only where it found one, so the lowest bit set is always correct. One function, because this is the
 * innermost loop of all.
 */
export function endOfPlainBytes(bytes: Buffer, view: DataView, from: number, to: number): number {
  const last = to - 4;
  let at = from;
  for (; at <= last; at += 4) {
    const word = view.getInt32(at, true);
    const quotes = word ^ QUOTES;
    const backslashes = word ^ BACKSLASHES;
    const special =
      (((quotes - ONES) & ~quotes) | ((backslashes - ONES) & ~backslashes) | ((word - SPACES) & ~word)) &
      HIGH_BITS;
    if (special !== 0) return at + ((31 - Math.clz32(special & -special)) >> 3);
  }
  while (at < to && PLAIN[bytes[at]!] === 1) at++;
  return at;
}
