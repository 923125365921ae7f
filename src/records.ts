/**
 * The nouns everybody speaks. This file imports nothing of ours.
 *
 * Offsets are bytes in the decompressed input, lines count from 1, ranges are half open.
 */

/** Bytes `[from, to)` of a decompressed input. `line` is the line number at `from`. */
export interface Range {
  from: number;
  to: number;
  line: number;
}

/** A row that cannot be delivered. Its bytes stay in the input, at `[from, to)`, its line end excluded. */
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

/** How rows were changed on their way, each counted in rows. Keys are short codes: `id-filled`. */
export type Changes = Record<string, number>;

/**
 * Whole rows of one input as the bytes that leave. The unit of the hot path, and atomic: a chunk is
 * made of whole blocks. Covers `range` without gaps, blank lines and rejected rows included.
 */
export interface Block {
  input: number;
  range: Range;
  /** Line number at `range.to`. */
  nextLine: number;
  /** The rows, each ended by one newline. Valid until `release()`. */
  bytes: Uint8Array;
  /** Rows of the input in `bytes`. */
  rows: number;
  /** Events in `bytes`, one a line: more than `rows` where a target splits rows. */
  events: number;
  /** Rows of the range that stay behind. */
  rejects: Reject[];
  /** CRC-32 of the input's bytes in `range`. */
  crc32: number;
  /** CRC-32 of `bytes`, where it is known: they are the very bytes of `range`. */
  bytesCrc32?: number;
  /** Rows in `bytes` without an id in the target's id field. Zero: sending twice is harmless. */
  withoutId: number;
  changes: Changes;
  /** Counted observations that are no change and no reject: `old-event`. */
  warnings: Changes;
  /** Gives the memory behind `bytes` back. Called exactly once by whoever consumes the block. */
  release(): void;
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

/** A request body that can be sent again and again until it is freed. */
export interface Body {
  /** In order; together the whole body, compressed where `encoding` says so. */
  segments: readonly Uint8Array[];
  /** Length on the wire. */
  byteLength: number;
  /** Length before compression. */
  rawLength: number;
  encoding: 'gzip' | 'identity';
  /** Events in the body. */
  events: number;
}

/** Whether a request that failed may have been taken by the vendor all the same. */
export type Taken = 'no' | 'maybe';

/** An event the vendor refused. `row` is its index in the body; absent when the vendor did not say which. */
export interface Rejection {
  row?: number;
  reason: string;
  message: string;
}

/** Refusals in the order of their rows, those without one last; a list, or what takes less memory for a million. */
export interface Rejections {
  readonly length: number;
  at(index: number): Rejection | undefined;
}

/** A vendor's handle for work it has taken and not yet judged. */
export interface Receipt {
  id: string;
}

/** The vendor's last word about a body. `accepted + rejected + unknown` is the number of its events. */
export interface Settled {
  kind: 'settled';
  accepted: number;
  rejected: Rejections;
  unknown: number;
  /** Per event what the vendor replied, in order, for a target that answers rows. */
  replies?: Reply[];
  /** Events that the vendor's own counters leave out; a warning, not a failure. */
  unaccounted?: number;
  /** Short codes with counts, told and summed up: `feature-error`. */
  warnings?: Changes;
  /** The job, when the vendor ended it in the same reply that took it. */
  job?: { id: string; fields: Record<string, unknown> };
  /** The vendor ended the job before it was done; its events are among `unknown`. */
  aborted?: boolean;
}

/** One vendor reply to one event. */
export interface Reply {
  row: number;
  body: unknown;
}

/** Try the same request again. */
export interface Retry {
  kind: 'retry';
  taken: Taken;
  /**
   * `busy`: the vendor has no room (429, "too many active imports"): waits, does not count as a retry.
   * `session`: the target has changed how it asks (new login, other content type): at once, at most a
   * few in a row. `transient`: counts against `--retries`.
   */
  why: 'busy' | 'session' | 'transient';
  /** How long the vendor asks us to wait. */
  waitMs?: number;
  /** What happened, for people: `503 Service Unavailable`. */
  message: string;
  status?: number;
}

/** What a target says of one request. What ends the whole run is thrown as a Failure. */
export type Answer =
  | Settled
  /** Taken. `job` is there when the reply told its state: one that has ended needs no poll, only judgement. */
  | { kind: 'pending'; receipt: Receipt; status: number; job?: JobState }
  /** May pass in pieces. `reason` is that of a row that cannot be cut any further. */
  | { kind: 'smaller'; reason: string; message: string }
  | Retry
  | { kind: 'refused'; reason: string; message: string };

/** Progress of one job as the vendor reports it. */
export interface JobState {
  id: string;
  state: 'open' | 'done' | 'aborted' | 'missing';
  /** The vendor's own words: `status`, `events_total` and the like, passed through to reports. */
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

/** So many rows, or such a part (0 to 1) of all rows. */
export type Share = { count: number } | { share: number };
