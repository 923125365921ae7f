/** What a dataset promises, a vendor endpoint that gives rows. */
import type { Retry } from '../records.ts';

/** The type of a column, for outputs with types. Columns that the vendor does not publish are `text`. */
export type ColumnType = 'text' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'date' | 'json';

export interface Column {
  name: string;
  type: ColumnType;
  /** Published, but no row has had it so far. */
  isAbsent?: boolean;
}

/** Whole UTC days from `from` to `to`, both inclusive, as `2026-11-01`. */
export interface Days {
  from: string;
  to: string;
}

/** How rows are encoded: a CSV table with a header row, or one JSON object per line. */
export type RowEncoding = 'csv' | 'ndjson';

/** One request to a vendor: the rows of one source, for these days where the dataset has days. */
export interface DatasetRequest {
  source: string;
  days: Days | undefined;
}

export type DatasetReply =
  | {
      kind: 'rows';
      /** The rows as they arrive. The caller reads it to the end or destroys it; errors surface in the iteration. */
      body: AsyncIterable<Uint8Array> & { destroy(error?: Error): unknown };
      /**
       * The share of the answer that has been read, from 0 to 1, when so many bytes of the body were taken;
       * undefined where the answer does not say its length.
       */
      shareRead: ((takenBytes: number) => number) | undefined;
      /** The protocol marks the end of the body, so that an empty body is a complete answer. */
      framed: boolean;
      /** The answer identifies itself as the vendor's even without rows, so that no rows means there are none. */
      marked: boolean;
      /** Notes about the answer for the user, with a code such as `effective-window`. */
      notes: readonly { code: string; message: string }[];
    }
  /** The range is too long for one request: request its two halves. */
  | { kind: 'shorter'; message: string }
  | Retry;

/**
 * Rows that a vendor gives. `open` sends one request and says what the answer means; it never retries or
 * waits. What ends the whole run (bad credentials, an unknown owner) it throws as a Failure.
 */
export interface Dataset {
  /** `events`, `companies`: also the beginning of file names. */
  name: string;
  /** What decides which rows are returned: base URL, owner, selection. Holds no secret. */
  identity: Readonly<Record<string, unknown>>;
  encoding: RowEncoding;
  /** The published columns. Rows may have others. */
  columns: readonly Column[];
  /** Rows with the same value in this column are duplicates. */
  idColumn?: string;
  /** The column with the UTC time or day that decides which window a row belongs to. */
  timeColumn?: string;
  /** Requested one after the other for each window; a window is the rows of all of them. */
  sources: readonly string[];
  /** Undefined when the dataset has no days. */
  windows: WindowRules | undefined;
  open(request: DatasetRequest, signal: AbortSignal): Promise<DatasetReply>;
}

export interface WindowRules {
  maxDays: number;
  /**
   * Windows end on a boundary of such a period, so that no period is split. `never`: everything must fit into
   * one window.
   */
  align: 'day' | 'week' | 'month' | 'year' | 'never';
}
