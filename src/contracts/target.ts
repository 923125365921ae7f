/** What a target promises, a vendor endpoint that takes rows, and what it requires of them. */
import type { Answer, Body, JobState, Receipt, Retry, Settled } from '../records.ts';

/** A field of a row that holds a time. */
export interface TimeField {
  path: string;
  /** How the vendor wants it: ISO 8601 text (the default), or whole milliseconds since the epoch. */
  writes?: 'iso' | 'epoch-ms';
  /** Top-level keys to take the time from when `path` is missing: the first that holds one. */
  aliases?: readonly string[];
  /** Rows older than this may be refused; they are counted under `oldReason`. */
  oldAfterMs?: number;
  oldReason?: string;
}

/**
 * The type of a field. A `header-list` is a list of objects with `name` and `value`, a `header-map` maps
 * names to texts. A value of another type that says the same is converted and counted.
 */
export type FieldType = 'text' | 'integer' | 'object' | 'header-list' | 'header-map';

/** What a target requires of a row, as data for shaping/. Key paths are dotted. */
export interface RowShape {
  /** Required keys, and the reason code of rows without them. */
  required: readonly {
    path: string;
    when?: string;
    type?: 'string' | 'integer' | 'object';
    reason: string;
    /** The option that gives it to all rows: `--event-type NAME`. */
    hint?: string;
  }[];
  /** Keys that rows may lack, though they say little then. */
  wanted?: readonly string[];
  /** Top-level keys that are taken for a place that has nothing, as the vendor's hook does. */
  aliases?: Readonly<Record<string, readonly string[]>>;
  /** Names under which tables and logs carry what belongs to a place: in lower case, without separators, the likeliest first. */
  columnNames?: Readonly<Record<string, readonly string[]>>;
  /** Further top-level keys that the vendor knows, besides those that rules name. */
  fields?: readonly string[];
  /** Types that the vendor declares for fields. A value that is present has this type, or is null. */
  fieldTypes?: Readonly<Record<string, FieldType>>;
  /**
   * Further fields that hold text: what `--set` gives them is not parsed. `a.*` stands for every key in `a`,
   * `*` for every key that no rule names.
   */
  texts?: readonly string[];
  /** Top-level keys that are left out when they contain nothing but nulls. */
  optionalParts?: readonly string[];
  /** Exactly one of these top-level keys must be present. */
  oneOf?: { keys: readonly string[]; reason: string; hint?: string };
  /** Top-level keys that are sent under another name: `$pixel` as `$tracking_pixel`. */
  renames?: Readonly<Record<string, string>>;
  /** Fields that hold times. Each is checked and sent in one form. */
  times?: readonly TimeField[];
  /** Longer events are sent and counted under this code: the vendor truncates them. */
  long?: { overBytes: number; warning: string };
  /**
   * Top-level keys that must have exactly this value where they are present, else the row is rejected. They
   * are not sent.
   */
  fixed?: Readonly<Record<string, { value: string | null; reason: string }>>;
  /** Vendor hook on decoded rows: defaults, splits, legal names. */
  rebuild?: (row: Record<string, unknown>) => Rebuilt;
}

/**
 * What became of a row. One row may become several events (long text is split). When the only event is the
 * object that was passed in and no changes are named, the row leaves as its own bytes.
 */
export type Rebuilt =
  | { events: Record<string, unknown>[]; changes?: readonly string[]; warnings?: readonly string[] }
  | { reason: string; message: string };

export interface TargetLimits {
  /** Rows and bytes of one request. */
  rows: number;
  bytes: number;
  /** `raw`: `bytes` limits the uncompressed size, because the vendor counts that or the user chose a chunk size. */
  bytesCountAs: 'raw' | 'wire';
  /** Requests in flight at the same time. */
  uploads: number;
  /** How many chunks may be taken and not yet settled. */
  open: number;
}

/**
 * A vendor endpoint that takes rows. It asks and says what the answer means; it never repeats a request or
 * waits for a better answer. What ends the whole run (bad credentials, an unknown owner) it throws as a
 * Failure.
 */
export interface Target {
  /** `scarf`, `moesif`: also the folder of its wire fixtures. */
  vendor: string;
  /** The address that decides where rows go; part of the recipe. Holds no secret. */
  endpoint: string;
  /**
   * The field that takes an id; where it is missing it may be filled in. When every row has one, sending rows
   * twice is harmless.
   */
  idField?: string;
  limits: TargetLimits;
  shape: RowShape;
  /** Bytes before, between and after the rows of a body. */
  framing: { head: string; between: string; tail: string };
  /** Whether bodies are sent compressed. */
  gzip: boolean;
  /** Whether the vendor's reply to each row belongs into `--output`. */
  replies?: boolean;
  /** Throws a Failure `credentials` when there are none to send with, or none that could be sent. Asks the vendor nothing. */
  checkCredentials?(): void;
  send(body: Body, signal: AbortSignal): Promise<Answer>;
  /**
   * Active jobs of other clients, which occupy slots (at Scarf, active imports of the same owner). Asked
   * before the first send, and not when there is nothing to send.
   */
  countActiveElsewhere?(signal: AbortSignal): Promise<{ kind: 'active-elsewhere'; ids: string[] } | Retry>;
  /**
   * The state of all these jobs, in one request where the vendor allows it; `others` counts active jobs of
   * other clients.
   */
  pollJobs?(
    receipts: readonly Receipt[],
    signal: AbortSignal,
  ): Promise<{ kind: 'seen'; jobs: JobState[]; others: number } | Retry>;
  /** The outcome of a job that has ended. Reads its log only where that is needed. */
  judge?(job: JobState, events: number, signal: AbortSignal): Promise<Settled | Retry>;
}
