/** Finds the cells of some columns in a row of CSV, without making strings of them. */
import { nextComma } from '../../replies/readers/next-comma.ts';
import type { Text } from '../tables/text.ts';
import { textOf } from '../tables/text.ts';

const quote = 0x22;
const carriageReturn = 0x0d;

/** Where cells are, by field; `from` and `to` are equal where a row has nothing. */
export interface FoundCells {
  text: Text;
  from: Int32Array;
  to: Int32Array;
}

export class CsvCells {
  /** The field that each column is, or -1. */
  readonly #fieldOf: Int32Array;
  readonly #lastColumn: number;
  /** Cells behind the last one that is asked for are not looked at. */
  readonly #isLastAsked: boolean;
  readonly #found: FoundCells;
  #scratch: Text = textOf(Buffer.alloc(4096));

  /** `columns` as the header has them; `fields` as they are asked for. */
  constructor(columns: readonly string[], fields: readonly string[]) {
    this.#fieldOf = Int32Array.from(columns, (name) => fields.indexOf(name));
    this.#lastColumn = this.#fieldOf.reduce((last, field, column) => (field < 0 ? last : column), -1);
    this.#isLastAsked = this.#lastColumn === columns.length - 1;
    const [from, to] = [new Int32Array(fields.length), new Int32Array(fields.length)];
    this.#found = { text: this.#scratch, from, to };
  }

  /**
   * The cells of the row in `[from, to)`, line end included; undefined when it has too few or too many. Valid
   * until the next call.
   */
  find(text: Text, from: number, to: number): FoundCells | undefined {
    const end = endOfRow(text.bytes, from, to);
    const found = this.#found;
    found.text = text;
    const { bytes } = text;
    const last = this.#lastColumn;
    let escapes = false;
    let at = from;
    for (let column = 0; column <= last; column++) {
      const field = this.#fieldOf[column] as number;
      let cellFrom = at;
      let cellTo: number;
      if (at < end && bytes[at] === quote) {
        cellFrom++;
        cellTo = bytes.indexOf(quote, cellFrom);
        while (cellTo >= 0 && cellTo + 1 < end && bytes[cellTo + 1] === quote) {
          if (field >= 0) escapes = true;
          cellTo = bytes.indexOf(quote, cellTo + 2);
        }
        if (cellTo < 0 || cellTo > end) cellTo = end;
        at = nextComma(text, cellTo, end);
      } else {
        at = cellTo = nextComma(text, at, end);
      }
      if (field >= 0) {
        found.from[field] = cellFrom;
        found.to[field] = cellTo;
      }
      if (at >= end && column < last) return undefined;
      at++;
    }
    if (this.#isLastAsked && at <= end) return undefined;
    return escapes ? this.#unescape(found) : found;
  }

  /** Copies the cells, doubled quotes as one. */
  #unescape({ text, from, to }: FoundCells): FoundCells {
    const { bytes } = text;
    const needed = to.reduce((sum, end, field) => sum + end - (from[field] as number), 0);
    if (needed > this.#scratch.bytes.length) this.#scratch = textOf(Buffer.alloc(2 * needed));
    const scratch = this.#scratch.bytes;
    let at = 0;
    for (let field = 0; field < from.length; field++) {
      const start = at;
      for (let source = from[field] as number; source < (to[field] as number); source++) {
        const byte = bytes[source] as number;
        scratch[at++] = byte;
        if (byte === quote && bytes[source + 1] === quote) source++;
      }
      from[field] = start;
      to[field] = at;
    }
    this.#found.text = this.#scratch;
    return this.#found;
  }
}

function endOfRow(bytes: Buffer, from: number, to: number): number {
  const end = to - 1;
  return end > from && bytes[end - 1] === carriageReturn ? end - 1 : end;
}
