/** Digests of 64 bits, of bytes that others may be read behind. */

const FIRST: u64 = 0x9e37_79b9_7f4a_7c15;
const SECOND: u64 = 0xc2b2_ae3d_27d4_eb4f;
const LAST: u64 = 0x1656_67b1_9e37_79f9;

/** Of the text in `[from, to)`; another one for each seed. Never zero. */
export function digestOf(from: usize, to: usize, seed: u64): u64 {
  let hash = ((to - from) as u64) * SECOND + (seed + 1) * FIRST;
  let at = from;
  for (; at + 8 <= to; at += 8) hash = mix(hash, load<u64>(at));
  const rest = (to - at) as u64;
  if (rest > 0) hash = mix(hash, load<u64>(at) & (((1 as u64) << (rest << 3)) - 1));
  hash = (hash ^ (hash >> 29)) * LAST;
  hash ^= hash >> 32;
  return hash === 0 ? 1 : hash;
}

/** Puts one more word into a digest. */
export function mix(hash: u64, word: u64): u64 {
  hash = (hash ^ word) * SECOND;
  return hash ^ (hash >> 31);
}

/** Whether two texts of a length are the same. */
export function areEqual(one: usize, other: usize, length: usize): bool {
  let at: usize = 0;
  for (; at + 8 <= length; at += 8) if (load<u64>(one + at) !== load<u64>(other + at)) return false;
  const rest = (length - at) as u64;
  return rest === 0 || (load<u64>(one + at) ^ load<u64>(other + at)) << (64 - (rest << 3)) === 0;
}
