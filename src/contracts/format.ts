/** What an input format promises: rows found in bytes. */

/**
 * Where a scanner reports the rows that it finds, in order. Offsets are into the bytes given; of a row that
 * was passed over they may be negative, since its beginning streamed by in earlier bytes.
 */
export interface RowSink {
  /** A whole row in `bytes[from, to)`, line end excluded. Returns false to ask the scanner to stop behind it. */
  row(from: number, to: number, line: number): boolean;
  /** A row that the format itself cannot read. `line` is where the trouble stands. Returns as `row` does. */
  bad(from: number, to: number, line: number, problem: RowProblem): boolean;
  /** Something about the row that comes next, counted under this code. */
  warn?(code: string): void;
  /** A row that was passed over. Returns as `row` does. */
  tooLong(from: number, to: number, line: number): boolean;
  /**
   * Takes many lines at once, from the one that begins at `from`, as long as each is a row that needs no decision, and
   * says how many and where they end. Which one comes next is for the scanner to find out, and for `row`.
   */
  lines?(from: number, to: number): Readonly<LineRun>;
}

/** Whole lines, line ends included. */
export interface LineRun {
  count: number;
  end: number;
}

/** Why a row cannot be delivered. */
export interface RowProblem {
  /** Counts characters from 1, in the row's line. */
  column?: number;
  /** A short code in kebab case: `not-json`. */
  reason: string;
  message: string;
}

/**
 * Cuts bytes into rows. Keeps no bytes; what it keeps (a line number,
 * a header, "inside a row too long") is for one pass over one range.
 */
export interface RowScanner {
  /**
   * Scans `bytes[from, to)`. Returns the offset of the first byte not consumed: the start of an incomplete
   * row, or where the sink said stop. Bytes not consumed come again, with more behind them.
   */
  scan(bytes: Buffer, region: Region, sink: RowSink): number;
  /** The line number at the first byte not consumed. */
  readonly line: number;
  /**
   * The row that was reported last as the text of one JSON object without line ends, where its own bytes are
   * none. Valid until the next call.
   */
  toJson?(bytes: Buffer, from: number, to: number): RowText;
  /**
   * The incomplete row is longer than `--max-row`: the same bytes are given once more, and it passes over the
   * row as it streams by, keeping none of it. Where the row ends it tells the sink.
   */
  passRow(): void;
}

/** A JSON text: `bytes[from, to)`. */
export interface RowText {
  bytes: Buffer;
  from: number;
  to: number;
}

/** What a scanner looks at: `[from, to)`. `final`: nothing follows, an unterminated last row counts. */
export interface Region {
  from: number;
  to: number;
  final: boolean;
}

/** Where a pass begins and ends. */
export interface ScanStart {
  /** It begins with the input. */
  atStart: boolean;
  /** It ends with the input: what is not closed then never will be. */
  toEnd: boolean;
  line: number;
  /** The first bytes of the input, where a header stands; empty when the pass begins with the input. */
  head: Buffer;
}

/** A place in the rows of a table, named as in a header, and what stands there: a column's cell or a fixed value. */
export type ArrangedCell = { path: string; column: number } | { path: string; value: unknown };

/** Tells where the columns of a table go, by the names in its header. */
export type Arrange = (names: readonly string[]) => readonly ArrangedCell[];

export interface Format {
  name: 'ndjson' | 'csv' | 'tsv' | 'json' | 'text' | 'log';
  /** What was found out about the input and decides how it is read: sentences for people. */
  notes?: readonly string[];
  /** A scanner for one pass over one range. Throws a Failure `usage` for an input that is not in this format. */
  scanner(start: ScanStart): RowScanner;
  /** Of a table: what stands between its cells, which not every header tells. */
  delimiter?: string;
  /** Of a log: the names that are given to its cells, which not every line has. */
  columns?: readonly string[];
  /** Of a table: the same format, its columns arranged as told. */
  rearranged?(arrange: Arrange): Format;
  /** Bytes that a rejects file begins with, so that it can be given to the command again (a CSV header). */
  preamble(head: Uint8Array): Uint8Array;
}
