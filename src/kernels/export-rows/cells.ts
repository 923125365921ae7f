/** Finds where cells of CSV end, sixteen bytes at a time. */

export const COMMA: u8 = 0x2c;
export const QUOTE: u8 = 0x22;
export const LINE_FEED: u8 = 0x0a;
export const CARRIAGE_RETURN: u8 = 0x0d;

const COMMAS = i8x16.splat(0x2c);
const QUOTES = i8x16.splat(0x22);
const LINE_FEEDS = i8x16.splat(0x0a);
const CARRIAGE_RETURNS = i8x16.splat(0x0d);

/** The first comma, quote, line feed or carriage return from `at` on; a line feed must follow the input. */
export function endOfBareCell(at: usize): usize {
  while (true) {
    const bytes = v128.load(at);
    const marks = v128.or(
      v128.or(i8x16.eq(bytes, COMMAS), i8x16.eq(bytes, LINE_FEEDS)),
      v128.or(i8x16.eq(bytes, QUOTES), i8x16.eq(bytes, CARRIAGE_RETURNS)),
    );
    const mask = i8x16.bitmask(marks);
    if (mask !== 0) return at + ctz(mask);
    at += 16;
  }
}

/** The quote that closes a cell whose text begins at `at`; `end` or beyond if there is none. */
export function closingQuote(at: usize, end: usize): usize {
  while (at < end) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(at), QUOTES));
    if (mask === 0) {
      at += 16;
      continue;
    }
    at += ctz(mask);
    if (load<u8>(at + 1) !== QUOTE) return at;
    at += 2;
  }
  return end;
}
