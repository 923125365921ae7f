import type { Staging } from '../events/store.ts';
import { formatMicroseconds } from '../identity.ts';
import type { JobOutcome, OutcomeKind } from './options.ts';
import type { ImportLog } from './row.ts';

export type ImportStatus = 'importing' | 'done' | 'aborted';

/** One import of the emulated account. */
export interface ImportJob {
  id: string;
  owner: string;
  /** Started by another client, through the admin endpoint or an option. */
  foreign: boolean;
  status: ImportStatus;
  createdAtMs: number;
  updatedAtMs: number;
  /** When it stops `importing` by itself; `Infinity` for never. */
  endsAtMs: number;
  total: number;
  succeeded: number;
  failed: number;
  /** Errors only; the progress entry is generated when the log is read. */
  log: ImportLog[];
  /** Its events until it ends, when they are stored. */
  staged: Staging | undefined;
  outcome: JobOutcome | undefined;
}

const SAMPLE_ENTRIES = 10;

/** Whether lists and item routes show the job. */
export function isVisible(job: ImportJob): boolean {
  if (job.outcome?.kind === 'vanishes') return job.status === 'importing';
  if (job.outcome?.kind === 'appears-late') return job.status !== 'importing';
  return true;
}

/** The job as the API shows it: an EventImport of `event-import.json` (scarf-sh/docs, 2026-06-08). */
export function renderJob(job: ImportJob, nowMs: number): Record<string, unknown> {
  const status = shownStatus(job, nowMs);
  if (job.outcome?.kind === 'no-counters') return { id: job.id, status };
  const progress = job.status === 'importing' ? elapsedShare(job, nowMs) : 1;
  const gap = job.outcome?.kind === 'odd-counters' ? 1 : 0;
  return {
    id: job.id,
    owner: job.owner,
    status,
    events_total: job.total,
    events_successfully_imported: Math.max(0, Math.floor(job.succeeded * progress) - gap),
    events_failed_to_import: Math.floor(job.failed * progress),
    error_log_sample: progress === 1 ? job.log.slice(0, SAMPLE_ENTRIES) : [],
    warning_log_sample: [],
    created_at: formatMicroseconds(job.createdAtMs),
    updated_at: formatMicroseconds(job.updatedAtMs),
  };
}

/** The job's log; the closing progress entry appears when it is done. */
export function renderLog(job: ImportJob): ImportLog[] {
  if (job.status !== 'done') return job.log;
  const progress: ImportLog = {
    type: 'progress',
    class: 'info',
    events_count: job.succeeded,
    failed_events_count: job.failed,
    human_friendly_message: `Imported ${job.succeeded} events`,
  };
  return [...job.log, progress];
}

function shownStatus(job: ImportJob, nowMs: number): string {
  const isPassing = job.outcome?.kind === 'unknown-status' && job.status === 'done';
  const lifeMs = job.endsAtMs - job.createdAtMs;
  return isPassing && nowMs < job.endsAtMs + lifeMs ? 'finalizing' : job.status;
}

function elapsedShare(job: ImportJob, nowMs: number): number {
  const lifeMs = job.endsAtMs - job.createdAtMs;
  return lifeMs > 0 && Number.isFinite(lifeMs)
    ? Math.min(1, Math.max(0, (nowMs - job.createdAtMs) / lifeMs))
    : 0;
}

/** How an import ends by itself, and which share of its events is stored by then. */
export function naturalEnd(outcome: JobOutcome | undefined): { status: 'done' | 'aborted'; share: number } {
  const kind: OutcomeKind | undefined = outcome?.kind;
  if (kind === 'aborts') return { status: 'aborted', share: outcome?.share ?? 0.5 };
  return { status: 'done', share: outcome?.share ?? 1 };
}
