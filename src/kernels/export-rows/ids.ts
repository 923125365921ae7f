/** Reads UUIDs as the four words of `replies/dedupe/id-words.ts`. */

const UUID_BYTES: usize = 36;
const DASH: u8 = 0x2d;

/** Writes the words of the UUID in `[from, to)`. Returns false, with undefined words, if it is not a UUID. */
export function readUuid(from: usize, to: usize, words: usize): bool {
  if (to - from !== UUID_BYTES) return false;
  if (load<u8>(from + 8) !== DASH || load<u8>(from + 13) !== DASH) return false;
  if (load<u8>(from + 18) !== DASH || load<u8>(from + 23) !== DASH) return false;
  // Digits 0 to 15 stand at 0 to 7, 9 to 12 and 14 to 17; digits 16 to 31 at 19 to 22 and 24 to 35.
  const front = v128.or(
    i8x16.swizzle(v128.load(from), i8x16(0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, -1, -1, -1, -1)),
    i8x16.swizzle(v128.load(from + 2), i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 12, 13, 14, 15)),
  );
  const back = v128.or(
    i8x16.swizzle(v128.load(from + 19), i8x16(0, 1, 2, 3, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
    i8x16.swizzle(v128.load(from + 20), i8x16(-1, -1, -1, -1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)),
  );
  if (!i8x16.all_true(v128.and(areDigits(front), areDigits(back)))) return false;
  const id = i8x16.narrow_i16x8_u(pairsOf(front), pairsOf(back));
  // Words are numbers with the first digit above.
  v128.store(words, i8x16.swizzle(id, i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)));
  return true;
}

/** All ones where a byte is a hexadecimal digit, in either letter case. */
function areDigits(bytes: v128): v128 {
  const decimal = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(10));
  const letters = i8x16.sub(v128.or(bytes, i8x16.splat(0x20)), i8x16.splat(0x61));
  return v128.or(decimal, i8x16.lt_u(letters, i8x16.splat(6)));
}

/** The values of neighbouring digits together, in eight lanes. */
function pairsOf(digits: v128): v128 {
  // A letter has bit 6, and the lower four bits one to six.
  const letters = v128.and(i8x16.shr_u(digits, 6), i8x16.splat(1));
  const values = i8x16.add(v128.and(digits, i8x16.splat(0x0f)), i8x16.add(i8x16.shl(letters, 3), letters));
  return v128.and(v128.or(i16x8.shl(values, 4), i16x8.shr_u(values, 8)), i16x8.splat(0xff));
}
