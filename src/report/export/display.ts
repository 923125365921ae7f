/** An export on the display. */
import type { ExportEvent } from '../../events.ts';
import { withHint, type Showing } from '../display.ts';
import type { ExportTally } from './tally.ts';
import { exportProgressLine } from './text.ts';
import { formatDuration } from '../terminal/numbers.ts';

/** Waits that a person would notice are explained. */
const noticeableMs = 2_000;

/** What a nightly run says however quiet it is to be: without it something would change, or be lost, unseen. */
const neverQuiet: ReadonlySet<string> = new Set([
  'checkpoint-ahead',
  'column-gone',
  'column-left-out',
  'column-missing',
  'column-new',
  'empty-answer',
  'output-changed',
]);

export function showExport(tally: ExportTally): Showing<ExportEvent> {
  const line = () => exportProgressLine(tally);
  return { sentenceFor, line, block: line };
}

function sentenceFor(event: ExportEvent, quiet: boolean): string | undefined {
  if (event.type === 'failed') return withHint(event);
  if (event.type === 'warned') return quiet && !neverQuiet.has(event.code) ? undefined : withHint(event);
  if (quiet) return undefined;
  if (event.type === 'request-failed' && event.waitMs >= noticeableMs) {
    return `${event.message}; trying again in ${formatDuration(event.waitMs)}`;
  }
  return undefined;
}
