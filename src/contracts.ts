/**
 * What each side promises the others: types and prose, no code that runs. A vendor, a format, an
 * input or a sink is written against this page, and tested by the suite in test/contracts/.
 */
import type { Retry, Answer, Block, Body, JobState, Range, Receipt, Reject, Settled } from './records.ts';

// ---------------------------------------------------------------------------------------- options

/**
 * How the text of an option is read. `byteSize` gives bytes (`32MiB`), `duration` milliseconds (`10s`),
 * `share` a `Share` (`10`, `5%`), `path` the name of a file or directory. Without a kind: `path` when the option says what
 * the path is for, `flag` when the flag takes no argument, else `text`.
 */
export type OptionKind = 'text' | 'flag' | 'count' | 'byteSize' | 'duration' | 'share' | 'path';

/** How a file that an earlier run wrote is told from one of somebody else. */
export interface Replaceable {
  /** `a report of scarf-cli` */
  name: string;
  /** Of its first bytes, as text. */
  beginning: RegExp;
  /** What to do about a file that is none. */
  hint: string;
}

/** What a path is to the command that an option gives it to; the guard over all paths of a command follows from it. */
export interface PathUse {
  /** `input` is read, `output` made, appended to or replaced; `state` is a directory with files of our own. */
  role: 'input' | 'output' | 'state';
  /** Endings of files that are written beside an output: `.meta.ndjson`. */
  beside?: readonly string[];
  /** Names in a state directory that are kept for us. Elsewhere in it others may put what they like. */
  kept?: readonly string[];
  /** Of an output: what alone is replaced without a word; absent: whatever stands there. */
  replaces?: Replaceable;
  /** Whether a text names a file at all: not `-`, and no address. Absent: every text does. */
  isFile?(text: string): boolean;
}

/** So many rows, or such a part (0 to 1) of all rows. */
export type Share = { count: number } | { share: number };

/**
 * A flag, declared once as data: the command line, the environment, help and docs follow from it.
 * A value is looked for in the flag, then the environment names in order, then the profile, then the default.
 */
export interface OptionSpec<T = unknown> {
  /** The key in the settings object. */
  name: string;
  /**
   * As commander writes it: `--max-active <n>`; `--no-wait` (then `--wait` is understood too); absent
   * when only the environment sets it.
   */
  flags?: string;
  /** For a secret: the flag that names a file with the value, as commander writes it: `--token-file <path>`. It is read only. */
  fileFlags?: string;
  environment?: readonly string[];
  description: string;
  default?: T;
  choices?: readonly string[];
  kind?: OptionKind;
  /** Of a path: what it is for. */
  path?: PathUse;
  /** The least that a count, size or duration may be. */
  minimum?: number;
  /** The flag may be given several times; the value is an array. */
  repeatable?: boolean;
  /** Reads what no kind does. Throws an Error with a sentence about the value; the caller names the flag or variable. */
  parse?(text: string, previous: T | undefined): T;
  /** The value never appears in any output. Secrets have no flag. */
  secret?: boolean;
  /** Whether the value decides which bytes leave and where to: part of the recipe. */
  recipe?: boolean;
}

// ----------------------------------------------------------------------------------------- inputs

/**
 * Bytes of an input in memory that is used again: valid until `release()`, called exactly once. A reader
 * has at most six slots out: a reader that keeps six and asks for a seventh waits until one is released.
 */
export interface BufferSlot {
  bytes: Uint8Array;
  /** Offset of `bytes[0]` in the decompressed input. */
  offset: number;
  release(): void;
}

/**
 * Something that can be read again by range. What cannot (stdin, a FIFO) is spooled as it is read and
 * then can. All offsets are in the decompressed bytes.
 */
export interface Input {
  /** As the user wrote it: a path, or `-`. */
  path: string;
  /** Bytes on disk, compressed if they are; undefined for a pipe. For progress and ETA. */
  sourceBytes: number | undefined;
  /** Bytes on disk that have been read so far by the furthest reader. */
  readSourceBytes(): number;
  /** A `stream` (standard input, a FIFO) can be read again only from its spool. */
  kind: 'file' | 'gzip' | 'stream';
  /**
   * Slots of 1 to 2 MiB from `from` to the end, or to `to`. May be called again and for any range,
   * also while another reader is at work. Throws a Failure of kind `local` when the bytes cannot be
   * had; bytes that were read before that are delivered first (a truncated gzip gives its whole rows).
   */
  read(from: number, to?: number): AsyncIterable<BufferSlot>;
  /** Bytes before `offset` will not be asked for again: a spool may drop them. */
  settledUpTo(offset: number): Promise<void>;
  close(): Promise<void>;
}

// ---------------------------------------------------------------------------------------- formats

/**
 * Where a scanner reports the rows that it finds, in order. Offsets are into the bytes given; of a row that
 * was passed over they may be negative, since its beginning streamed by in earlier bytes.
 */
export interface RowSink {
  /** A whole row in `bytes[from, to)`, line end excluded. Returns false to ask the scanner to stop behind it. */
  row(from: number, to: number, line: number): boolean;
  /** A row that the format itself cannot read. `line` is where the trouble stands. Returns as `row` does. */
  bad(from: number, to: number, line: number, problem: RowProblem): boolean;
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
  name: 'ndjson' | 'csv' | 'tsv' | 'json' | 'text';
  /** A scanner for one pass over one range. Throws a Failure `usage` for an input that is not in this format. */
  scanner(start: ScanStart): RowScanner;
  /** Of a table: the same format, its columns arranged as told. */
  rearranged?(arrange: Arrange): Format;
  /** Bytes that a rejects file begins with, so that it can be given to the command again (a CSV header). */
  preamble(head: Uint8Array): Uint8Array;
}

// ---------------------------------------------------------------------------------------- shaping

/** What a target demands of a row, as data for shaping/. Key paths are dotted. */
export interface RowShape {
  /** Keys that must be there, with the reason code of the reject when they are not. */
  required: readonly {
    path: string;
    when?: string;
    type?: 'string' | 'integer' | 'object';
    reason: string;
  }[];
  /** Of these top-level keys exactly one must be there. */
  oneOf?: { keys: readonly string[]; reason: string };
  /** Top-level keys that are sent under another name: `$pixel` as `$tracking_pixel`. */
  renames?: Readonly<Record<string, string>>;
  /** A key whose value is a time: checked, and numbers are sent as ISO text. */
  time?: { path: string; oldAfterMs?: number; oldReason: string };
  /** Longer events are sent, and counted under this code: the vendor does not keep them whole. */
  long?: { overBytes: number; warning: string };
  /** Top-level keys that, when there, must hold exactly this text, else the row is a reject; then left out. */
  fixed?: Readonly<Record<string, { value: string | null; reason: string }>>;
  /** Vendor hook on decoded rows: defaults, splits, legal names. */
  rebuild?: (row: Record<string, unknown>) => Rebuilt;
}

/**
 * One row may become several events (a long text is split). When the only event is the very object that was given,
 * and no changes are named, the row leaves with its own bytes.
 */
export type Rebuilt =
  | { events: Record<string, unknown>[]; changes?: readonly string[]; warnings?: readonly string[] }
  | { reason: string; message: string };

/** Limits on one block, so that a chunk is whole blocks. */
export interface BlockLimits {
  maxRows: number;
  maxBytes: number;
}

/**
 * The rows of one input as they leave, again and again: reading the same range twice gives the same
 * bytes, ids included. Made of an Input, a Format and the shaping that the command asked for.
 */
export interface Supply {
  input: Input;
  /** Blocks that cover `[from, to)` (to the end when `to` is undefined) without gaps. */
  blocks(range: { from: number; to?: number; line: number }, limits: BlockLimits): AsyncIterable<Block>;
  /** The ranges of the events with these (ascending) indexes in what `range` produces. */
  locate(range: Range, events: readonly number[]): Promise<Range[]>;
  /** The bytes of a row, verbatim, for the rejects file; each piece is valid until the next is asked for. */
  verbatim(reject: Pick<Reject, 'from' | 'to'>): AsyncIterable<Uint8Array>;
}

// ---------------------------------------------------------------------------------------- targets

export interface TargetLimits {
  /** Rows and bytes of one request. */
  rows: number;
  bytes: number;
  /** `raw`: the vendor counts uncompressed bytes, or the user set a chunk size. */
  bytesCountAs: 'raw' | 'wire';
  /** Requests in flight at once. */
  uploads: number;
  /** Chunks taken and not yet settled, at most. */
  open: number;
}

/**
 * A vendor endpoint that takes rows. It never retries, never waits and never sleeps: it asks once and
 * says what the answer means. What ends the whole run (credentials, a wrong owner) it throws as a Failure.
 */
export interface Target {
  /** `scarf`, `moesif`: also the folder of its wire fixtures. */
  vendor: string;
  /** Method-less address that decides where rows go; part of the recipe. Holds no secret. */
  endpoint: string;
  /** The field that takes an id, filled where missing; with an id in every row, sending twice is harmless. */
  idField?: string;
  limits: TargetLimits;
  shape: RowShape;
  /** What stands around and between the rows of one body. */
  framing: { head: string; between: string; tail: string };
  /** Whether bodies are compressed. */
  gzip: boolean;
  /** Whether a reply per row is wanted in `--output`. */
  replies?: boolean;
  send(body: Body, signal: AbortSignal): Promise<Answer>;
  /** Active chunks of other runs, which take upload slots (Scarf: active imports of the owner). Asked once, before the first send. */
  countActiveElsewhere?(signal: AbortSignal): Promise<{ kind: 'active-elsewhere'; ids: string[] } | Retry>;
  /** The state of all these jobs, in one call where the vendor allows it. */
  pollJobs?(
    receipts: readonly Receipt[],
    signal: AbortSignal,
  ): Promise<{ kind: 'seen'; jobs: JobState[]; others: number } | Retry>;
  /** The last word about a job that ended; reads its log where needed. */
  judge?(job: JobState, events: number, signal: AbortSignal): Promise<Settled | Retry>;
}
