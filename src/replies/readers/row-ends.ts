/** Finds where rows of CSV end (RFC 4180). */

const quote = 0x22;
const lineFeed = 0x0a;

/** Ends of rows in some bytes, asked for from front to back. Jumps from quote to quote. */
export class RowEnds {
  readonly #bytes: Buffer;
  readonly #length: number;
  /** The next quote, so that rows without one are found by their line end alone. */
  #nextQuote = -1;

  /** The first `length` bytes are whole rows, and the beginning of one. */
  constructor(bytes: Buffer, length: number) {
    this.#bytes = bytes;
    this.#length = length;
  }

  /** The line feed that ends the row at `at`, not one within a quoted cell; -1 when it is not among the bytes. */
  after(at: number): number {
    const bytes = this.#bytes;
    let lineEnd = bytes.indexOf(lineFeed, at);
    let open = this.#nextQuote < at ? indexFrom(bytes, quote, at) : this.#nextQuote;
    while (lineEnd >= 0 && open < lineEnd) {
      const close = indexFrom(bytes, quote, open + 1);
      if (close > lineEnd) lineEnd = bytes.indexOf(lineFeed, close);
      open = indexFrom(bytes, quote, close + 1);
    }
    this.#nextQuote = open;
    return lineEnd < this.#length ? lineEnd : -1;
  }
}

/** The offset of the byte; the length of the bytes when it is missing. */
function indexFrom(bytes: Buffer, byte: number, from: number): number {
  const found = bytes.indexOf(byte, from);
  return found < 0 ? bytes.length : found;
}
