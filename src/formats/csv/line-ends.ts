/** Where lines of a table end. */

export const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** The offset of the next line end, or -1. */
export function newlineIn(bytes: Buffer, from: number, to: number): number {
  const found = bytes.indexOf(NEWLINE, from);
  return found < to ? found : -1;
}

/** The end of `bytes[from, to)` without a carriage return there, which belongs to the line end. */
export function withoutReturn(bytes: Buffer, from: number, to: number): number {
  return to > from && bytes[to - 1] === RETURN ? to - 1 : to;
}
