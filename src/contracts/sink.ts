/** What a sink promises, a destination for rows, and what it has of a dataset. */
import type { Days } from './dataset.ts';
import type { GrowingPartition, PulledWindow } from './window.ts';

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
  /** Whether days that have rows are emptied by an answer of no byte where no header is due. */
  readonly takesBareAnswers: boolean;
  /** After the last window: gives the output its final name where that waits for the end. */
  finish(): Promise<readonly WrittenFile[]>;
  /** Removes parts and gives the lock back; also after a failure. */
  close(): Promise<void>;
}
