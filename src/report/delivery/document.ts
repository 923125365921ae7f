/** The JSON report: one document, fields only ever added. */
import { EXIT, type ExitName } from '../../failure.ts';
import type { Tally } from './tally.ts';

/** Where rejects were put, and whether they are still there: as their run left them, changed since, or gone. */
export interface RejectsFile {
  /** The first file, or a directory, ending in a slash, with one an input. */
  path: string;
  fate: Fate;
  /** All of them. */
  files: readonly { path: string; fate: Fate }[];
}

export type Fate = 'present' | 'changed' | 'gone';

export interface ReportFacts {
  command: string;
  /** None when it failed before it had begun. */
  run: string | null;
  durationMs: number;
  exit: ExitName;
  /** Where the rejects are, when there are any. */
  rejects: RejectsFile | undefined;
  [more: string]: unknown;
}

/** How every report begins, whichever version wrote it. */
export const REPORT_BEGINNING = /^\s*\{\s*"schema"\s*:\s*\d+\s*,\s*"command"\s*:/;

/** What `--json` prints and `--report` writes. */
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
      state: rejects?.fate ?? null,
      files: (rejects?.files ?? []).map(({ path, fate }) => ({ path, state: fate })),
      rows: tally.counts.rejected,
      reasons: tally.reasons,
    },
    changes: tally.changes,
    warnings: tally.warnings,
    unaccounted: tally.unaccounted,
    requests: tally.requests,
    retries: tally.retries,
    bytesSent: tally.bytesSent,
    alreadyDelivered: tally.alreadyDelivered ?? null,
    stopped: tally.stopped === undefined ? null : { ...tally.stopped, waiting: tally.waiting ?? null },
    notices: tally.notices.map(({ code, message, hint }) => ({
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
    })),
    errors: tally.failures.map(({ kind, message, hint }) => ({
      kind,
      message,
      ...(hint === undefined ? {} : { hint }),
    })),
    ...more,
    durationMs: Math.round(durationMs),
    exit: EXIT[exit],
  };
}
