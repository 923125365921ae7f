/**
 * The cells of a line as servers write their logs: divided by spaces, some in quotes, in which a backslash stands in front of
 * quotes and of itself, some in brackets. A line never goes on in the next one, whatever its quotes.
 */
import { ESCAPED, PLAIN, UNCLEAN } from '../csv/records.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;

export class LineCells {
  /** Of the line read last; the quotes and brackets around cells are not theirs. */
  fields = 0;
  readonly from: number[] = [];
  readonly to: number[] = [];
  readonly writing: number[] = [];

  /** Reads `bytes[from, to)`. Returns where a quote stands that does not add up, or -1. */
  read(bytes: Buffer, from: number, to: number): number {
    this.fields = 0;
    let at = from;
    while (at < to) {
      if (bytes[at] === SPACE) {
        at++;
        continue;
      }
      const end = this.#cell(bytes, at, to);
      if (end < 0) return at;
      at = end;
    }
    return -1;
  }

  /** As many cells as there are columns: what is missing is empty, what is too much goes. */
  fitTo(count: number): void {
    while (this.fields < count) this.#add(0, 0, PLAIN);
    this.fields = count;
  }

  /** Behind the cell that begins at `at`, or -1. */
  #cell(bytes: Buffer, at: number, to: number): number {
    if (bytes[at] === QUOTE) return this.#quoted(bytes, at, to);
    const close = bytes[at] === OPEN_BRACKET ? endOfBrackets(bytes, at, to) : -1;
    if (close < 0) return this.#bare(bytes, at, to);
    this.#add(at + 1, close, UNCLEAN);
    return close + 1;
  }

  /** Up to the first quote that a cell can end with: some servers write those of a user agent as they are. */
  #quoted(bytes: Buffer, open: number, to: number): number {
    let writing = PLAIN;
    for (let at = open + 1; at < to; at++) {
      const byte = bytes[at]!;
      if (byte === BACKSLASH) {
        writing |= ESCAPED | UNCLEAN;
        at++;
      } else if (byte === QUOTE) {
        if (endsCell(bytes, at + 1, to)) {
          this.#add(open + 1, at, writing);
          return at + 1;
        }
        writing |= UNCLEAN;
      } else if (byte < SPACE) {
        writing |= UNCLEAN;
      }
    }
    return -1;
  }

  /** A quote in the middle would be one of a cell that was taken to end before. */
  #bare(bytes: Buffer, start: number, to: number): number {
    let writing = PLAIN;
    let at = start;
    for (; at < to && bytes[at] !== SPACE; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) return -1;
      if (byte === BACKSLASH || byte < SPACE) writing |= UNCLEAN;
    }
    this.#add(start, at, writing);
    return at;
  }

  #add(from: number, to: number, writing: number): void {
    this.from[this.fields] = from;
    this.to[this.fields] = to;
    this.writing[this.fields++] = writing;
  }
}

/** Where the bracket closes that the cell ends with, or -1. */
function endOfBrackets(bytes: Buffer, open: number, to: number): number {
  let at = open;
  while (at < to && bytes[at] !== CLOSE_BRACKET) at++;
  return at < to && endsCell(bytes, at + 1, to) ? at : -1;
}

function endsCell(bytes: Buffer, at: number, to: number): boolean {
  return at >= to || bytes[at] === SPACE;
}
