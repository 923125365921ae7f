/**
 * Checks JSON values in place: decodes and allocates nothing. Accepts exactly what `JSON.parse` accepts. The
 * caller must know that the bytes are UTF-8.
 */
import { endOfPlainBytes } from './plain-bytes.ts';

/** What was expected where a scan stopped. The texts complete the sentence "expected ...". */
export const WANTED = {
  object: 'an object',
  key: 'a key in double quotes',
  colon: 'a colon after the key',
  value: 'a value',
  comma: 'a comma or a closing bracket',
  string: 'the end of the string',
  escape: 'a valid escape',
  number: 'a digit',
  end: 'nothing behind the object',
} as const;

export type Wanted = keyof typeof WANTED;

const QUOTE = 0x22;
const COMMA = 0x2c;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const EXPONENT = 0x65;
const LOWER_U = 0x75;
const OPEN_OBJECT = 0x7b;

const SPACE = byteSet((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
const DIGIT = byteSet((byte) => byte >= 0x30 && byte <= 0x39);
const HEX = byteSet((byte) => /[0-9a-fA-F]/.test(String.fromCharCode(byte)));
const SHORT_ESCAPE = byteSet((byte) => '"\\/bfnrt'.includes(String.fromCharCode(byte)));
const LITERALS = new Map(['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]));

/**
 * Each scan returns the offset after the scanned text, or a negative number; then `failedAt` and `wanted`
 * describe the failure.
 */
export class ValueScan {
  /** After a failure: the offset of the unexpected byte, and what was expected there. */
  failedAt = 0;
  wanted: Wanted = 'object';
  /** Set by a string with an escape; the caller clears it. */
  hasEscape = false;
  /** The bytes scanned last, and a view of them. */
  #bytes: Buffer | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #nesting = new Uint8Array(512);

  /** Must be called before other bytes are scanned. */
  look(bytes: Buffer): void {
    if (bytes === this.#bytes) return;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** From the first byte of a value to the offset after it. */
  endOfValue(bytes: Buffer, from: number, to: number): number {
    const first = from < to ? bytes[from] : undefined;
    if (first === QUOTE) return this.endOfString(bytes, from + 1, to);
    if (first === OPEN_OBJECT || first === OPEN_ARRAY) return this.#endOfNested(bytes, from, to);
    return this.#endOfPlain(bytes, from, to);
  }

  /** From an opening bracket to after its closing one; `#nesting` holds the open brackets. */
  #endOfNested(bytes: Buffer, from: number, to: number): number {
    let depth = 0;
    let within = bytes[from]!;
    let justOpened = true;
    this.#nesting[0] = within;
    let at = skipSpace(bytes, from + 1, to);
    for (;;) {
      if (!(justOpened && at < to && bytes[at] === closing(within))) {
        if (within === OPEN_OBJECT) at = this.#behindKey(bytes, at, to);
        if (at < 0) return at;
        const first = at < to ? bytes[at]! : 0;
        if (first === OPEN_OBJECT || first === OPEN_ARRAY) {
          this.#push(++depth, first);
          within = first;
          justOpened = true;
          at = skipSpace(bytes, at + 1, to);
          continue;
        }
        at = first === QUOTE ? this.endOfString(bytes, at + 1, to) : this.#endOfPlain(bytes, at, to);
        if (at < 0) return at;
        at = skipSpace(bytes, at, to);
      }
      justOpened = false;
      while (at < to && bytes[at] === closing(within)) {
        if (depth === 0) return at + 1;
        within = this.#nesting[--depth]!;
        at = skipSpace(bytes, at + 1, to);
      }
      if (at >= to || bytes[at] !== COMMA) return this.fail(at, 'comma');
      at = skipSpace(bytes, at + 1, to);
    }
  }

  #push(depth: number, bracket: number): void {
    if (depth === this.#nesting.length) {
      const grown = new Uint8Array(depth * 2);
      grown.set(this.#nesting);
      this.#nesting = grown;
    }
    this.#nesting[depth] = bracket;
  }

  /** Skips a key of a nested object and its colon; returns the start of the value. */
  #behindKey(bytes: Buffer, from: number, to: number): number {
    if (from >= to || bytes[from] !== QUOTE) return this.fail(from, 'key');
    let at = this.endOfString(bytes, from + 1, to);
    if (at < 0) return at;
    at = skipSpace(bytes, at, to);
    if (at >= to || bytes[at] !== COLON) return this.fail(at, 'colon');
    return skipSpace(bytes, at + 1, to);
  }

  /** From after the opening quote to after the closing one. */
  endOfString(bytes: Buffer, from: number, to: number): number {
    let at = from;
    for (;;) {
      at = endOfPlainBytes(bytes, this.#view, at, to);
      if (at >= to) return this.fail(at, 'string');
      const byte = bytes[at]!;
      if (byte === QUOTE) return at + 1;
      if (byte !== BACKSLASH) return this.fail(at, 'string');
      this.hasEscape = true;
      const length = escapeLength(bytes, at, to);
      if (length === 0) return this.fail(at, 'escape');
      at += length;
    }
  }

  /** A number, `true`, `false` or `null`. */
  #endOfPlain(bytes: Buffer, from: number, to: number): number {
    const first = from < to ? bytes[from]! : 0;
    if (first === MINUS || DIGIT[first] === 1) return this.#endOfNumber(bytes, from, to);
    const literal = LITERALS.get(first);
    if (literal === undefined || to - from < literal.length) return this.fail(from, 'value');
    return startsWith(bytes, from, literal) ? from + literal.length : this.fail(from, 'value');
  }

  #endOfNumber(bytes: Buffer, from: number, to: number): number {
    let at = bytes[from] === MINUS ? from + 1 : from;
    const integer = at;
    at = skipDigits(bytes, at, to);
    if (at === integer) return this.fail(at, 'number');
    if (bytes[integer] === ZERO && at > integer + 1) return this.fail(integer + 1, 'comma');
    if (at < to && bytes[at] === POINT) {
      const fraction = at + 1;
      at = skipDigits(bytes, fraction, to);
      if (at === fraction) return this.fail(at, 'number');
    }
    if (at < to && (bytes[at]! | 0x20) === EXPONENT) {
      let exponent = at + 1;
      if (exponent < to && (bytes[exponent] === PLUS || bytes[exponent] === MINUS)) exponent++;
      at = skipDigits(bytes, exponent, to);
      if (at === exponent) return this.fail(at, 'number');
    }
    return at;
  }

  /** Records a failure; returns a negative number, as every failed scan does. */
  fail(at: number, wanted: Wanted): number {
    this.failedAt = at;
    this.wanted = wanted;
    return -1;
  }
}

/** The offset of the first byte that is not JSON whitespace, or `to`. */
export function skipSpace(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && SPACE[bytes[at]!] === 1) at++;
  return at;
}

function skipDigits(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && DIGIT[bytes[at]!] === 1) at++;
  return at;
}

/** In ASCII, `}` and `]` are two after `{` and `[`. */
function closing(bracket: number): number {
  return bracket + 2;
}

/** Length in bytes of the escape that begins at a backslash; 0 when it is invalid. */
function escapeLength(bytes: Buffer, at: number, to: number): number {
  if (at + 1 >= to) return 0;
  const kind = bytes[at + 1]!;
  if (SHORT_ESCAPE[kind] === 1) return 2;
  if (kind !== LOWER_U || at + 6 > to) return 0;
  for (let digit = at + 2; digit < at + 6; digit++) {
    if (HEX[bytes[digit]!] !== 1) return 0;
  }
  return 6;
}

export function startsWith(bytes: Buffer, from: number, text: Buffer): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[from + index] !== text[index]) return false;
  }
  return true;
}

function byteSet(includes: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (includes(byte) ? 1 : 0));
}
