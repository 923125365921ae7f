/** The JSON report of an export: one document, to which fields are only ever added. */
import { EXIT, type ExitName } from '../../failure.ts';
import type { ExportTally } from './tally.ts';

export interface ExportReportFacts {
  command: string;
  durationMs: number;
  exit: ExitName;
}

/** The document that `--json` prints. */
export function buildExportReport(
  tally: ExportTally,
  { command, durationMs, exit }: ExportReportFacts,
): Record<string, unknown> {
  return {
    schema: 1,
    command,
    dataset: tally.dataset,
    place: tally.destination,
    window: tally.days ?? null,
    complete: tally.hasEnded || tally.nothingNewThrough !== undefined,
    nothingNewThrough: tally.nothingNewThrough ?? null,
    ranges: tally.ranges,
    gaps: tally.gaps,
    columnsLeftOut: tally.columnsLeftOut,
    counts: tally.counts,
    rejects: { path: tally.rejectsPath ?? null, rows: tally.counts.rejected },
    windows: tally.windows,
    windowsLeft: tally.windowsLeft,
    files: tally.files,
    requests: tally.requests,
    retries: tally.retries,
    bytesReceived: tally.progress.bytes,
    notices: tally.notices.map(withoutType),
    errors: tally.failures.map(withoutType),
    durationMs: Math.round(durationMs),
    exit: EXIT[exit],
  };
}

function withoutType(told: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(told).filter(([name]) => name !== 'type'));
}
