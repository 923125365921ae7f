/**
 * What the two sides of an export promise each other: a dataset gives rows, a sink takes them, formats
 * stand between. Types and prose, no code that runs.
 */
import type { Retry } from './records.ts';

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

/**
 * Where the rows of some bytes stand: an entry a row in each array, and used again for the next bytes. So many
 * rows pass that an object for each would cost more than all else. -1: the row has no such cell.
 */
export interface RowOffsets {
  count: number;
  /** The first byte not consumed: the start of a row that has not ended yet. */
  consumed: number;
  from: Int32Array;
  /** Line end included. */
  to: Int32Array;
  idFrom: Int32Array;
  idTo: Int32Array;
  timeFrom: Int32Array;
  timeTo: Int32Array;
  /** 1 for a row that cannot be kept; the reader knows why. */
  broken: Uint8Array;
}

/** Why a row is not kept. */
export interface RowProblem {
  /** A short code in kebab case. */
  reason: string;
  column?: string;
  message: string;
}

/** What the output asks of each row, beyond its id and time. */
export interface RowCheck {
  /** Values must be of their column's type; else a row only needs as many cells as the header. */
  types: boolean;
  /** The columns that are written; undefined: all. */
  columns: readonly string[] | undefined;
}

/** Finds the rows of one reply, and where in them id and time stand. Keeps no bytes. */
export interface RowReader {
  /** Every whole row of `bytes[0, length)` in order; the answer holds until the next call. */
  scan(bytes: Buffer, length: number): RowOffsets;
  /** Of the header row, or (ndjson) the published ones and every key seen since. Empty before a header was read. */
  columns(): readonly Column[];
  /** The header row as it came, line end included; empty where there is none. */
  header(): Uint8Array;
  /** Of a broken row of the last scan. */
  problem(row: number): RowProblem;
}

export interface RowReaderOptions {
  encoding: RowEncoding;
  /** Published columns, for their types. */
  columns: readonly Column[];
  idColumn?: string;
  timeColumn?: string;
  /** Undefined: rows are only looked into as far as id and time stand. */
  check?: RowCheck;
}

export type CreateRowReader = (options: RowReaderOptions) => RowReader;

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
}

/** A destination file (or table) as it now stands. */
export interface WrittenFile {
  path: string;
  rows: number;
  bytes: number;
  day?: string;
  columns: readonly string[];
  /** Hexadecimal, where it was asked for. */
  sha256?: string;
}

export interface Committed {
  files: readonly WrittenFile[];
  /** Rows that are now in the destination because of this window; less than it had where they were there before. */
  written: number;
  /** Rows the destination had already. */
  known: number;
  /** Rows that the output's types or columns cannot hold. */
  rejected: number;
}

/** Days whose rows were read in one go; `read` is the day on which that was, by the clock of that run. */
export interface ReadDays extends Days {
  read: string;
}

/** What a destination has of this dataset: the days whose rows are there now. */
export interface Checkpoint {
  /** In order, none twice. */
  ranges: readonly ReadDays[];
  /** The first day that the destination ever had or was to have; it stays when rows are lost. */
  first: string | undefined;
  /** The day of the newest row that was brought, where the destination can say whether it still has it. */
  newest?: string;
  /** The columns of the rows that came last. */
  columns?: readonly string[];
}

/** By what a checkpoint is judged. */
export interface Clock {
  /** UTC, by this machine. */
  today: string;
  /** Days after which no more rows of a day come. */
  lagDays: number;
}

/** A destination as a run finds it. */
export interface OpenedSink {
  checkpoint: Checkpoint;
  /** Days whose rows were there and cannot be kept: they are fetched again whatever was asked for. */
  lost: readonly Days[];
  /** It is one file that is written anew, and rows in it that are not fetched again have to be kept. */
  keepsRows: boolean;
}

/** Tells what the user should know: a code, a sentence, and perhaps what helps. */
export type EmitNotice = (notice: Notice) => void;

export interface Notice {
  code: string;
  message: string;
  hint?: string;
  /** Those that it is about. */
  columns?: readonly string[];
}

/**
 * Where rows land. Windows are committed in order, each whole or not at all. Throws Failures `local`
 * (disk, database) and `locked` (another run is at work on the same destination).
 */
export interface Sink {
  /** For people: a path, or a database without its password. */
  destination: string;
  /** Where windows are kept until they are whole. `named`: as files that the sink may take over. */
  spool: { directory: string; named: boolean };
  /** One partition a day. */
  splitByDay: boolean;
  /** Takes the lock and clears what a dead run left. Called once, before the spool is used. */
  open(): Promise<OpenedSink>;
  /** What it has by now. */
  checkpoint(): Checkpoint;
  /**
   * A head start on the window that is committed next, while its rows still come: what is done here need not
   * be done by `commit`. Ends when the partition does; never throws, since `commit` finds the same trouble again.
   */
  prefetch?(growing: GrowingPartition): Promise<void>;
  commit(window: PulledWindow): Promise<Committed>;
  /** Whether it has rows of any of these days; undefined: rows at all. When in doubt it has. */
  hasRows(days: readonly (Days | undefined)[]): Promise<boolean>;
  /** After the last window: gives the output its final name where that waits for the end. */
  finish(): Promise<readonly WrittenFile[]>;
  /** Removes parts and gives the lock back; also after a failure. */
  close(): Promise<void>;
}

/** One output file in the making: what `add` and `end` give, one after the other, is the file. */
export interface Encoder {
  /** Whether the partition's bytes are what `add` would give; then they count as added. Only for the first partition. */
  adopt(partition: Partition): boolean;
  add(partition: Partition): AsyncIterable<Uint8Array>;
  /** `columns`: what a file has that no partition was added to. */
  end(columns: readonly Column[]): AsyncIterable<Uint8Array>;
  /** Rows so far, and those that could not be encoded. */
  counts(): { rows: number; rejected: number };
  /** Names in the file's order; empty before the first partition. */
  columns(): readonly string[];
  /** Columns that the partition's rows have and the file has not, and which may yet be given to it with `widen`. */
  lacks(partition: Partition): readonly Column[];
}

/** What a file has that more rows are added to. */
export interface BegunFile {
  columns: readonly Column[];
  rows: number;
  rejected: number;
}

export interface OutputFormat {
  name: 'csv' | 'ndjson' | 'parquet';
  /** With its dot: `.csv`, `.csv.gz`. */
  suffix: string;
  /** The columns that were asked for; undefined: those of the rows. */
  chosen: readonly string[] | undefined;
  /** `begun`: an encoder for what follows in a file that is not ended. */
  open(begun?: BegunFile): Encoder;
  /** A file of this format with more columns behind those it has, empty in every row. */
  widen(file: AsyncIterable<Uint8Array>, more: readonly Column[]): AsyncIterable<Uint8Array>;
}
