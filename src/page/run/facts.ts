/** What a page about a run shows: plain values, of a run that has just ended or of a ledger. */
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
  /** What to type to go on with it. */
  goOn?: string;
  /** Times are ISO 8601. */
  startedAt?: string;
  endedAt?: string;
  /** Absent: the run has not ended. */
  exit?: { code: number; meaning: string };
  counts: Counts;
  /** Of these rows, those that this process read; absent: the same, or not known. */
  thisRun?: Counts;
  inputs: readonly InputFacts[];
  history: HistoryFacts;
  /** Ended ones first, in the order in which they ended. */
  jobs: readonly JobReport[];
  rejects: RejectsFacts;
  changes: Changes;
  warnings: Changes;
  /** Times without a zone were read in this one. */
  timeZone?: string;
  notices: readonly { code: string; message: string; hint?: string }[];
  errors: readonly { kind: string; message: string; hint?: string }[];
}

export interface InputFacts {
  path: string;
  /** Length once decompressed, as far as it was read. */
  bytes: number;
  rows: number;
}

/** When rows settled, and on which days accepted events happened. */
export interface HistoryFacts {
  /** One a process of the run. `atMs` and `fromMs` are milliseconds since the epoch. */
  stretches: readonly { fromMs: number; samples: readonly SampleFacts[] }[];
  /** Events by day, `2026-11-26`; `none` for events without a time, `other` for days that there was no room for. */
  days: Readonly<Record<string, number>>;
  /** Accepted rows of which it is not known on which day they happened. */
  undatedRows: number;
}

export interface SampleFacts {
  atMs: number;
  rows: number;
  bytes: number;
}

export interface RejectsFacts {
  /** Where they are, as the user would write it. */
  paths: readonly string[];
  reasons: readonly ReasonFacts[];
}

export interface ReasonFacts {
  reason: string;
  source: 'local' | 'server';
  /** That of the first row. */
  message: string;
  rows: number;
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
