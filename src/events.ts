/**
 * What a run emits, in the past tense. The screen, the JSON report, the summary and the exit code are folds
 * of these events and of nothing else.
 */
import type { Days } from './contracts/dataset.ts';
import type { WrittenFile } from './contracts/sink.ts';
import type { FailureKind } from './failure.ts';
import type { Changes, Counts, JobReport, Reject } from './records.ts';

export type RunEvent =
  | { type: 'run-started'; command: string; run: string; target?: string }
  | { type: 'input-opened'; input: number; path: string; sourceBytes: number | undefined }
  /** Rows of an earlier run, or of an identical input in this one, that are not sent now. */
  | { type: 'range-known'; input: number; bytes: number; counts: Counts }
  | { type: 'input-skipped'; input: number; path: string; sameAs: string; rows: number }
  /** A block was made. `sourceBytes`: how much of the source has been read so far. */
  | {
      type: 'rows-read';
      input: number;
      rows: number;
      rejected: number;
      bytes: number;
      sourceBytes: number;
      changes: Changes;
      warnings: Changes;
    }
  | { type: 'input-ended'; input: number; bytes: number; rows: number }
  /** A request to the vendor. `bytes`: size of its body as sent. */
  | { type: 'request-made'; bytes: number }
  | {
      type: 'attempt-failed';
      chunk: number | undefined;
      purpose: string;
      message: string;
      waitMs: number;
      counted: boolean;
      /** `busy`: the vendor has no room now, and nothing was taken. */
      why: 'busy' | 'session' | 'transient';
    }
  | { type: 'chunk-taken'; chunk: number; rows: number; rejected: number; job: string }
  /** A chunk of an earlier process. Its job is followed; without a job its outcome is unknown. */
  | {
      type: 'chunk-adopted';
      chunk: number;
      rows: number;
      rejected: number;
      job: string | undefined;
      /** What it holds of each input; rows that stay behind are among `rows`. */
      ranges: { input: number; bytes: number; rows: number }[];
    }
  /** Not sent in this run. Its rejects are kept all the same. */
  | { type: 'chunk-dropped'; chunk: number; rows: number; rejected: number }
  /** Its job no longer exists: its rows are sent again, in other chunks. */
  | { type: 'chunk-resent'; chunk: number }
  | { type: 'chunk-split'; chunk: number; rows: number; message: string }
  | { type: 'slots-known'; active: number; others: number }
  | { type: 'job-changed'; job: JobReport }
  | {
      type: 'chunk-settled';
      chunk: number;
      job: string | undefined;
      counts: Pick<Counts, 'accepted' | 'rejected' | 'skipped' | 'unknown'>;
      unaccounted: number;
      warnings: Changes;
      aborted: boolean;
    }
  /** A reject that was written. The screen names the first few places of each reason. */
  | { type: 'row-rejected'; path: string; reject: Reject }
  /** `columns`: the columns that it is about. */
  | { type: 'warned'; code: string; message: string; hint?: string; columns?: readonly string[] }
  /** Everything was delivered before, by this run at this time: nothing is to be sent. */
  | { type: 'already-delivered'; run: string; at: string }
  /** No chunk goes out: so many jobs, ours and those of others, are as many as may be under way. */
  | { type: 'slot-awaited'; active: number; others: number }
  | { type: 'slot-granted' }
  /** A signal came; requests in flight may still be answered for so long. */
  | { type: 'stop-requested'; graceMs: number }
  | { type: 'stopping'; why: string; cause: StopCause; jobs: string[] }
  | { type: 'failed'; kind: FailureKind; message: string; hint?: string }
  /** The run ends early: rows without an outcome are unsent. */
  | { type: 'cut-short' }
  /** `unsent`: rows that were read and never sent, counted by the delivery itself. */
  | { type: 'delivery-ended'; unsent: number };

/** What ends a run before its time. */
export type StopCause = { why: 'signal'; signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' } | { why: 'deadline' };

/** Takes the events of a run. */
export type Emit = (event: RunEvent) => void;

/** Emitted by every kind of run. */
type SharedEvent = Extract<RunEvent, { type: 'warned' | 'failed' }>;

export type ExportEvent =
  | SharedEvent
  | {
      type: 'export-planned';
      dataset: string;
      destination: string;
      days: Days | undefined;
      windows: readonly (Days | undefined)[];
    }
  /** The destination already has every requested day; `through` is the last one. */
  | { type: 'nothing-new'; through: string }
  /** At the end of an incremental run: the days that the destination has, and the gaps between them. */
  | { type: 'checkpoint-told'; ranges: readonly Days[]; gaps: readonly Days[] }
  | { type: 'window-started'; window: number; days: Days | undefined }
  /** A request is retried after a wait. Without `window` it looked up a name. */
  | { type: 'request-failed'; window: number | undefined; message: string; waitMs: number }
  | { type: 'request-opened'; window: number; source: string; days: Days | undefined }
  /**
   * More of a reply was read: differences since the last such event of this request. `share`: how much of the
   * window has been received, from 0 to 1, absent where the reply does not say its length.
   */
  | { type: 'rows-received'; window: number; bytes: number; rows: number; share?: number }
  /** What a request had received is discarded: it is repeated, whole or in halves. */
  | { type: 'rows-withdrawn'; window: number; bytes: number; rows: number }
  | { type: 'window-shortened'; window: number; days: Days; message: string }
  /** The window is complete and on disk. */
  | { type: 'window-received'; window: number; counts: ReceivedCounts }
  | {
      type: 'window-committed';
      window: number;
      days: Days | undefined;
      written: number;
      known: number;
      rejected: number;
    }
  | { type: 'file-written'; file: WrittenFile }
  /** Too many rows were rejected: nothing more is fetched. */
  | { type: 'export-stopped'; message: string }
  | { type: 'rejects-kept'; path: string }
  | { type: 'export-ended'; durationMs: number };

/** Takes the events of an export. */
export type EmitExport = (event: ExportEvent) => void;

/** Counts of one window: received = kept + duplicates + outside + rejected. */
export interface ReceivedCounts {
  received: number;
  kept: number;
  duplicates: number;
  outside: number;
  rejected: number;
  bytes: number;
}
