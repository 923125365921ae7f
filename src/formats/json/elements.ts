/** Finds where an element of a JSON array ends, by brackets and quotes alone, also in pieces. */

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const INSIDE_STRING = plainBytes([QUOTE, BACKSLASH, NEWLINE]);
const OUTSIDE_STRING = plainBytes([
  QUOTE,
  COMMA,
  OPEN_ARRAY,
  CLOSE_ARRAY,
  OPEN_OBJECT,
  CLOSE_OBJECT,
  NEWLINE,
  0x20,
  0x09,
  0x0d,
]);

export class ElementEnd {
  /** Line ends in the element so far. */
  lines = 0;
  /** A line ends inside a string, which no JSON allows. */
  isBroken = false;
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  #isEmpty = true;

  reset(): void {
    this.lines = 0;
    this.isBroken = false;
    this.#depth = 0;
    this.#inString = false;
    this.#isEscaped = false;
    this.#isEmpty = true;
  }

  /** Where in `bytes[from, to)` the element ends that was begun, or -1: then the next bytes go on with it. */
  find(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to) {
      if (this.#inString) {
        at = this.#endOfString(bytes, at, to);
        continue;
      }
      const start = at;
      while (at < to && OUTSIDE_STRING[bytes[at]!] === 1) at++;
      if (at > start) this.#isEmpty = false;
      if (at === to) return -1;
      const byte = bytes[at]!;
      if (this.#depth === 0 && !this.#isEmpty && !isOpening(byte) && byte !== QUOTE) return at;
      this.#isEmpty = false;
      at++;
      if (byte === NEWLINE) this.lines++;
      else if (byte === QUOTE) this.#inString = true;
      else if (isOpening(byte)) this.#depth++;
      else if ((byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) && --this.#depth <= 0) return at;
    }
    return -1;
  }

  /** From inside a string to behind its closing quote, or to the end of the bytes. */
  #endOfString(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to) {
      if (this.#isEscaped) {
        this.#isEscaped = false;
        at++;
        continue;
      }
      while (at < to && INSIDE_STRING[bytes[at]!] === 1) at++;
      if (at === to) return to;
      const byte = bytes[at++]!;
      if (byte === BACKSLASH) {
        this.#isEscaped = true;
      } else if (byte === NEWLINE) {
        this.lines++;
        this.isBroken = true;
      } else {
        this.#inString = false;
        return at;
      }
    }
    return at;
  }
}

function isOpening(byte: number): boolean {
  return byte === OPEN_ARRAY || byte === OPEN_OBJECT;
}

/** 1 for every byte but these. */
function plainBytes(special: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (special.includes(byte) ? 0 : 1));
}
