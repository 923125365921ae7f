/** What retrieval passes to a sink: the rows of one window, and rejected rows. */
import type { Column, Days, RowEncoding } from './dataset.ts';

export type LineEnd = 'unix' | 'windows';

/** Rows of one window, complete and on disk, as the vendor wrote them, under one header. */
export interface Partition {
  /** The day of all its rows, where rows are split by day. */
  day: string | undefined;
  encoding: RowEncoding;
  columns: readonly Column[];
  /** A file that holds exactly these rows; a sink may move it away. Undefined: the file has no name. */
  path: string | undefined;
  rows: number;
  /** Header included. */
  bytes: number;
  /** Length of the header row at the beginning. */
  headerBytes: number;
  /** How the header row ends; undefined where there is none. */
  lineEnd: LineEnd | undefined;
  /** The bytes from `from` to `to`, or to the end. */
  read(from: number, to?: number): AsyncIterable<Uint8Array>;
}

/** `rows`: more complete rows. `whole`: there are no more. `withdrawn`: rows reported earlier are no longer valid. */
export type TailStep = { kind: 'rows'; from: number; to: number } | { kind: 'whole' } | { kind: 'withdrawn' };

/** The first partition of a window, while its rows still arrive. */
export interface GrowingPartition {
  /** Its counts and bytes change as rows arrive. */
  partition: Partition;
  /** Waits for more rows. */
  next(): Promise<TailStep>;
}

/** Rejected rows under one header, with a line of NDJSON about each. */
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

/** Receives rejected rows. */
export interface RejectStore {
  /** Announces how many rows are about to be written or rejected. */
  expect(received: number): void;
  /** Throws a Failure when there are more rejects than the user allows. */
  append(rejected: RejectedRows): Promise<void>;
  /** A position to which `cutTo` returns. */
  mark(): RejectMark;
  cutTo(mark: RejectMark): Promise<void>;
  /** Resolves when everything is on disk. */
  flush(): Promise<void>;
}

/** A window that was received completely. */
export interface PulledWindow {
  /** Undefined where the dataset has no days, and for rows retained from an earlier run. */
  days: Days | undefined;
  partitions: readonly Partition[];
  /** The day of the newest row received; undefined when no row had a time. */
  newest: string | undefined;
  /**
   * Days for which every answer was empty, without even the header of an empty table: they do not count as
   * read. Undefined stands for everything, where the dataset has no days.
   */
  unread: readonly (Days | undefined)[];
  /**
   * Days for which the answer had zero bytes where no header is due: taken as no rows, but no reason to
   * delete rows that are there.
   */
  bare: readonly (Days | undefined)[];
}
