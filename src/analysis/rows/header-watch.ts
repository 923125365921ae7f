/** Detects a header row among the rows of a table, as in files joined with `cat`. */
import { decodeCsvRow } from '../../replies/readers/csv-cells.ts';
import { kindOf, knownColumns } from './kinds.ts';

const quote = 0x22;

export class HeaderWatch {
  /** Per pair of letters: whether a header may begin with it. This rules out nearly all rows. */
  readonly headerPrefixes = new Uint8Array(65_536);

  /** `columns`: those of the table so far. */
  constructor(columns: readonly string[]) {
    for (const name of [...columns, ...knownColumns]) {
      const letters = Buffer.from(name);
      this.headerPrefixes[pairOf(letters, 0)] = 1;
    }
  }

  /** The names of the columns when the row in `[from, to)` is a header of an export; undefined otherwise. */
  columnsIn(bytes: Buffer, from: number, to: number): string[] | undefined {
    const at = bytes[from] === quote ? from + 1 : from;
    if (this.headerPrefixes[pairOf(bytes, at)] === 0) return undefined;
    const columns = decodeCsvRow(bytes, from, to);
    return kindOf(columns) === undefined ? undefined : columns;
  }
}

function pairOf(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
