/** What a target promises, a vendor endpoint that takes rows, and what it demands of them. */
import type { Answer, Body, JobState, Receipt, Retry, Settled } from '../records.ts';

/** A place in a row where a time stands. */
export interface TimeField {
  path: string;
  /** What the vendor wants: ISO text (the default), or a whole number of milliseconds since the epoch. */
  writes?: 'iso' | 'epoch-ms';
  /** Top-level keys that become the time, the first of them that holds one, when the path has none. */
  aliases?: readonly string[];
  /** Beyond this age the vendor may refuse the row, under this code. */
  oldAfterMs?: number;
  oldReason?: string;
}

/**
 * What a field holds. A `header-list` has objects with `name` and `value`, a `header-map` texts by their names. A value
 * that says the same in another type is converted, and counted.
 */
export type FieldType = 'text' | 'integer' | 'object' | 'header-list' | 'header-map';

/** What a target demands of a row, as data for shaping/. Key paths are dotted. */
export interface RowShape {
  /** Keys that must be there, with the reason code of the reject when they are not. */
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
  /** Top-level keys by which a row is known, beside those that rules name. */
  fields?: readonly string[];
  /** Places whose type the vendor declares; what is there must be of it, or null. */
  fieldTypes?: Readonly<Record<string, FieldType>>;
  /** More places that hold texts: what is set there stays as it was typed. `a.*` stands for every key in `a`, `*` for all that no rule names. */
  texts?: readonly string[];
  /** Top-level keys that are left out when nothing but nulls is in them. */
  optionalParts?: readonly string[];
  /** Of these top-level keys exactly one must be there. */
  oneOf?: { keys: readonly string[]; reason: string; hint?: string };
  /** Top-level keys that are sent under another name: `$pixel` as `$tracking_pixel`. */
  renames?: Readonly<Record<string, string>>;
  /** Keys whose values are times: checked, and sent in one form. */
  times?: readonly TimeField[];
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
