/** Writes JSON text into one buffer, which is reused and grows as needed. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const LOWER_U = 0x75;
const HEX_DIGITS = Buffer.from('0123456789abcdef');

/**
 * How each byte is written in a string: 0 as it is, 1 as `\u00xx`, otherwise the letter after a backslash.
 */
const ESCAPES = new Uint8Array(256);
ESCAPES.fill(1, 0, 0x20);
for (const [byte, letter] of Object.entries({
  8: 'b',
  9: 't',
  10: 'n',
  12: 'f',
  13: 'r',
  34: '"',
  92: '\\',
})) {
  ESCAPES[Number(byte)] = letter.charCodeAt(0);
}

/** Space reserved per byte; the longer `\u00xx` reserves its own. */
const USUAL_GROWTH = 2;
const MAX_ESCAPE_BYTES = 6;
/** Below this length a loop is faster than a view and a native copy. */
const SHORT_BYTES = 24;

export class JsonText {
  bytes = Buffer.allocUnsafeSlow(4096);
  length = 0;

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.length + count));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  byte(byte: number): void {
    this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** Writes `source[from, to)` unchanged. */
  copy(source: Buffer, from: number, to: number): void {
    const length = to - from;
    this.reserve(length);
    if (length < SHORT_BYTES) {
      const { bytes, length: end } = this;
      for (let index = 0; index < length; index++) bytes[end + index] = source[from + index]!;
    } else {
      this.bytes.set(new Uint8Array(source.buffer, source.byteOffset + from, length), this.length);
    }
    this.length += length;
  }

  /**
   * Writes `source[from, to)`, which must be UTF-8, escaped for the inside of a string. `doubled`: quotes
   * come in pairs, and each pair is written as one quote.
   */
  escaped(source: Buffer, range: { from: number; to: number }, doubled: boolean): void {
    const { to } = range;
    this.reserve((to - range.from) * USUAL_GROWTH);
    let { bytes, length } = this;
    for (let at = range.from; at < to; at++) {
      const byte = source[at]!;
      const escape = ESCAPES[byte]!;
      if (escape === 0) {
        bytes[length++] = byte;
      } else if (escape === 1) {
        this.length = length;
        this.reserve((to - at) * USUAL_GROWTH + MAX_ESCAPE_BYTES);
        ({ bytes } = this);
        length = writeControl(bytes, length, byte);
      } else {
        bytes[length++] = BACKSLASH;
        bytes[length++] = escape;
        if (doubled && byte === QUOTE) at++;
      }
    }
    this.length = length;
  }
}

function writeControl(bytes: Buffer, at: number, byte: number): number {
  bytes[at] = BACKSLASH;
  bytes[at + 1] = LOWER_U;
  bytes[at + 2] = ZERO;
  bytes[at + 3] = ZERO;
  bytes[at + 4] = HEX_DIGITS[byte >> 4]!;
  bytes[at + 5] = HEX_DIGITS[byte & 0x0f]!;
  return at + MAX_ESCAPE_BYTES;
}
