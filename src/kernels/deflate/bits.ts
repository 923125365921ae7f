/** Bits of a deflate stream, lowest first, gathered in a word and written a byte and more at a time. */

/** Where the next whole byte goes. Up to eight bytes behind it are overwritten. */
export let out: usize = 0;
/** The bits that do not fill a byte yet, and how many they are: below eight between two calls. */
export let pending: u64 = 0;
export let pendingBits: u64 = 0;

const MAX_STORED: u32 = 65_535;

export function beginBits(at: usize): void {
  resumeBits(at, 0, 0);
}

/** Goes on from a state that `out`, `pending` and `pendingBits` had, or that a faster loop left. */
export function resumeBits(at: usize, bits: u64, count: u64): void {
  out = at;
  pending = bits;
  pendingBits = count;
}

/** Appends the lowest `count` bits of `value`, at most 32; those above them are zero. */
export function putBits(value: u32, count: u32): void {
  pending |= (value as u64) << pendingBits;
  pendingBits += count as u64;
  store<u64>(out, pending);
  out += (pendingBits >> 3) as usize;
  pending >>= pendingBits & 56;
  pendingBits &= 7;
}

/** `[from, to)` as it is, in blocks of deflate that are not compressed: five bytes more in 65,535. */
export function putStored(from: usize, to: usize): void {
  for (let at = from; at < to;) {
    const length = min((to - at) as u32, MAX_STORED);
    putStoredHeader(length);
    memory.copy(out, at, length as usize);
    out += length as usize;
    at += length as usize;
  }
}

/** A sync flush: an empty stored block, behind which the stream is at a whole byte. */
export function putSyncFlush(): void {
  putStoredHeader(0);
}

function putStoredHeader(length: u32): void {
  putBits(0, 3);
  if (pendingBits !== 0) putBits(0, 8 - (pendingBits as u32));
  store<u32>(out, length | (~length << 16));
  out += 4;
}
