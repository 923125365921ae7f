/** An export on the display. */
import type { ExportEvent } from '../events-export.ts';
import { withHint, type Showing } from './display.ts';
import type { ExportTally } from './export-tally.ts';
import { exportProgressLine } from './export-text.ts';
import { formatDuration } from './numbers.ts';

/** Waits that a person would notice are explained. */
const noticeableMs = 2_000;

export function showExport(tally: ExportTally): Showing<ExportEvent> {
  const line = () => exportProgressLine(tally);
  return { sentenceFor, line, block: (columns) => line().slice(0, columns - 3) };
}

function sentenceFor(event: ExportEvent, quiet: boolean): string | undefined {
  if (event.type === 'failed') return withHint(event);
  if (quiet) return undefined;
  if (event.type === 'warned') return withHint(event);
  if (event.type === 'request-failed' && event.waitMs >= noticeableMs) {
    return `${event.message}; trying again in ${formatDuration(event.waitMs)}`;
  }
  return undefined;
}
