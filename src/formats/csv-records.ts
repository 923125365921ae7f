/**
 * Cuts bytes into records per RFC 4180: quoted fields, doubled quotes, line ends inside quotes. A quote inside
 * an unquoted field is data. What a record's fields are is kept until the next record.
 */
import type { Region } from '../contracts.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;

/** 1 for bytes that go on with a quoted field, within a line. */
const INSIDE_QUOTES = new Uint8Array(256).fill(1);
INSIDE_QUOTES[NEWLINE] = 0;
INSIDE_QUOTES[QUOTE] = 0;

/** What a look at a record found. `incomplete`: it goes on behind the bytes given. `bad`: see `quoteAt`. */
export type RecordEnd = 'whole' | 'incomplete' | 'bad';

/** How a field is written: as it stands, in quotes, in quotes with doubled ones inside. */
export const PLAIN = 0;
export const QUOTED = 1;
export const DOUBLED = 2;

export class RecordReader {
  /** Fields of the last whole record; the quotes around them are not theirs. */
  fields = 0;
  from = new Int32Array(64);
  to = new Int32Array(64);
  quoting = new Uint8Array(64);
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
  /** 1 for bytes that go on with an unquoted field. */
  readonly #plain = new Uint8Array(256).fill(1);

  constructor(delimiter: number) {
    this.#delimiter = delimiter;
    this.#plain[delimiter] = 0;
    this.#plain[NEWLINE] = 0;
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
        const start = at;
        while (at < to && this.#plain[bytes[at]!] === 1) at++;
        if (at >= to && !final) return 'incomplete';
        const isLast = at >= to || bytes[at] === NEWLINE;
        this.#add(start, isLast && at > start && bytes[at - 1] === RETURN ? at - 1 : at, PLAIN);
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

  /** From an opening quote to behind the closing one, or -1 when there is none yet. */
  #endOfQuoted(bytes: Buffer, open: number, to: number): number {
    this.quoteAt = open;
    this.linesBeforeQuote = this.lines;
    let quoting = QUOTED;
    let at = open + 1;
    for (;;) {
      while (at < to && INSIDE_QUOTES[bytes[at]!] === 1) at++;
      if (at >= to) return -1;
      if (bytes[at] === NEWLINE) {
        this.lines++;
        at++;
      } else if (at + 1 < to && bytes[at + 1] === QUOTE) {
        quoting = DOUBLED;
        at += 2;
      } else {
        this.#add(open + 1, at, quoting);
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

  #add(from: number, to: number, quoting: number): void {
    if (this.fields === this.from.length) this.#grow();
    this.from[this.fields] = from;
    this.to[this.fields] = to;
    this.quoting[this.fields++] = quoting;
  }

  #grow(): void {
    const length = 2 * this.fields;
    const grown = {
      from: new Int32Array(length),
      to: new Int32Array(length),
      quoting: new Uint8Array(length),
    };
    grown.from.set(this.from);
    grown.to.set(this.to);
    grown.quoting.set(this.quoting);
    Object.assign(this, grown);
  }
}
