/** The alphabets of deflate (RFC 1951, section 3.2.5): literals, match lengths and distances. */

export const MIN_MATCH: u32 = 3;
export const MAX_MATCH: u32 = 258;
/** The largest distance of a match. */
export const WINDOW: u32 = 32_768;

export const LITERALS: u32 = 256;
/** The symbol after the last literal ends a block; match lengths follow it. */
export const END_OF_BLOCK: u32 = 256;
export const FIRST_LENGTH: u32 = LITERALS + 1;
export const LENGTHS: u32 = 29;
export const DISTANCES: u32 = 30;
/** Literals, end of block and match lengths share one code. */
export const SYMBOLS: u32 = FIRST_LENGTH + LENGTHS;

/** Per match length, its symbol, counted from `FIRST_LENGTH`. */
const lengthSymbols = memory.data(272, 16);
/** Per symbol: the shortest length it represents (u16), and the number of extra bits (u8). */
const lengthBases = memory.data(64, 16);
const lengthExtras = memory.data(32, 16);

fillLengths();

export function lengthSymbol(length: u32): u32 {
  return load<u8>(lengthSymbols + (length as usize)) as u32;
}

export function lengthBase(symbol: u32): u32 {
  return load<u16>(lengthBases + ((symbol as usize) << 1)) as u32;
}

export function lengthExtraBits(symbol: u32): u32 {
  return load<u8>(lengthExtras + (symbol as usize)) as u32;
}

/** `less` is the distance minus one; its two highest bits determine the symbol. */
export function distanceSymbol(less: u32): u32 {
  if (less < 2) return less;
  const log: u32 = 31 - clz(less);
  return 2 * log + ((less >> (log - 1)) & 1);
}

export function distanceExtraBits(symbol: u32): u32 {
  return symbol < 2 ? 0 : (symbol >> 1) - 1;
}

/**
 * Eight symbols stand for one length each; after them, four at a time share a number of extra bits; 258 has
 * its own symbol.
 */
function fillLengths(): void {
  const last = LENGTHS - 1;
  let length = MIN_MATCH;
  for (let symbol: u32 = 0; symbol < last; symbol++) {
    const extraBits: u32 = symbol < 8 ? 0 : (symbol >> 2) - 1;
    store<u16>(lengthBases + ((symbol as usize) << 1), length as u16);
    store<u8>(lengthExtras + (symbol as usize), extraBits as u8);
    const behind = min(length + (1 << extraBits), MAX_MATCH);
    for (; length < behind; length++) store<u8>(lengthSymbols + (length as usize), symbol as u8);
  }
  store<u16>(lengthBases + ((last as usize) << 1), MAX_MATCH as u16);
  store<u8>(lengthSymbols + (MAX_MATCH as usize), last as u8);
}
