/**
 * Finds the bytes at which reading a record stops: delimiters, quotes, line ends, and bytes that JSON must escape.
 * Examines each stretch of 64 bytes once, however many cells it has.
 */
import { BACKSLASH, delimiter, DOUBLE_QUOTE, NONE, quote, SPACE } from './dialect.ts';

const STRETCH_BYTES: usize = 64;

/** The stretch, and a bit for each of its remaining stops. */
let stretch: usize = 0;
let stops: u64 = 0;
/** The address after the last stop returned; 0 if bytes may have changed since. */
let cursor: usize = 0;

/** Must be called before other bytes are read. */
export function forgetStops(): void {
  cursor = 0;
}

/** Continues with the stops from `from` on. */
export function seekStop(from: usize): void {
  if (cursor === from) return;
  stretch = from;
  stops = stopsIn(from);
}

/** The address of the next stop. There must be one; reads up to 63 bytes beyond it. */
export function nextStop(): usize {
  while (stops === 0) {
    stretch += STRETCH_BYTES;
    stops = stopsIn(stretch);
  }
  const stop = stretch + (ctz(stops) as usize);
  stops &= stops - 1;
  cursor = stop + 1;
  return stop;
}

function stopsIn(from: usize): u64 {
  const low = stopsAt(from) | (stopsAt(from + 16) << 16);
  const high = stopsAt(from + 32) | (stopsAt(from + 48) << 16);
  return (low as u64) | ((high as u64) << 32);
}

/** Of sixteen bytes. */
function stopsAt(from: usize): u32 {
  const bytes = v128.load(from);
  const quotes = i8x16.splat((quote === NONE ? DOUBLE_QUOTE : quote) as u8);
  const separators = v128.or(i8x16.eq(bytes, i8x16.splat(delimiter)), i8x16.eq(bytes, quotes));
  const escaped = v128.or(
    i8x16.eq(bytes, i8x16.splat(DOUBLE_QUOTE)),
    i8x16.eq(bytes, i8x16.splat(BACKSLASH)),
  );
  const controls = i8x16.eq(i8x16.min_u(bytes, i8x16.splat(SPACE - 1)), bytes);
  return i8x16.bitmask(v128.or(v128.or(separators, escaped), controls)) as u32;
}
