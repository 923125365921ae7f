/** The data of a page about a run, as plain values: from a run that has just ended, or from a ledger. */
import type { Changes, Counts, JobReport } from '../../records.ts';

export interface RunFacts {
  /** As typed: `import`. */
  command: string;
  /** Title of the vendor: `Scarf`. */
  vendor: string;
  endpoint?: string;
  /** Absent: the command failed before a run began, or sent nothing on purpose. */
  run?: string;
  /** The command that would repeat it. */
  commandLine?: string;
  /** The command that resumes the run. */
  goOn?: string;
  /** Times are ISO 8601. */
  startedAt?: string;
  endedAt?: string;
  /** Absent: the run has not ended. */
  exit?: { code: number; meaning: string };
  counts: Counts;
  /** How many of these rows this process read; absent: all of them, or unknown. */
  thisRun?: Counts;
  inputs: readonly InputFacts[];
  history: HistoryFacts;
  /** Finished imports first, in the order in which they finished. */
  jobs: readonly JobReport[];
  rejects: RejectsFacts;
  changes: Changes;
  warnings: Changes;
  /** The time zone that was assumed for times without one. */
  timeZone?: string;
  notices: readonly { code: string; message: string; hint?: string }[];
  errors: readonly { kind: string; message: string; hint?: string }[];
}

export interface InputFacts {
  path: string;
  /** Decompressed bytes that were read. */
  bytes: number;
  rows: number;
}

/** When rows were settled, and on which days the accepted events happened. */
export interface HistoryFacts {
  /** One per process of the run. `atMs` and `fromMs` are milliseconds since the epoch. */
  stretches: readonly { fromMs: number; samples: readonly SampleFacts[] }[];
  /** Events by day, `2026-11-26`; `none` for events without a time, `other` for days beyond the limit. */
  days: Readonly<Record<string, number>>;
  /** Accepted rows whose day is unknown. */
  undatedRows: number;
}

export interface SampleFacts {
  atMs: number;
  rows: number;
  bytes: number;
}

export interface RejectsFacts {
  /** Their path, as the user would write it. */
  paths: readonly string[];
  reasons: readonly ReasonFacts[];
}

export interface ReasonFacts {
  reason: string;
  source: 'local' | 'server';
  /** That of the first row. */
  message: string;
  rows: number;
  /** How many of them have other messages; absent: none. */
  others?: number;
  first: readonly RejectFacts[];
}

/** A rejected row. `text`: its beginning, as the file of rejects has it; absent when that cannot be read. */
export interface RejectFacts {
  file: string;
  line: number;
  column?: number;
  message: string;
  text?: string;
}
