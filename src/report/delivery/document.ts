/** The JSON report of a delivery: one document, to which fields are only ever added. */
import { EXIT, type ExitName } from '../../failure.ts';
import type { Tally } from './tally.ts';

/** Where the rejects are, and whether each file is as its run left it, changed, or gone. */
export interface RejectsFile {
  /** The first file; or a directory, with a trailing slash, that has one file per input. */
  path: string;
  state: FileState;
  /** All of them. */
  files: readonly RejectsOfKind[];
}

/** Rows of one format and header. */
export interface RejectsOfKind {
  path: string;
  state: FileState;
  /** Length of what precedes the first row: a CSV header. Undefined: not known. */
  headerBytes?: number;
}

/** Which part of a whole a run delivered. Parts of one whole have the same list and recipe. */
export interface ReportedPart {
  index: number;
  of: number;
  /** Digest of the list of inputs; null when the run failed before it was known. */
  list: string | null;
  /** Digest of everything that determines the bytes sent and their destination. */
  recipe: string | null;
}

export type FileState = 'present' | 'changed' | 'gone';

export interface ReportFacts {
  command: string;
  /** Null when the command failed before a run began. */
  run: string | null;
  durationMs: number;
  exit: ExitName;
  /** Where the rejects are; undefined when there are none. */
  rejects: RejectsFile | undefined;
  [more: string]: unknown;
}

/** How every report begins, in all versions. */
export const REPORT_PREFIX = /^\s*\{\s*"schema"\s*:\s*\d+\s*,\s*"command"\s*:/;

/** The document that `--json` prints and `--report` writes. */
export function buildReport(
  tally: Tally,
  { exit, rejects, command, run, durationMs, ...more }: ReportFacts,
): Record<string, unknown> {
  return {
    schema: 1,
    command,
    run,
    counts: tally.counts,
    thisRun: tally.thisRun,
    inputs: tally.inputs.filter((input) => input !== undefined),
    jobs: [...tally.jobs.values()],
    rejects: {
      path: rejects?.path ?? null,
      state: rejects?.state ?? null,
      files: (rejects?.files ?? []).map(({ path, state, headerBytes }) => ({
        path,
        state,
        ...(headerBytes === undefined ? {} : { headerBytes }),
      })),
      rows: tally.counts.rejected,
      reasons: tally.reasons,
    },
    changes: tally.changes,
    warnings: tally.warnings,
    unaccounted: tally.unaccounted,
    requests: tally.requests,
    retries: tally.retries,
    bytesRead: tally.source.readBytes,
    bytesSent: tally.bytesSent,
    alreadyDelivered: tally.alreadyDelivered ?? null,
    stopped: tally.stopped === undefined ? null : { ...tally.stopped, waiting: tally.waiting ?? null },
    notices: tally.notices.map(noticeOf),
    errors: tally.failures.map(failureOf),
    ...more,
    durationMs: Math.round(durationMs),
    exit: EXIT[exit],
  };
}

/** A notice without the details it was made from. */
export function noticeOf({ code, message, hint }: Tally['notices'][number]): Tally['notices'][number] {
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

/** A failure in the same way. */
export function failureOf({ kind, message, hint }: Tally['failures'][number]): Tally['failures'][number] {
  return { kind, message, ...(hint === undefined ? {} : { hint }) };
}
