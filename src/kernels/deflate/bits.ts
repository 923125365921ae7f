/** Writes bits of a deflate stream, lowest first: collects them in a word and writes whole bytes. */

/** The address of the next whole byte. Up to eight bytes from there are overwritten. */
export let out: usize = 0;
/** Bits that do not fill a byte yet, and their number: less than eight between calls. */
export let pending: u64 = 0;
export let pendingBits: u64 = 0;

const MAX_STORED: u32 = 65_535;

export function beginBits(at: usize): void {
  resumeBits(at, 0, 0);
}

/** Continues from earlier values of `out`, `pending` and `pendingBits`, or from those of a faster loop. */
export function resumeBits(at: usize, bits: u64, count: u64): void {
  out = at;
  pending = bits;
  pendingBits = count;
}

/** Appends the lowest `count` bits of `value`, at most 32; the bits above must be zero. */
export function putBits(value: u32, count: u32): void {
  pending |= (value as u64) << pendingBits;
  pendingBits += count as u64;
  store<u64>(out, pending);
  out += (pendingBits >> 3) as usize;
  pending >>= pendingBits & 56;
  pendingBits &= 7;
}

/** Writes `[from, to)` as stored (uncompressed) deflate blocks: 5 bytes overhead per 65,535 bytes. */
export function putStored(from: usize, to: usize): void {
  for (let at = from; at < to;) {
    const length = min((to - at) as u32, MAX_STORED);
    putStoredHeader(length);
    memory.copy(out, at, length as usize);
    out += length as usize;
    at += length as usize;
  }
}

/** Writes a sync flush: an empty stored block, after which the stream is byte-aligned. */
export function putSyncFlush(): void {
  putStoredHeader(0);
}

function putStoredHeader(length: u32): void {
  putBits(0, 3);
  if (pendingBits !== 0) putBits(0, 8 - (pendingBits as u32));
  store<u32>(out, length | (~length << 16));
  out += 4;
}
