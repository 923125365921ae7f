/** What a sink promises, a destination for exported rows, and what it already has of a dataset. */
import type { Failure } from '../failure.ts';
import type { Days } from './dataset.ts';
import type { GrowingPartition, PulledWindow } from './window.ts';

/** A destination file or table in its present state. */
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
  /** Rows that this window added to the destination. */
  written: number;
  /** Rows that the destination already had. */
  known: number;
  /** Rows that do not fit the types or columns of the output. */
  rejected: number;
}

/** Days whose rows were read by one run. `read` is the day of that run, by its own clock. */
export interface ReadDays extends Days {
  read: string;
}

/** The days of this dataset whose rows the destination has now. */
export interface Checkpoint {
  /** In order, without overlap. */
  ranges: readonly ReadDays[];
  /** The first day that was ever exported or asked for. Kept when rows are lost. */
  first: string | undefined;
  /** The day of the newest row written, where the destination can verify that it still has that row. */
  newest?: string;
  /** The columns of the rows written last. */
  columns?: readonly string[];
}

/** What a checkpoint is judged by. */
export interface Clock {
  /** Today in UTC, by the clock of this machine. */
  today: string;
  /** How many days rows may arrive late. */
  lagDays: number;
}

/** The state of a destination when a run opens it. */
export interface OpenedSink {
  checkpoint: Checkpoint;
  /** Days whose rows cannot be kept. They are fetched again, whatever the user asked for. */
  lost: readonly Days[];
  /** The output is a single file that is rewritten, and the rows that are not fetched again have to be copied. */
  keepsRows: boolean;
}

/** Reports something that the user should know. */
export type EmitNotice = (notice: Notice) => void;

export interface Notice {
  code: string;
  message: string;
  hint?: string;
  /** The columns that it is about. */
  columns?: readonly string[];
}

/**
 * The result of `prefetch`. `staged`: the destination holds the rows of the window's first partition and waits for the
 * commit. `lost`: the destination cannot be reached any more.
 */
export type Prefetched = { kind: 'staged' } | { kind: 'lost'; failure: Failure };

/**
 * A destination for rows. Windows are committed in order, each completely or not at all. Throws a Failure
 * `local` (disk, database) or `locked` (another run is writing to the same destination).
 */
export interface Sink {
  /** For messages: a path, or a database address without its password. */
  destination: string;
  /** Where incomplete windows are spooled. `named`: as files that the sink may move into place. */
  spool: { directory: string; named: boolean };
  /** Whether each day is a partition of its own. */
  splitByDay: boolean;
  /** Takes the lock and removes what a killed run left. Called once, before anything is spooled. */
  open(): Promise<OpenedSink>;
  /** What the destination has now. */
  checkpoint(): Checkpoint;
  /** Of a destination that processes share: the first day of the whole, which another may have. */
  begins?(day: string): Promise<void>;
  /**
   * Starts to write the next window while its rows still arrive; `commit`, which is given the result, then needs to do
   * less. Resolves when the partition ends. Never throws.
   */
  prefetch?(growing: GrowingPartition): Promise<Prefetched | undefined>;
  /** `prefetched`: what the preceding `prefetch` resolved to, for this very window. */
  commit(window: PulledWindow, prefetched?: Prefetched): Promise<Committed>;
  /**
   * Whether the destination has rows of any of these days; for undefined, whether it has rows at all. In
   * doubt, true.
   */
  hasRows(days: readonly (Days | undefined)[]): Promise<boolean>;
  /** Whether an answer of zero bytes, where no header is due, may empty days that have rows. */
  readonly acceptsEmptyAnswers: boolean;
  /** Called after the last window: gives the output its final name where that waits for the end. */
  finish(): Promise<readonly WrittenFile[]>;
  /** Removes temporary files and releases the lock. Also called after a failure. */
  close(): Promise<void>;
}
