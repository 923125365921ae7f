/**
 * Cuts bytes into records per RFC 4180: quoted fields, doubled quotes, line ends inside quotes. A quote inside
 * an unquoted field is data. What a record's fields are is kept until the next record.
 */
import type { Region } from '../../contracts/format.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;

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
  readonly #plain = Uint8Array.from(PLAIN_BYTES);

  constructor(delimiter: number) {
    this.#delimiter = delimiter;
    this.#plain[delimiter] = 0;
  }

  /** Reads the record that begins at `from`. */
  read(bytes: Buffer, { from, to, final }: Region): RecordEnd {
    this.fields = 0;
    this.lines = 0;
    let at = from;
    for (;;) {
      this.quoteAt = -1;
      if (at < to && bytes[at] === QUOTE) {
        at = this.#endOfQuoted(bytes, at, to);
        this.quoteClosed = at >= 0;
        const known = at >= 0 && this.#isKnown(bytes, at, to);
        if (!known && !final) return 'incomplete';
        if (at < 0 || !this.#endsField(bytes, at, to)) return 'bad';
        if (at < to && bytes[at] === RETURN) at++;
      } else {
        at = this.#endOfUnquoted(bytes, at, to);
        if (at >= to && !final) return 'incomplete';
      }
      if (at >= to || bytes[at] === NEWLINE) break;
      at++;
    }
    this.quoteAt = -1;
    if (at < to) this.lines++;
    this.next = at < to ? at + 1 : to;
    this.end = at > from && bytes[at - 1] === RETURN ? at - 1 : at;
    return 'whole';
  }

  #endOfUnquoted(bytes: Buffer, start: number, to: number): number {
    let writing = PLAIN;
    let at = start;
    for (;;) {
      while (at < to && this.#plain[bytes[at]!] === 1) at++;
      if (at >= to || bytes[at] === this.#delimiter || bytes[at] === NEWLINE) break;
      writing = UNCLEAN;
      at++;
    }
    const isLast = at >= to || bytes[at] === NEWLINE;
    this.#add(start, isLast && at > start && bytes[at - 1] === RETURN ? at - 1 : at, writing);
    return at;
  }

  /** From an opening quote to behind the closing one, or -1 when there is none yet. */
  #endOfQuoted(bytes: Buffer, open: number, to: number): number {
    this.quoteAt = open;
    this.linesBeforeQuote = this.lines;
    let writing = QUOTED;
    let at = open + 1;
    for (;;) {
      while (at < to && PLAIN_BYTES[bytes[at]!] === 1) at++;
      if (at >= to) return -1;
      if (bytes[at] !== QUOTE) {
        if (bytes[at] === NEWLINE) this.lines++;
        writing |= UNCLEAN;
        at++;
      } else if (at + 1 < to && bytes[at + 1] === QUOTE) {
        writing = DOUBLED | UNCLEAN;
        at += 2;
      } else {
        this.#add(open + 1, at, writing);
        return at + 1;
      }
    }
  }

  /** Whether what follows a closing quote is there to be looked at. */
  #isKnown(bytes: Buffer, at: number, to: number): boolean {
    return at < to && (bytes[at] !== RETURN || at + 1 < to);
  }

  #endsField(bytes: Buffer, at: number, to: number): boolean {
    if (at >= to || bytes[at] === this.#delimiter || bytes[at] === NEWLINE) return true;
    return bytes[at] === RETURN && (at + 1 >= to || bytes[at + 1] === NEWLINE);
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
