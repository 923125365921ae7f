/**
 * CRC-32 of many bytes. The multiple of the polynomial in `crc32.ts`, squared seven times, has its bits so far apart
 * that they are whole vectors of sixteen bytes: each counts as much as the four that stand 145, 183, 211 and 300
 * vectors behind it. So each is added up with four sums before it, until only the last 300 are left.
 */
import { foldedRemainder } from './crc32.ts';
import { remainder } from './tables.ts';

const VECTOR: usize = 16;
const LEFT: usize = 300 * VECTOR;
const NEXT_LEFT: usize = 145 * VECTOR;
/** Below this, it takes longer to fold what is left than all of it. */
const MIN_SUMMED: usize = 4 * LEFT;
const MIN_FOLDED: usize = 80;

/** Sums are made of so many vectors at once, behind those of the 300 vectors before them. */
const PIECE: usize = 512 * VECTOR;
const sums = memory.data(12_992, 16);
const pieceSums = sums + LEFT;

/** The checksum of `[from, to)` behind bytes with the checksum `before`. */
export function checksum(from: usize, to: usize, before: u32): u32 {
  const first = from + ((to - from) % VECTOR);
  const state = remainder(from, first, ~before);
  if (to - first < MIN_FOLDED) return ~remainder(first, to, state);
  const start = i32x4(state, 0, 0, 0);
  if (to - first >= MIN_SUMMED) return ~summedRemainder(first, to, start);
  return ~foldedRemainder(v128.xor(v128.load(first), start), first + VECTOR, to, i64x2.splat(0));
}

/** The remainder of whole vectors, to whose first one `start` is added. */
function summedRemainder(from: usize, to: usize, start: v128): u32 {
  memory.fill(sums, 0, LEFT);
  // So far before the first vector it counts for that one only.
  v128.store(sums, start);
  let at = from;
  while (at < to - LEFT) {
    const bytes = min(PIECE, to - LEFT - at);
    addUp(at, pieceSums, bytes);
    memory.copy(sums, sums + bytes, LEFT);
    at += bytes;
  }
  memory.fill(pieceSums, 0, LEFT - NEXT_LEFT);
  addUp(at, sums, LEFT);
  return foldedRemainder(v128.load(sums), sums + VECTOR, sums + LEFT, i64x2.splat(0));
}

/** Adds up the vectors of `[from, from + bytes)` with sums before them, and writes them to `out`. */
function addUp(from: usize, out: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += VECTOR) {
    const sum = pieceSums + at;
    const near = v128.xor(v128.load(sum - 145 * VECTOR), v128.load(sum - 183 * VECTOR));
    const far = v128.xor(v128.load(sum - 211 * VECTOR), v128.load(sum - LEFT));
    v128.store(out + at, v128.xor(v128.xor(near, far), v128.load(from + at)));
  }
}
