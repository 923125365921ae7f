/** What retrieval hands to a sink: the rows of one window, and those rejected. */
import type { Column, Days, RowEncoding } from './dataset.ts';

/** Rows of one window, whole and on disk, as the vendor wrote them, under one header. */
export interface Partition {
  /** The day of all its rows, where rows are split by day. */
  day: string | undefined;
  encoding: RowEncoding;
  columns: readonly Column[];
  /** A file that holds these rows and nothing else; a sink may take it away. Undefined: it has no name. */
  path: string | undefined;
  rows: number;
  /** Header included. */
  bytes: number;
  /** Length of the header row at its beginning. */
  headerBytes: number;
  /** The bytes from `from` on, up to `to` or the end. */
  read(from: number, to?: number): AsyncIterable<Uint8Array>;
}

/** `rows`: more whole rows. `whole`: that was all. `withdrawn`: what was told before does not hold any more. */
export type TailStep = { kind: 'rows'; from: number; to: number } | { kind: 'whole' } | { kind: 'withdrawn' };

/** The first partition of a window while its rows still come. */
export interface GrowingPartition {
  /** Its rows and bytes are those of the moment. */
  partition: Partition;
  /** Waits for more rows. */
  next(): Promise<TailStep>;
}

/** Rows that are not written, under one header, with a line of NDJSON about each. */
export interface RejectedRows {
  header: Uint8Array;
  rows?: Uint8Array;
  notes?: Uint8Array;
  count: number;
}

export interface RejectMark {
  lengths: Readonly<Record<string, number>>;
  rows: number;
  received: number;
}

/** Where rows go that are not written. */
export interface RejectStore {
  /** So many rows are about to be written or rejected. */
  expect(received: number): void;
  /** Throws a Failure when there are more than the user allows. */
  append(rejected: RejectedRows): Promise<void>;
  /** A point to which `cutTo` goes back. */
  mark(): RejectMark;
  cutTo(mark: RejectMark): Promise<void>;
  /** Resolves when they are on disk. */
  flush(): Promise<void>;
}

/** A window that was received whole. */
export interface PulledWindow {
  /** Undefined where the dataset has no days, and for rows kept from an earlier run. */
  days: Days | undefined;
  partitions: readonly Partition[];
  /** The day of the newest row that came; undefined: none with a time did. */
  newest: string | undefined;
  /**
   * Of these the vendor's answer was empty every time, without the header that even a table of no rows has: they are
   * not read. Undefined stands for everything, where the dataset has no days.
   */
  unread: readonly (Days | undefined)[];
  /** Of these the answer had no byte, where no header is due: as good as no rows, but no ground to give up any. */
  bare: readonly (Days | undefined)[];
}
