/**
 * Splits bytes into records, in a dialect of RFC 4180: quoted fields, doubled quotes, line ends inside
 * quotes. A quote inside an unquoted field is data. The fields of a record are valid until the next one is
 * read.
 */
import type { Region } from '../../contracts/format.ts';
import type { Dialect } from './dialect.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;
const SPACE = 0x20;
const TAB = 0x09;
/** Equals no byte. */
const NONE = -1;

const BACKSLASH = 0x5c;

/** 1 for bytes that continue a field and need no escape in JSON. */
const PLAIN_BYTES = new Uint8Array(256).fill(1);
PLAIN_BYTES.fill(0, 0, 0x20);
PLAIN_BYTES[QUOTE] = 0;
PLAIN_BYTES[BACKSLASH] = 0;

/**
 * The result of reading a record. `incomplete`: it continues beyond the given bytes. `bad`: see `quoteAt`.
 */
export type RecordEnd = 'whole' | 'incomplete' | 'bad';

/** How a field is written: unquoted, in quotes, or in quotes with doubled quotes inside. */
export const PLAIN = 0;
const QUOTED = 1;
export const DOUBLED = 2;
/** Added where the field contains bytes that JSON must escape. */
export const UNCLEAN = 4;
/** Added where the field contains escape characters. */
export const ESCAPED = 8;

type CellForms = Pick<Dialect, 'delimiter' | 'quote' | 'escape' | 'escapeAll' | 'trim'>;

export class RecordReader {
  /** Number of fields in the last whole record. Offsets exclude the quotes around fields. */
  fields = 0;
  from = new Int32Array(64);
  to = new Int32Array(64);
  /** One of `PLAIN`, `QUOTED` and `DOUBLED`, plus `UNCLEAN` and `ESCAPED` where they apply. */
  writing = new Uint8Array(64);
  /** Offsets of the end of the record, without its line end, and of the next record. */
  end = 0;
  next = 0;
  /** Line ends in the record so far, including the one that ends it. */
  lines = 0;
  /**
   * After `incomplete` and `bad`: the quote that opened the last field, or -1, and the line ends before it.
   */
  quoteAt = -1;
  linesBeforeQuote = 0;
  /** Whether that quote has a closing one. */
  quoteClosed = false;

  readonly #delimiter: number;
  /** The bytes of the delimiter after the first one. */
  readonly #more: Buffer;
  readonly #width: number;
  readonly #quote: number;
  /** The escape inside quotes; NONE when quotes are doubled instead. */
  readonly #escape: number;
  /** The escape in unquoted fields, or NONE. */
  readonly #bareEscape: number;
  readonly #trim: boolean;
  /** Whether the escape may precede any character inside quotes. */
  readonly #escapesAll: boolean;
  readonly #plain = Uint8Array.from(PLAIN_BYTES);
  readonly #plainQuoted = Uint8Array.from(PLAIN_BYTES);

  constructor({ delimiter, quote, escape, escapeAll, trim }: CellForms) {
    const bytes = Buffer.from(delimiter);
    const escapeByte = escape === undefined || escape === quote ? NONE : escape.charCodeAt(0);
    this.#delimiter = bytes[0] ?? NONE;
    this.#more = bytes.subarray(1);
    this.#width = bytes.length;
    this.#quote = quote === undefined ? NONE : quote.charCodeAt(0);
    this.#escape = quote === undefined ? NONE : escapeByte;
    this.#bareEscape = quote === undefined || escapeAll ? escapeByte : NONE;
    this.#trim = trim;
    this.#escapesAll = escapeAll;
    for (const byte of [this.#delimiter, this.#bareEscape]) if (byte >= 0) this.#plain[byte] = 0;
    for (const byte of [this.#quote, this.#escape]) if (byte >= 0) this.#plainQuoted[byte] = 0;
  }

  /** Reads the record that begins at `from`. */
  read(bytes: Buffer, { from, to, final }: Region): RecordEnd {
    this.fields = 0;
    this.lines = 0;
    const quote = this.#quote;
    const trims = this.#trim;
    let at = from;
    for (;;) {
      this.quoteAt = -1;
      if (trims) at = skipSpaces(bytes, at, to, this.#delimiter);
      if (at < to && bytes[at] === quote) {
        at = this.#endOfQuoted(bytes, at, to);
        this.quoteClosed = at >= 0;
        if (trims && at >= 0) at = skipSpaces(bytes, at, to, this.#delimiter);
        const known = at >= 0 && this.#isKnown(bytes, at, to);
        if (!known && !final) return 'incomplete';
        if (at < 0 || !this.#endsField(bytes, at, to)) return 'bad';
        if (at < to && bytes[at] === RETURN) at++;
      } else {
        at = this.#endOfUnquoted(bytes, at, to);
        if (at >= to && !final) return 'incomplete';
      }
      if (at >= to || bytes[at] === NEWLINE) break;
      at += this.#width;
    }
    this.quoteAt = -1;
    if (at < to) this.lines++;
    this.next = at < to ? at + 1 : to;
    this.end = at > from && bytes[at - 1] === RETURN ? at - 1 : at;
    return 'whole';
  }

  #endOfUnquoted(bytes: Buffer, start: number, to: number): number {
    const plain = this.#plain;
    const delimiter = this.#delimiter;
    const isNarrow = this.#width === 1;
    let writing = PLAIN;
    let at = start;
    for (;;) {
      while (at < to && plain[bytes[at]!] === 1) at++;
      if (at >= to) break;
      const byte = bytes[at]!;
      if (byte === delimiter && (isNarrow || this.#isDelimiter(bytes, at, to))) break;
      if (byte === NEWLINE) break;
      writing |= UNCLEAN;
      if (byte === this.#bareEscape) {
        writing |= ESCAPED;
        if (at + 1 < to && bytes[at + 1] === NEWLINE) this.lines++;
        at++;
      }
      at++;
    }
    if (at > to) at = to;
    const isLast = at >= to || bytes[at] === NEWLINE;
    let end = isLast && at > start && bytes[at - 1] === RETURN ? at - 1 : at;
    if (this.#trim) while (end > start && isSpace(bytes[end - 1]!)) end--;
    this.#add(start, end, writing);
    return at;
  }

  #isDelimiter(bytes: Buffer, at: number, to: number): boolean {
    if (at + this.#width > to) return false;
    for (let index = 0; index < this.#more.length; index++) {
      if (bytes[at + 1 + index] !== this.#more[index]) return false;
    }
    return true;
  }

  /** From an opening quote to after the closing one, or -1 when the bytes do not contain it. */
  #endOfQuoted(bytes: Buffer, open: number, to: number): number {
    this.quoteAt = open;
    this.linesBeforeQuote = this.lines;
    const quote = this.#quote;
    const escape = this.#escape;
    const plain = this.#plainQuoted;
    let writing = QUOTED;
    let at = open + 1;
    for (;;) {
      while (at < to && plain[bytes[at]!] === 1) at++;
      if (at >= to) return -1;
      const byte = bytes[at];
      if (byte === escape && at + 1 < to && this.#isEscaped(bytes[at + 1]!)) {
        writing |= ESCAPED | UNCLEAN;
        if (bytes[at + 1] === NEWLINE) this.lines++;
        at += 2;
      } else if (byte === escape && at + 1 >= to) {
        return -1;
      } else if (byte !== quote) {
        if (byte === NEWLINE) this.lines++;
        writing |= UNCLEAN;
        at++;
      } else if (escape === NONE && at + 1 < to && bytes[at + 1] === quote) {
        writing |= DOUBLED | UNCLEAN;
        at += 2;
      } else {
        this.#add(open + 1, at, writing);
        return at + 1;
      }
    }
  }

  #isEscaped(next: number): boolean {
    return this.#escapesAll || next === this.#quote || next === this.#escape;
  }

  /** Whether the bytes are enough to decide what follows a closing quote. */
  #isKnown(bytes: Buffer, at: number, to: number): boolean {
    if (at >= to) return false;
    if (bytes[at] === RETURN) return at + 1 < to;
    return bytes[at] !== this.#delimiter || at + this.#width <= to;
  }

  #endsField(bytes: Buffer, at: number, to: number): boolean {
    if (at >= to || bytes[at] === NEWLINE) return true;
    if (bytes[at] === this.#delimiter && this.#isDelimiter(bytes, at, to)) return true;
    return bytes[at] === RETURN && (at + 1 >= to || bytes[at + 1] === NEWLINE);
  }

  /** Pads with empty fields or drops surplus fields, to `count`. */
  fitTo(count: number): void {
    while (this.fields < count) this.#add(this.end, this.end, PLAIN);
    this.fields = count;
  }

  #add(from: number, to: number, writing: number): void {
    if (this.fields === this.from.length) this.#grow();
    this.from[this.fields] = from;
    this.to[this.fields] = to;
    this.writing[this.fields++] = writing;
  }

  #grow(): void {
    const length = 2 * this.fields;
    const grown = {
      from: new Int32Array(length),
      to: new Int32Array(length),
      writing: new Uint8Array(length),
    };
    grown.from.set(this.from);
    grown.to.set(this.to);
    grown.writing.set(this.writing);
    Object.assign(this, grown);
  }
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

/** A tab that separates cells is not a space. */
function skipSpaces(bytes: Buffer, from: number, to: number, delimiter: number): number {
  let at = from;
  while (at < to && isSpace(bytes[at]!) && bytes[at] !== delimiter) at++;
  return at;
}
