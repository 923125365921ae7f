/**
 * The shared nouns. Imports nothing of ours.
 *
 * Offsets are bytes in the decompressed input, lines count from 1, ranges are half open.
 */

/** Bytes `[from, to)` of a decompressed input. `line` is the line number at `from`. */
export interface Range {
  from: number;
  to: number;
  line: number;
}

/** Bytes `[from, to)` of an input that is divided among processes; without `to`, to its end. */
export interface Span {
  from: number;
  to?: number;
}

/** A row that cannot be delivered. Its bytes stay in the input at `[from, to)`, line end excluded. */
export interface Reject {
  /** Index of the input in this run. */
  input: number;
  from: number;
  to: number;
  line: number;
  column?: number;
  /** A short code in kebab case, by which rejects are grouped: `not-json`, `time-missing`. */
  reason: string;
  message: string;
  source: 'local' | 'server';
}

/** How many rows were changed in which way, by short codes such as `id-filled`. */
export type Changes = Record<string, number>;

/**
 * Whole rows of one input as the bytes that are sent. The unit of the hot path, and atomic: a chunk is made
 * of whole blocks. Covers `range` without gaps, blank lines and rejected rows included.
 */
export interface Block {
  input: number;
  range: Range;
  /** Line number at `range.to`. */
  nextLine: number;
  /** The rows, each ended by one newline. Valid until `release()`. Empty when they come deflated, or not at all. */
  bytes: Uint8Array;
  /** The rows in the form that leaves. Only from a supply that was asked for it. */
  deflated?: Deflated;
  /** The length of the rows where they do not come at all. Only from a supply that was asked for no more. */
  measuredLength?: number;
  /** Rows of the input in `bytes`. */
  rows: number;
  /** Events in `bytes`, one per line: more than `rows` where the target splits rows. */
  events: number;
  /** Rows of the range that stay behind. */
  rejects: Reject[];
  /** CRC-32 of the input's bytes in `range`. */
  crc32: number;
  /** CRC-32 of `bytes`; known only when they are exactly the bytes of `range`. */
  bytesCrc32?: number;
  /** Rows in `bytes` without an id in the target's id field. Zero: sending twice is harmless. */
  withoutId: number;
  changes: Changes;
  /** Counts of observations that neither change nor reject a row, such as `old-event`. */
  warnings: Changes;
  /** The day of each event in `bytes`, in days since 1970-01-01 (UTC), or `NO_DAY`; absent unless days are counted. */
  days?: Int32Array;
  /** Releases the memory of `bytes`. The consumer of the block calls it exactly once. */
  release(): void;
}

/** In place of the day of an event that has no time. */
export const NO_DAY = -(2 ** 31);

/** Rows as raw deflate that ends in a sync flush: such parts can be joined. Valid until the block is released. */
export interface Deflated {
  bytes: Uint8Array;
  /** Length before compression. */
  rawLength: number;
  /** CRC-32 before compression. */
  crc32: number;
}

/** A part of a chunk: one contiguous range of one input. */
export interface Piece {
  input: number;
  range: Range;
  nextLine: number;
  rows: number;
  /** Rows of the range that stay behind. */
  rejected: number;
  events: number;
  crc32: number;
  bytes: number;
}

/** A request body that can be sent repeatedly until it is freed. */
export interface Body {
  /** The body in order, compressed as `encoding` says. */
  segments: readonly Uint8Array[];
  /** Length on the wire. */
  byteLength: number;
  /** Length before compression. */
  rawLength: number;
  encoding: 'gzip' | 'identity';
  /** Events in the body. */
  events: number;
}

/** Whether the vendor may have accepted a request that failed. */
export type Taken = 'no' | 'maybe';

/** An event that the vendor refused. `row` is its index in the body; absent when the vendor does not say which. */
export interface Rejection {
  row?: number;
  reason: string;
  message: string;
}

/**
 * Refusals ordered by row, those without a row last. Either a list, or something that takes less memory for a
 * million.
 */
export interface Rejections {
  readonly length: number;
  at(index: number): Rejection | undefined;
}

/** A vendor's handle for work that it has accepted and not yet judged. */
export interface Receipt {
  id: string;
}

/** The final outcome of a body. `accepted + rejected + unknown` is the number of its events. */
export interface Settled {
  kind: 'settled';
  accepted: number;
  rejected: Rejections;
  unknown: number;
  /** The vendor's reply to each event, in order, for targets that answer row by row. */
  replies?: Reply[];
  /** Events missing from the vendor's own counters; a warning, not a failure. */
  unaccounted?: number;
  /** Counts of warnings by short code, such as `feature-error`. */
  warnings?: Changes;
  /** The job, when the reply that accepted the body already ended it. */
  job?: { id: string; fields: Record<string, unknown> };
  /** The vendor aborted the job; its events are among `unknown`. */
  aborted?: boolean;
}

/** The vendor's reply to one event. */
export interface Reply {
  row: number;
  body: unknown;
}

/** The same request should be sent again. */
export interface Retry {
  kind: 'retry';
  taken: Taken;
  /**
   * `busy`: the vendor has no capacity (429, "too many active imports"); waiting does not count as a retry.
   * `session`: the target changed how it sends (new login, another content type); retried at once, a few
   * times in a row at most. `transient`: counts against `--retries`.
   */
  why: 'busy' | 'session' | 'transient';
  /** What the vendor has no capacity of, where its limit is on chunks taken and not settled: any that ends makes room. */
  lacks?: 'slot';
  /** How long the vendor asks us to wait, in milliseconds. */
  waitMs?: number;
  /** What happened, for the user: `503 Service Unavailable`. */
  message: string;
  status?: number;
  /** Of a job whose judgement may change: what it is if nobody asks once more. */
  otherwise?: Settled;
}

/** What a target says about one request. What ends the whole run is thrown as a Failure. */
export type Answer =
  | Settled
  /** Accepted. `job` is present when the reply includes its state: one that has ended needs no poll, only judgement. */
  | { kind: 'pending'; receipt: Receipt; status: number; job?: JobState }
  /** Too large, but may pass in smaller pieces. `reason` is for a row that cannot be split further. */
  | { kind: 'smaller'; reason: string; message: string }
  | Retry
  /**
   * Sending it again cannot help. `isUnjudged`: the request was refused whatever its rows, which an earlier one may
   * therefore have delivered.
   */
  | { kind: 'refused'; reason: string; message: string; isUnjudged?: boolean };

/** The state of one job as the vendor reports it. */
export interface JobState {
  id: string;
  state: 'open' | 'done' | 'aborted' | 'missing';
  /** The vendor's own fields (`status`, `events_total` and so on), passed through to reports. */
  fields: Record<string, unknown>;
}

/** The equation: read = accepted + rejected + skipped + pending + unknown + unsent. */
export interface Counts {
  read: number;
  accepted: number;
  rejected: number;
  skipped: number;
  pending: number;
  unknown: number;
  unsent: number;
}

/** A job in reports. */
export interface JobReport {
  id: string;
  status: string;
  rows: number;
  [field: string]: unknown;
}

/** A number of rows, or a share (0 to 1) of all rows. */
export type Share = { count: number } | { share: number };
