/** Finds where bytes can be cut between records, by counting quotes. */
import { NEWLINE, NONE } from './dialect.ts';

/**
 * The address behind the last line end in `[from, to)` that is not inside quotes, where a record begins at
 * `from`; 0 when there is none. `quote` may be `NONE`. A quote inside an unquoted cell misleads it, so
 * the caller must check that the records end there. Reads up to fifteen bytes beyond `to`.
 */
export function lastRecordEnd(from: usize, to: usize, quote: u32): usize {
  const quotes = i8x16.splat(quote as u8);
  const newlines = i8x16.splat(NEWLINE);
  const hasQuotes = quote !== NONE;
  let isInside: u32 = 0;
  let end: usize = 0;
  for (let at = from; at < to; at += 16) {
    const bytes = v128.load(at);
    const left = to - at;
    const seen: u32 = left < 16 ? (1 << (left as u32)) - 1 : 0xffff;
    const ends = (i8x16.bitmask(i8x16.eq(bytes, newlines)) as u32) & seen;
    const found = hasQuotes ? (i8x16.bitmask(i8x16.eq(bytes, quotes)) as u32) & seen : 0;
    if (ends !== 0) {
      // Each bit becomes whether the quotes up to it are odd.
      let odd = found;
      odd ^= odd << 1;
      odd ^= odd << 2;
      odd ^= odd << 4;
      odd ^= odd << 8;
      const outside = ends & ~(odd ^ (0 - isInside));
      if (outside !== 0) end = at + (32 - clz(outside));
    }
    isInside ^= (popcnt(found) as u32) & 1;
  }
  return end;
}
