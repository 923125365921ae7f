/**
 * Splits a line of a server log into cells: separated by spaces; some in quotes, where a backslash escapes
 * quotes and itself; some in brackets. A line never continues on the next one, whatever its quotes.
 */
import { ESCAPED, PLAIN, UNCLEAN } from '../csv/records.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;

export class LineCells {
  /** Number of cells in the last line read. Offsets exclude the quotes and brackets around cells. */
  fields = 0;
  readonly from: number[] = [];
  readonly to: number[] = [];
  readonly writing: number[] = [];

  /** Reads `bytes[from, to)`. Returns -1, or the offset of the cell with an unbalanced quote. */
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

  /** Pads with empty cells or drops surplus cells, to `count`. */
  fitTo(count: number): void {
    while (this.fields < count) this.#add(0, 0, PLAIN);
    this.fields = count;
  }

  /** The offset after the cell that begins at `at`, or -1. */
  #cell(bytes: Buffer, at: number, to: number): number {
    if (bytes[at] === QUOTE) return this.#quoted(bytes, at, to);
    const close = bytes[at] === OPEN_BRACKET ? endOfBrackets(bytes, at, to) : -1;
    if (close < 0) return this.#bare(bytes, at, to);
    this.#add(at + 1, close, UNCLEAN);
    return close + 1;
  }

  /**
   * Ends at the first quote that is followed by a space or the end: some servers do not escape quotes in a
   * user agent.
   */
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

  /** A quote inside a bare cell means that an earlier quoted cell ended too soon: returns -1. */
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

/** The offset of the closing bracket that ends the cell, or -1. */
function endOfBrackets(bytes: Buffer, open: number, to: number): number {
  let at = open;
  while (at < to && bytes[at] !== CLOSE_BRACKET) at++;
  return at < to && endsCell(bytes, at + 1, to) ? at : -1;
}

function endsCell(bytes: Buffer, at: number, to: number): boolean {
  return at >= to || bytes[at] === SPACE;
}
