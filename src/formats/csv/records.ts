/**
 * Cuts bytes into records, in a dialect of RFC 4180: quoted fields, doubled quotes, line ends inside quotes. A quote inside
 * an unquoted field is data. What a record's fields are is kept until the next record.
 */
import type { Region } from '../../contracts/format.ts';
import type { Dialect } from './dialect.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;
const SPACE = 0x20;
const TAB = 0x09;
/** No byte is this. */
const NONE = -1;

const BACKSLASH = 0x5c;

/** 1 for bytes that go on with a field and stand for themselves in JSON. */
const PLAIN_BYTES = new Uint8Array(256).fill(1);
PLAIN_BYTES.fill(0, 0, 0x20);
PLAIN_BYTES[QUOTE] = 0;
PLAIN_BYTES[BACKSLASH] = 0;

/** What a look at a record found. `incomplete`: it goes on behind the bytes given. `bad`: see `quoteAt`. */
export type RecordEnd = 'whole' | 'incomplete' | 'bad';

/** How a field is written: as it stands, in quotes, in quotes with doubled ones inside. */
export const PLAIN = 0;
const QUOTED = 1;
export const DOUBLED = 2;
/** Added where the field holds bytes that JSON wants escaped. */
export const UNCLEAN = 4;
/** Added where characters are written with an escape in front. */
export const ESCAPED = 8;

type CellForms = Pick<Dialect, 'delimiter' | 'quote' | 'escape' | 'escapeAll' | 'trim'>;

export class RecordReader {
  /** Fields of the last whole record; the quotes around them are not theirs. */
  fields = 0;
  from = new Int32Array(64);
  to = new Int32Array(64);
  /** One of `PLAIN`, `QUOTED` and `DOUBLED`, plus `UNCLEAN`. */
  writing = new Uint8Array(64);
  /** Where the record ends, line end excluded, and where the next one begins. */
  end = 0;
  next = 0;
  /** Line ends in it so far, the one behind it included. */
  lines = 0;
  /** Unless the record is whole: the quote that opened the last field, or -1, and the line ends in front of it. */
  quoteAt = -1;
  linesBeforeQuote = 0;
  /** Whether that quote has a closing one. */
  quoteClosed = false;

  readonly #delimiter: number;
  /** What follows the first byte of a delimiter. */
  readonly #more: Buffer;
  readonly #width: number;
  readonly #quote: number;
  /** Inside quotes, or NONE when a quote is written twice. */
  readonly #escape: number;
  /** Without quotes. */
  readonly #bareEscape: number;
  readonly #trim: boolean;
  /** Inside quotes it stands in front of any character. */
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

  /** From an opening quote to behind the closing one, or -1 when there is none yet. */
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

  /** Whether what follows a closing quote is there to be looked at. */
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

  /** As many fields as there are columns: what is missing is empty, what is too much goes. */
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

/** A tab that divides cells is no space. */
function skipSpaces(bytes: Buffer, from: number, to: number, delimiter: number): number {
  let at = from;
  while (at < to && isSpace(bytes[at]!) && bytes[at] !== delimiter) at++;
  return at;
}
