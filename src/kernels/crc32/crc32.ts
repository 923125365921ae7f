/**
 * CRC-32 as in zlib, without the instruction for it, which WebAssembly lacks. The polynomial divides
 * x^300 + x^155 + x^117 + x^89 + 1, so a bit counts as much as the four that stand 145, 183, 211 and 300 bits
 * behind it: bits are moved on, sixteen bytes at a time, until only the last 48 bytes are left.
 */
import { remainder } from './tables.ts';

const VECTOR: usize = 16;
/** Bits that are moved on reach into so many bytes behind their own sixteen. */
const LEFT: usize = 48;
/** Below this the tables are as fast. */
const MIN_FOLDED: usize = 80;

/** From each of the first sixteen on: as many zeros as are left of them, and then only set bits. */
const ONES_BEHIND = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255, 255, 255,
]);
/** The same with four bytes of set bits, the remainder of no bytes, and zeros behind them. */
const START_BEHIND = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);
const left = memory.data(48, 16);

/** The checksum of `[from, to)`. Reads up to fifteen bytes before `from`. */
export function crc32(from: usize, to: usize): u32 {
  if (to - from < MIN_FOLDED) return ~remainder(from, to, 0xffff_ffff);
  // Zeros in front change nothing, so there are only whole vectors.
  const zeros = (VECTOR - ((to - from) % VECTOR)) % VECTOR;
  const first = v128.and(v128.load(from - zeros), v128.load(ONES_BEHIND + VECTOR - zeros));
  const start = v128.load(START_BEHIND + VECTOR - zeros);
  const restOfStart = v128.load(START_BEHIND + 2 * VECTOR - zeros);
  return ~foldedRemainder(v128.xor(first, start), from - zeros + VECTOR, to, restOfStart);
}

/** The remainder of a vector and of `[from, to)` behind it, to whose first vector `next` is added. */
export function foldedRemainder(vector: v128, from: usize, to: usize, next: v128): u32 {
  const zero = i64x2.splat(0);
  let current = vector;
  let first = next;
  let second = zero;
  let third = zero;
  let at = from;
  while (true) {
    // What of the vector's two words goes to the words two, three, four and five behind each.
    const two = v128.xor(i64x2.shl(current, 17), i64x2.shl(current, 55));
    const three = v128.xor(
      v128.xor(i64x2.shr_u(current, 47), i64x2.shr_u(current, 9)),
      i64x2.shl(current, 19),
    );
    const four = v128.xor(i64x2.shr_u(current, 45), i64x2.shl(current, 44));
    const five = i64x2.shr_u(current, 20);
    first = v128.xor(v128.xor(first, two), v128.shuffle<u64>(zero, three, 0, 2));
    second = v128.xor(v128.xor(second, four), v128.shuffle<u64>(three, five, 1, 2));
    third = v128.shuffle<u64>(five, zero, 1, 2);
    if (at + LEFT === to) break;
    current = v128.xor(v128.load(at), first);
    first = second;
    second = third;
    at += VECTOR;
  }
  v128.store(left, v128.xor(v128.load(at), first));
  v128.store(left, v128.xor(v128.load(at, 16), second), 16);
  v128.store(left, v128.xor(v128.load(at, 32), third), 32);
  return remainder(left, left + LEFT, 0);
}
