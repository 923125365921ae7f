/** Writes a stretch with its codes. This is the hot loop: its bits stay in local variables. */
import { out, pending, pendingBits, resumeBits } from './bits.ts';
import {
  distanceBits,
  distanceCodes,
  lengthWrites,
  literalWrites,
  symbolBits,
  symbolCodes,
} from './codes.ts';
import { entry } from './huffman.ts';
import { matches, matchesEnd, MATCH_BYTES } from './matches.ts';
import { distanceExtraBits, distanceSymbol, END_OF_BLOCK } from './symbols.ts';

const CODE: u32 = 0xff_ffff;

/**
 * Writes `[from, to)` as literals and the listed matches, then the end of the block. At most 14 bits per
 * byte.
 */
export function encode(from: usize, to: usize): void {
  let at = from;
  let place = out;
  let bits = pending;
  let count = pendingBits;
  let match: usize = matches;
  while (true) {
    const isLast = match >= matchesEnd;
    let left: u32 = isLast ? ((to - at) as u32) : load<u32>(match);
    // At most seven bits are pending, and four literals take at most 56.
    for (; left >= 4; left -= 4) {
      const first = literal(at);
      const second = literal(at + 1);
      const third = literal(at + 2);
      const fourth = literal(at + 3);
      const front = ((first & CODE) | ((second & CODE) << (first >> 24))) as u64;
      const back = ((third & CODE) | ((fourth & CODE) << (third >> 24))) as u64;
      const frontBits = ((first >> 24) + (second >> 24)) as u64;
      bits |= (front | (back << frontBits)) << count;
      count += frontBits + (((third >> 24) + (fourth >> 24)) as u64);
      store<u64>(place, bits);
      place += (count >> 3) as usize;
      bits >>= count & 56;
      count &= 7;
      at += 4;
    }
    if (left !== 0) {
      const first = literal(at);
      const second = left > 1 ? literal(at + 1) : 0;
      const third = left > 2 ? literal(at + 2) : 0;
      const front = ((first & CODE) | ((second & CODE) << (first >> 24))) as u64;
      const frontBits = ((first >> 24) + (second >> 24)) as u64;
      bits |= (front | (((third & CODE) as u64) << frontBits)) << count;
      count += frontBits + ((third >> 24) as u64);
      at += left as usize;
      // A match takes up to 46 bits, so these bits are written first.
      store<u64>(place, bits);
      place += (count >> 3) as usize;
      bits >>= count & 56;
      count &= 7;
    }
    if (isLast) break;
    const length = load<u16>(match, 4) as u32;
    const less = load<u16>(match, 6) as u32;
    const write = entry(lengthWrites, length);
    const symbol = distanceSymbol(less);
    const extraBits = distanceExtraBits(symbol);
    bits |= ((write & CODE) as u64) << count;
    count += (write >> 24) as u64;
    bits |= (entry(distanceCodes, symbol) as u64) << count;
    count += load<u8>(distanceBits + (symbol as usize)) as u64;
    bits |= ((less & ((1 << extraBits) - 1)) as u64) << count;
    count += extraBits as u64;
    store<u64>(place, bits);
    place += (count >> 3) as usize;
    bits >>= count & 56;
    count &= 7;
    at += length as usize;
    match += MATCH_BYTES;
  }
  bits |= (entry(symbolCodes, END_OF_BLOCK) as u64) << count;
  count += load<u8>(symbolBits + (END_OF_BLOCK as usize)) as u64;
  store<u64>(place, bits);
  resumeBits(place + ((count >> 3) as usize), bits >> (count & 56), count & 7);
}

function literal(at: usize): u32 {
  return entry(literalWrites, load<u8>(at) as u32);
}
