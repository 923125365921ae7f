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
  /** Cells after the last requested one are skipped. */
  readonly #isLastAsked: boolean;
  readonly #found: FoundCells;

  /** `columns` as the header has them; `fields` as they are asked for. */
  constructor(columns: readonly string[], fields: readonly string[]) {
    this.#fieldOf = Int32Array.from(columns, (name) => fields.indexOf(name));
    this.#lastColumn = this.#fieldOf.reduce((last, field, column) => (field < 0 ? last : column), -1);
    this.#isLastAsked = this.#lastColumn === columns.length - 1;
    const [from, to] = [new Int32Array(fields.length), new Int32Array(fields.length)];
    this.#found = { text: textOf(Buffer.alloc(0)), from, to };
  }

  /**
   * The cells of the row in `[from, to)`, line end included; undefined when it has too few or too many. Valid
   * until the next call. Unescapes doubled quotes in place, so a row can be read only once.
   */
  find(text: Text, from: number, to: number): FoundCells | undefined {
    const end = endOfRow(text.bytes, from, to);
    const found = this.#found;
    found.text = text;
    const { bytes } = text;
    const last = this.#lastColumn;
    let at = from;
    for (let column = 0; column <= last; column++) {
      const field = this.#fieldOf[column] as number;
      let cellFrom = at;
      let cellTo: number;
      let isEscaped = false;
      if (at < end && bytes[at] === quote) {
        cellFrom++;
        cellTo = nextQuote(bytes, cellFrom, end);
        while (cellTo + 1 < end && bytes[cellTo + 1] === quote) {
          isEscaped = field >= 0;
          cellTo = nextQuote(bytes, cellTo + 2, end);
        }
        at = nextComma(text, cellTo, end);
      } else {
        at = cellTo = nextComma(text, at, end);
      }
      if (field >= 0) {
        found.from[field] = cellFrom;
        found.to[field] = isEscaped ? unescape(bytes, cellFrom, cellTo) : cellTo;
      }
      if (at >= end && column < last) return undefined;
      at++;
    }
    if (this.#isLastAsked && at <= end) return undefined;
    return found;
  }
}

/** `end` when there is none. Quoted cells are short: calling `indexOf` takes longer. */
function nextQuote(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== quote) at++;
  return Math.min(at, end);
}

/** Moves what is behind a doubled quote one byte forward, within the cell; returns where the cell ends then. */
function unescape(bytes: Buffer, from: number, to: number): number {
  let at = from;
  for (let source = from; source < to; source++) {
    const byte = bytes[source] as number;
    bytes[at++] = byte;
    if (byte === quote && bytes[source + 1] === quote) source++;
  }
  return at;
}

function endOfRow(bytes: Buffer, from: number, to: number): number {
  const end = to - 1;
  return end > from && bytes[end - 1] === carriageReturn ? end - 1 : end;
}
