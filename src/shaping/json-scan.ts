/**
 * One JSON object, checked in place in a block of bytes: nothing is decoded and nothing allocated.
 * Accepts exactly the objects that `JSON.parse` accepts; that the bytes are UTF-8 is the caller's to know.
 */

import { endOfPlainBytes } from './plain-bytes.ts';

/** `odd`: a probed key stands there twice or with escapes; only a real parser can say what is meant. */
export type Verdict = 'good' | 'odd' | 'bad';

/** What was wanted where a scan stopped. The texts complete the sentence "expected ...". */
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
const CLOSE_OBJECT = 0x7d;

const SPACE = byteSet((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
const DIGIT = byteSet((byte) => byte >= 0x30 && byte <= 0x39);
const HEX = byteSet((byte) => /[0-9a-fA-F]/.test(String.fromCharCode(byte)));
const SHORT_ESCAPE = byteSet((byte) => '"\\/bfnrt'.includes(String.fromCharCode(byte)));
const LITERALS = new Map(['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]));

/** Where the probed top-level keys of the last object scanned stand. Offsets are into the bytes scanned. */
export class ObjectScan {
  /** Per probe: the first byte behind the key's opening quote, or -1 when the key is not there. */
  readonly keyAt: Int32Array;
  /** Per probe: its value is `bytes[valueAt, valueEnd)`. */
  readonly valueAt: Int32Array;
  readonly valueEnd: Int32Array;
  /** Per probe: the comma in front of the member, or the opening brace. */
  readonly commaAt: Int32Array;
  /** Per probe: how many members stand in front of it. */
  readonly position: Int32Array;
  /** The opening brace. */
  openAt = 0;
  /** Members of the object. */
  members = 0;
  /** After `bad`: the offset of the byte that does not fit, and what should be there. */
  failedAt = 0;
  wanted: Wanted = 'object';

  readonly #keys: readonly Buffer[];
  /** Probes by length of the key: the first one, and from each the next of the same length. */
  readonly #firstOfLength: Int32Array;
  readonly #nextOfLength: Int32Array;
  /** The bytes scanned last, and a view of them. */
  #bytes: Buffer | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #nesting = new Uint8Array(512);
  /** A probed key was found twice, or in escapes. */
  #odd = false;
  /** The last string had an escape. */
  #escaped = false;

  constructor(keys: readonly string[]) {
    this.#keys = keys.map((key) => Buffer.from(key));
    this.keyAt = new Int32Array(keys.length);
    this.valueAt = new Int32Array(keys.length);
    this.valueEnd = new Int32Array(keys.length);
    this.commaAt = new Int32Array(keys.length);
    this.position = new Int32Array(keys.length);
    this.#firstOfLength = new Int32Array(Math.max(0, ...this.#keys.map((key) => key.length)) + 1).fill(-1);
    this.#nextOfLength = new Int32Array(keys.length).fill(-1);
    this.#keys.forEach((key, probe) => {
      this.#nextOfLength[probe] = this.#firstOfLength[key.length]!;
      this.#firstOfLength[key.length] = probe;
    });
  }

  /** Scans `bytes[from, to)`, which must hold one object and nothing else but whitespace. */
  scan(bytes: Buffer, from: number, to: number): Verdict {
    for (let probe = 0; probe < this.keyAt.length; probe++) this.keyAt[probe] = -1;
    this.members = 0;
    this.#odd = false;
    this.#look(bytes);
    const open = skipSpace(bytes, from, to);
    if (open >= to || bytes[open] !== OPEN_OBJECT) return this.#bad(open, 'object');
    this.openAt = open;
    const close = this.#scanMembers(bytes, open + 1, to);
    if (close < 0) return 'bad';
    const end = skipSpace(bytes, close, to);
    if (end !== to) return this.#bad(end, 'end');
    return this.#odd ? 'odd' : 'good';
  }

  #look(bytes: Buffer): void {
    if (bytes === this.#bytes) return;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** The members of the top-level object, from behind its brace; returns the offset behind the closing one. */
  #scanMembers(bytes: Buffer, from: number, to: number): number {
    let comma = from - 1;
    let at = skipSpace(bytes, from, to);
    if (at < to && bytes[at] === CLOSE_OBJECT) return at + 1;
    for (;;) {
      if (at >= to || bytes[at] !== QUOTE) return this.#fail(at, 'key');
      const key = at + 1;
      this.#escaped = false;
      at = this.#endOfString(bytes, key, to);
      if (at < 0) return at;
      const probe = this.#probeOf(bytes, key, at - 1);
      at = skipSpace(bytes, at, to);
      if (at >= to || bytes[at] !== COLON) return this.#fail(at, 'colon');
      const value = skipSpace(bytes, at + 1, to);
      at = this.#endOfValue(bytes, value, to);
      if (at < 0) return at;
      if (probe >= 0) {
        if (this.keyAt[probe] !== -1) this.#odd = true;
        this.keyAt[probe] = key;
        this.valueAt[probe] = value;
        this.valueEnd[probe] = at;
        this.commaAt[probe] = comma;
        this.position[probe] = this.members;
      }
      this.members++;
      at = skipSpace(bytes, at, to);
      if (at >= to) return this.#fail(at, 'comma');
      if (bytes[at] === CLOSE_OBJECT) return at + 1;
      if (bytes[at] !== COMMA) return this.#fail(at, 'comma');
      comma = at;
      at = skipSpace(bytes, at + 1, to);
    }
  }

  /** The probe whose key is `bytes[from, to)`, or -1. A probed key in escapes makes the object odd. */
  #probeOf(bytes: Buffer, from: number, to: number): number {
    const length = to - from;
    if (length < this.#firstOfLength.length) {
      let probe = this.#firstOfLength[length]!;
      for (; probe >= 0; probe = this.#nextOfLength[probe]!) {
        if (startsWith(bytes, from, this.#keys[probe]!)) return probe;
      }
    }
    return this.#escaped ? this.#probeOfEscaped(bytes, from, to) : -1;
  }

  #probeOfEscaped(bytes: Buffer, from: number, to: number): number {
    const key = Buffer.from(JSON.parse(bytes.toString('utf8', from - 1, to + 1)) as string);
    const probe = this.#keys.findIndex((probed) => probed.equals(key));
    if (probe >= 0) this.#odd = true;
    return probe;
  }

  #endOfValue(bytes: Buffer, from: number, to: number): number {
    const first = from < to ? bytes[from] : undefined;
    if (first === QUOTE) return this.#endOfString(bytes, from + 1, to);
    if (first === OPEN_OBJECT || first === OPEN_ARRAY) return this.#endOfNested(bytes, from, to);
    return this.#endOfPlain(bytes, from, to);
  }

  /** From an opening bracket to behind its closing one; the open brackets are kept in `#nesting`. */
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
        at = first === QUOTE ? this.#endOfString(bytes, at + 1, to) : this.#endOfPlain(bytes, at, to);
        if (at < 0) return at;
        at = skipSpace(bytes, at, to);
      }
      justOpened = false;
      while (at < to && bytes[at] === closing(within)) {
        if (depth === 0) return at + 1;
        within = this.#nesting[--depth]!;
        at = skipSpace(bytes, at + 1, to);
      }
      if (at >= to || bytes[at] !== COMMA) return this.#fail(at, 'comma');
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

  /** Over a key of a nested object and its colon, to the value. */
  #behindKey(bytes: Buffer, from: number, to: number): number {
    if (from >= to || bytes[from] !== QUOTE) return this.#fail(from, 'key');
    let at = this.#endOfString(bytes, from + 1, to);
    if (at < 0) return at;
    at = skipSpace(bytes, at, to);
    if (at >= to || bytes[at] !== COLON) return this.#fail(at, 'colon');
    return skipSpace(bytes, at + 1, to);
  }

  /** From behind the opening quote to behind the closing one. */
  #endOfString(bytes: Buffer, from: number, to: number): number {
    let at = from;
    for (;;) {
      at = endOfPlainBytes(bytes, this.#view, at, to);
      if (at >= to) return this.#fail(at, 'string');
      const byte = bytes[at]!;
      if (byte === QUOTE) return at + 1;
      if (byte !== BACKSLASH) return this.#fail(at, 'string');
      this.#escaped = true;
      const length = escapeLength(bytes, at, to);
      if (length === 0) return this.#fail(at, 'escape');
      at += length;
    }
  }

  /** A number, `true`, `false` or `null`. */
  #endOfPlain(bytes: Buffer, from: number, to: number): number {
    const first = from < to ? bytes[from]! : 0;
    if (first === MINUS || DIGIT[first] === 1) return this.#endOfNumber(bytes, from, to);
    const literal = LITERALS.get(first);
    if (literal === undefined || to - from < literal.length) return this.#fail(from, 'value');
    return startsWith(bytes, from, literal) ? from + literal.length : this.#fail(from, 'value');
  }

  #endOfNumber(bytes: Buffer, from: number, to: number): number {
    let at = bytes[from] === MINUS ? from + 1 : from;
    const integer = at;
    at = skipDigits(bytes, at, to);
    if (at === integer) return this.#fail(at, 'number');
    if (bytes[integer] === ZERO && at > integer + 1) return this.#fail(integer + 1, 'comma');
    if (at < to && bytes[at] === POINT) {
      const fraction = at + 1;
      at = skipDigits(bytes, fraction, to);
      if (at === fraction) return this.#fail(at, 'number');
    }
    if (at < to && (bytes[at]! | 0x20) === EXPONENT) {
      let exponent = at + 1;
      if (exponent < to && (bytes[exponent] === PLUS || bytes[exponent] === MINUS)) exponent++;
      at = skipDigits(bytes, exponent, to);
      if (at === exponent) return this.#fail(at, 'number');
    }
    return at;
  }

  #bad(at: number, wanted: Wanted): Verdict {
    this.#fail(at, wanted);
    return 'bad';
  }

  /** Notes what failed; the result is negative, as of everything that failed. */
  #fail(at: number, wanted: Wanted): number {
    this.failedAt = at;
    this.wanted = wanted;
    return -1;
  }
}

/** The offset of the first byte that is no JSON whitespace, or `to`. */
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

/** `}` and `]` stand two behind `{` and `[` in ASCII. */
function closing(bracket: number): number {
  return bracket + 2;
}

/** Bytes of the escape at a backslash, or 0 when it is none. */
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

function startsWith(bytes: Buffer, from: number, text: Buffer): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[from + index] !== text[index]) return false;
  }
  return true;
}

function byteSet(includes: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (includes(byte) ? 1 : 0));
}
