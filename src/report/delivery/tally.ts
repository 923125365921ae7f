/** What the events of a run add up to: counts, reasons and jobs, from which the exit code follows. */
import type { Changes, Counts, JobReport, Reject } from '../../records.ts';
import type { StopCause } from '../../events.ts';
import type { Waiting } from '../words/progress.ts';
import type { FailureKind } from '../../failure.ts';

export interface ReasonGroup {
  reason: string;
  source: Reject['source'];
  /** The message for the first row. */
  message: string;
  rows: number;
  /** How many rows were rejected with other messages; absent when none. */
  others?: number;
  /** The first few places; with a message where it differs. */
  places: { path: string; line: number; column?: number; message?: string }[];
}

export interface InputReport {
  path: string;
  bytes: number;
  rows: number;
}

export interface Tally {
  counts: Counts;
  thisRun: Counts;
  inputs: InputReport[];
  jobs: Map<string, JobReport>;
  reasons: ReasonGroup[];
  changes: Changes;
  warnings: Changes;
  notices: { code: string; message: string; hint?: string }[];
  failures: { kind: FailureKind; message: string; hint?: string }[];
  requests: number;
  retries: number;
  bytesSent: number;
  unaccounted: number;
  aborted: boolean;
  active: { own: number; others: number };
  /** Why nothing is being sent; undefined while something is. */
  waiting: Waiting | undefined;
  /** No new requests are started. */
  isStopping: boolean;
  stopped: StopCause | undefined;
  alreadyDelivered: { run: string; at: string } | undefined;
  /**
   * Bytes of the inputs on disk: read so far and in total; the total is undefined when a pipe is among them.
   */
  source: { readBytes: number; totalBytes: number | undefined; inputs: InputProgress[] };
}

/** How much of one input is read, in bytes on disk. */
export interface InputProgress {
  path: string;
  readBytes: number;
  totalBytes: number | undefined;
  rows: number;
  isEnded: boolean;
}

/** How many places are shown per reason. */
export const maxPlaces = 5;

const none: Counts = { read: 0, accepted: 0, rejected: 0, skipped: 0, pending: 0, unknown: 0, unsent: 0 };

/** The tally of nothing. */
export function emptyTally(): Tally {
  return {
    counts: { ...none },
    thisRun: { ...none },
    inputs: [],
    jobs: new Map(),
    reasons: [],
    changes: {},
    warnings: {},
    notices: [],
    failures: [],
    requests: 0,
    retries: 0,
    bytesSent: 0,
    unaccounted: 0,
    aborted: false,
    active: { own: 0, others: 0 },
    waiting: undefined,
    isStopping: false,
    stopped: undefined,
    alreadyDelivered: undefined,
    source: { readBytes: 0, totalBytes: 0, inputs: [] },
  };
}

/** Rows read that have no outcome yet. */
export function withoutOutcome({
  read,
  accepted,
  rejected,
  skipped,
  pending,
  unknown,
  unsent,
}: Counts): number {
  return read - (accepted + rejected + skipped + pending + unknown + unsent);
}
