/** What a dataset promises, a vendor endpoint that gives rows. */
import type { Retry } from '../records.ts';

/** How a column is typed where the output has types; a column nobody published is `text`. */
export type ColumnType = 'text' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'date' | 'json';

export interface Column {
  name: string;
  type: ColumnType;
  /** Published, but in no row so far. */
  isAbsent?: boolean;
}

/** Whole UTC days from `from` to `to`, both inclusive, as `2026-11-01`. */
export interface Days {
  from: string;
  to: string;
}

/** How rows are written down: a CSV table with a header row, or one JSON object a line. */
export type RowEncoding = 'csv' | 'ndjson';

/** One question to a vendor: the rows of one source, of these days where the dataset has days. */
export interface DatasetRequest {
  source: string;
  days: Days | undefined;
}

export type DatasetReply =
  | {
      kind: 'rows';
      /** The rows as they come. Read to the end or destroyed by the caller; errors surface in the iteration. */
      body: AsyncIterable<Uint8Array> & { destroy(error?: Error): unknown };
      /** The end of the body is marked by the protocol, so that an empty body is an answer. */
      framed: boolean;
      /** It shows whose answer it is before its first row, so that one without rows means that there are none. */
      marked: boolean;
      /** What the user should know of the answer: `effective-window`. */
      notes: readonly { code: string; message: string }[];
    }
  /** The range is too long for one request: ask for its halves. */
  | { kind: 'shorter'; message: string }
  | Retry;

/**
 * Rows that a vendor gives. Asks once per `open` and says what the answer means; never retries or
 * waits. What ends the whole run (credentials, a wrong owner) it throws as a Failure.
 */
export interface Dataset {
  /** `events`, `companies`: also the beginning of file names. */
  name: string;
  /** What decides which rows come: base URL, owner, selection. Holds no secret. */
  identity: Readonly<Record<string, unknown>>;
  encoding: RowEncoding;
  /** The published columns; others may come. */
  columns: readonly Column[];
  /** Rows repeat under the same value of this column. */
  idColumn?: string;
  /** Holds the UTC time or day by which a row belongs to a window. */
  timeColumn?: string;
  /** Asked one after the other for each window; their rows together are the window. */
  sources: readonly string[];
  /** Undefined: the dataset has no days. */
  windows: WindowRules | undefined;
  open(request: DatasetRequest, signal: AbortSignal): Promise<DatasetReply>;
}

export interface WindowRules {
  longestDays: number;
  /** Windows end where such a bucket ends, so that none is cut in two. `never`: only one window is possible. */
  align: 'day' | 'week' | 'month' | 'year' | 'never';
}
