/**
 * What a run can tell, in the past tense. The screen, the JSON report, the summary and the exit code
 * are folds of these events and of nothing else.
 */
import type { FailureKind } from './failure.ts';
import type { Changes, Counts, JobReport, Reject } from './records.ts';

export type RunEvent =
  | { type: 'run-started'; command: string; run: string; target?: string }
  | { type: 'input-opened'; input: number; path: string; sourceBytes: number | undefined }
  /** Rows of an earlier run, or of an identical input in this one, that need no sending now. */
  | { type: 'range-known'; input: number; bytes: number; counts: Counts }
  | { type: 'input-skipped'; input: number; path: string; sameAs: string; rows: number }
  /** A block was made: rows read, bytes of the source read so far. */
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
  /** Any request to the vendor. `bytes`: of its body, on the wire. */
  | { type: 'request-made'; bytes: number }
  | {
      type: 'attempt-failed';
      chunk: number | undefined;
      purpose: string;
      message: string;
      waitMs: number;
      counted: boolean;
    }
  | { type: 'chunk-taken'; chunk: number; rows: number; rejected: number; job: string }
  /** A chunk of an earlier process: its job is followed to its end, or, without one, nobody knows what became of it. */
  | { type: 'chunk-adopted'; chunk: number; rows: number; rejected: number; job: string | undefined }
  /** Given to nobody in this run. Its rejects are kept all the same. */
  | { type: 'chunk-dropped'; chunk: number; rows: number; rejected: number }
  /** The job that had it is gone: its rows are sent anew, in other chunks. */
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
  /** Rejects as they are put down; at most the first few per reason carry their place to the screen. */
  | { type: 'row-rejected'; path: string; reject: Reject }
  /** `columns`: those that it is about. */
  | { type: 'warned'; code: string; message: string; hint?: string; columns?: readonly string[] }
  | { type: 'stopping'; why: string; jobs: string[] }
  | { type: 'failed'; kind: FailureKind; message: string; hint?: string }
  /** The run ends in the middle of its work: rows that have no outcome yet are unsent. */
  | { type: 'cut-short' }
  /** `unsent`: rows read that were given to nobody, counted by the delivery itself. */
  | { type: 'delivery-ended'; unsent: number };

/** Where a run tells its events. */
export type Emit = (event: RunEvent) => void;
