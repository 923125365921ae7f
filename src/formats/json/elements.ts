/**
 * Finds the end of a JSON value by brackets and quotes alone, also when the value comes in pieces. A malformed
 * value ends where the next one certainly begins.
 */

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;
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
  SPACE,
  TAB,
  RETURN,
]);

/** Precedes each text of a JSON text sequence (RFC 7464). */
export const RECORD_SEPARATOR = 0x1e;

export class ElementEnd {
  /** Line ends in the value so far. */
  lines = 0;
  /** The value is malformed: a line ends inside a string, or the next value begins before this one ends. */
  isBroken = false;
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  #isEmpty = true;
  /** Since a line end inside the string, only white space has come. */
  #isAfterLineEnd = false;

  /** No string, object or array is open. */
  get isOutermost(): boolean {
    return this.#depth === 0 && !this.#inString;
  }

  reset(): void {
    this.lines = 0;
    this.isBroken = false;
    this.#depth = 0;
    this.#inString = false;
    this.#isEscaped = false;
    this.#isEmpty = true;
    this.#isAfterLineEnd = false;
  }

  /** The end of the current value in `bytes[from, to)`, or -1 when it continues in the next bytes. */
  find(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to) {
      if (this.#inString) {
        at = this.#endOfString(bytes, at, to);
        if (at < 0) return this.#breakOff(bytes, from, -at - 1);
        continue;
      }
      const start = at;
      while (at < to && OUTSIDE_STRING[bytes[at]!] === 1) at++;
      if (at > start) this.#isEmpty = false;
      if (at === to) return -1;
      const byte = bytes[at]!;
      if (this.#depth === 0 && !this.#isEmpty && !isOpening(byte) && byte !== QUOTE) return at;
      this.#isEmpty = false;
      if (byte === OPEN_OBJECT && this.#depth > 0 && !mayNest(bytes, from, at)) {
        return this.#breakOff(bytes, from, at);
      }
      at++;
      if (byte === NEWLINE) this.lines++;
      else if (byte === QUOTE) this.#inString = true;
      else if (isOpening(byte)) this.#depth++;
      else if ((byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) && --this.#depth <= 0) return at;
    }
    return -1;
  }

  /** Ends a malformed value before the white space in front of the next one, which begins at `at`. */
  #breakOff(bytes: Buffer, from: number, at: number): number {
    this.isBroken = true;
    let end = at;
    for (; end > from && isSpace(bytes[end - 1]!); end--) if (bytes[end - 1] === NEWLINE) this.lines--;
    return end;
  }

  /**
   * From inside a string to after its closing quote, or to the end of the bytes. Where an object begins a
   * line, which is impossible inside a valid string, returns `-at - 1`.
   */
  #endOfString(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to) {
      if (this.#isEscaped) {
        this.#isEscaped = false;
        at++;
        continue;
      }
      if (this.#isAfterLineEnd) {
        while (at < to && isSpace(bytes[at]!) && bytes[at] !== NEWLINE) at++;
        if (at === to) return to;
        if (bytes[at] === OPEN_OBJECT) return -at - 1;
        this.#isAfterLineEnd = false;
      }
      while (at < to && INSIDE_STRING[bytes[at]!] === 1) at++;
      if (at === to) return to;
      const byte = bytes[at++]!;
      if (byte === BACKSLASH) {
        this.#isEscaped = true;
      } else if (byte === NEWLINE) {
        this.lines++;
        this.isBroken = true;
        this.#isAfterLineEnd = true;
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

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === NEWLINE || byte === RETURN;
}

/**
 * Whether an object at `at` may be nested: only after an opening bracket, a comma or a colon. True when earlier bytes
 * would have to be known.
 */
function mayNest(bytes: Buffer, from: number, at: number): boolean {
  let before = at - 1;
  while (before >= from && isSpace(bytes[before]!)) before--;
  const byte = bytes[before];
  return before < from || byte === COLON || byte === COMMA || byte === OPEN_ARRAY;
}

/** A table with 0 for the special bytes and 1 for all others. */
function plainBytes(special: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (special.includes(byte) ? 0 : 1));
}
