/** What an input format promises: finds rows in bytes. */

/**
 * Receives the rows that a scanner finds, in order. Offsets are into the bytes passed to `scan`; those of a
 * skipped row may be negative, because its beginning was in earlier bytes.
 */
export interface RowSink {
  /** A whole row in `bytes[from, to)`, line end excluded. Returns false to make the scanner stop after it. */
  row(from: number, to: number, line: number): boolean;
  /** A row that the format cannot parse; `line` is the line of the error. Returns like `row`. */
  bad(from: number, to: number, line: number, problem: RowProblem): boolean;
  /** A remark about the next row, counted under this code. */
  warn?(code: string): void;
  /** A row that was skipped because it is too long. Returns like `row`. */
  tooLong(from: number, to: number, line: number): boolean;
  /**
   * A fast path: takes as many rows from `from` on as need no decision, and says how many and where they end.
   * The scanner goes on from there.
   */
  lines?(from: number, to: number): Readonly<LineBatch>;
}

/** Whole rows, line ends included. `lines`: how many they take, which is more than `count` where cells have line ends. */
export interface LineBatch {
  count: number;
  lines: number;
  end: number;
}

/** Why a row cannot be delivered. */
export interface RowProblem {
  /** Character position in the line, counted from 1. */
  column?: number;
  /** A short code in kebab case, such as `not-json`. */
  reason: string;
  message: string;
}

/**
 * Splits bytes into rows. Keeps no bytes; its state (line number, header, "inside a row that is too long") is
 * for one pass over one range.
 */
export interface RowScanner {
  /**
   * Scans `bytes[from, to)` and returns the offset of the first byte not consumed: the start of an incomplete
   * row, or where the sink stopped it. Those bytes are passed again, followed by more.
   */
  scan(bytes: Buffer, region: Region, sink: RowSink): number;
  /** Line number of the first byte not consumed. */
  readonly line: number;
  /**
   * The last reported row as one JSON object without line ends, for formats whose rows are not JSON
   * themselves. Valid until the next call.
   */
  toJson?(bytes: Buffer, from: number, to: number): RowText;
  /**
   * For tables: how to read plain records without the scanner. Undefined before the header was read, and where
   * no record is plain.
   */
  readonly table?: PlainTable | undefined;
  /**
   * The incomplete row exceeds `--max-row`. The same bytes are passed once more; the scanner skips the row
   * without keeping any of it and reports where it ends with `tooLong`.
   */
  passRow(): void;
}

/** How records of a table are read and written where neither needs a decision. */
export interface PlainTable {
  /** The byte between cells, and the one around them, where there is one. */
  delimiter: number;
  quote: number | undefined;
  /** White space around cells is left out. */
  trims: boolean;
  /** A record that begins with this byte may be a comment. */
  comment: number | undefined;
  columns: number;
  /** What an empty cell becomes: nothing, `null`, or an empty text. */
  empty: 'omit' | 'null' | 'string';
  /** Texts of unquoted cells that are as good as empty, though never an empty text. */
  nulls: readonly Uint8Array[];
  members: readonly TableMember[];
}

/** One member of the object that a record becomes: the text of a cell, or a value as JSON. */
export interface TableMember {
  key: string;
  /** `,"key":`, and the quote that opens the text of a cell. */
  prefix: Uint8Array;
  value: { column: number } | { json: Uint8Array };
}

/** A JSON text: `bytes[from, to)`. */
export interface RowText {
  bytes: Buffer;
  from: number;
  to: number;
}

/**
 * The bytes to scan: `[from, to)`. `final`: nothing follows, so an unterminated last row counts. `mayGrow`: more may follow later, so
 * that a last value that is not whole is left where it begins.
 */
export interface Region {
  from: number;
  to: number;
  final: boolean;
  mayGrow?: boolean;
}

/** Where a pass over an input begins and ends. */
export interface ScanStart {
  /** The pass starts at the beginning of the input. */
  atStart: boolean;
  /** The pass runs to the end of the input: what is not closed by then never will be. */
  toEnd: boolean;
  line: number;
  /** The first bytes of the input, which may hold a header. Empty when the pass starts at the beginning. */
  head: Buffer;
  /** Some bytes in front of a pass to the end, where its format reads them (`readsBefore`). Absent: not known. */
  before?: Buffer;
}

/** The description of a table for other threads. */
export interface DivisibleTable {
  /** The byte around cells, where there is one. */
  quote: number | undefined;
  /** Everything needed to recreate the format, as data: the options of `createTableFormat`. */
  options: unknown;
}

/** One output field of a table row: `path` names it, and its value is a column's cell or constant. */
export type ArrangedCell = { path: string; column: number } | { path: string; value: unknown };

/** Maps the columns of a table, by their header names, to output fields. */
export type Arrange = (names: readonly string[]) => readonly ArrangedCell[];

export interface Format {
  name: 'ndjson' | 'csv' | 'tsv' | 'json' | 'text' | 'log';
  /** What was detected about the input and decides how it is read: sentences for the user. */
  notes?: readonly string[];
  /** Whether what stands in front of a pass decides if the input may end there. */
  readsBefore?: true;
  /** A scanner for one pass over one range. Throws a Failure `usage` when the input is not in this format. */
  scanner(start: ScanStart): RowScanner;
  /** Of a table: what stands between its cells, which not every header tells. */
  delimiter?: string;
  /** Of a log: the names that are given to its cells, which not every line has. */
  columns?: readonly string[];
  /** Of a table whose records can be told apart by counting quotes. */
  divisible?: DivisibleTable;
  /** For tables: the same format with its columns arranged by `arrange`. */
  rearranged?(arrange: Arrange): Format;
  /** What a rejects file must begin with so that it can be imported again (a CSV header). */
  preamble(head: Uint8Array): Uint8Array;
}
