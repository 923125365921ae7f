/** How the cells of the table are written: bytes that the records of `record.ts` are read by. */

export const NEWLINE: u8 = 0x0a;
export const RETURN: u8 = 0x0d;
export const SPACE: u8 = 0x20;
export const TAB: u8 = 0x09;
export const DOUBLE_QUOTE: u8 = 0x22;
export const BACKSLASH: u8 = 0x5c;

/** Equals no byte. */
export const NONE: u32 = 256;

export let delimiter: u8 = 0x2c;
/** The quote around cells, or `NONE`. */
export let quote: u32 = 256;
/** White space around cells is not part of them. */
export let trims: bool = false;
/** Whether JSON needs no escape for the delimiter, which may then occur in a quoted cell that is copied as it is. */
export let isDelimiterClean: bool = true;
/** A record that begins with this byte may be a comment, and is left to the caller. */
export let comment: u32 = 256;

/** `quoteByte` and `commentByte` may be `NONE`. */
export function setDialect(delimiterByte: u32, quoteByte: u32, commentByte: u32, trim: bool): void {
  delimiter = delimiterByte as u8;
  quote = quoteByte;
  comment = commentByte;
  trims = trim;
  isDelimiterClean = delimiter >= SPACE && delimiter !== BACKSLASH && delimiter !== DOUBLE_QUOTE;
}
