const TAB = 0x09;
const RETURN = 0x0d;
const SPACE = 0x20;

/** Whether a line holds nothing but whitespace, and so is no row. */
export function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== TAB && byte !== RETURN) return false;
  }
  return true;
}
