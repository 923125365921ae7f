/** What the display shows of an export. */
import type { ExportEvent } from '../../events.ts';
import type { Machine } from '../../machine.ts';
import type { BlockLook, Showing } from '../display.ts';
import { problemSentence, type Sentence } from '../sentence.ts';
import { bar, dotted } from '../terminal/bar.ts';
import { Rate } from '../terminal/rate.ts';
import { lookingUpText, receivedText, windowsText } from '../words/export.ts';
import { elapsedText, rateText, retriedText, timeLeftText } from '../words/progress.ts';
import type { ExportTally } from './tally.ts';

/** Waits at least this long are explained, since people notice them. */
const noticeableMs = 2_000;

/**
 * Warnings that even `--quiet` prints, because they announce a change or a loss that would otherwise go
 * unnoticed.
 */
const neverQuiet: ReadonlySet<string> = new Set([
  'checkpoint-ahead',
  'column-gone',
  'column-left-out',
  'column-missing',
  'column-new',
  'empty-answer',
  'output-changed',
]);

export function showExport(tally: ExportTally, machine: Pick<Machine, 'elapsedMs'>): Showing<ExportEvent> {
  const rate = new Rate(machine);
  const startedMs = machine.elapsedMs();
  const progress = () => ({
    bytesPerSecond: rate.add(tally.progress.bytes),
    elapsedMs: machine.elapsedMs() - startedMs,
  });
  return {
    sentencesFor: (event, { quiet }) => sentencesFor(event, quiet),
    line: () => exportProgressLine(tally, progress()),
    block: (look) => exportBlock(tally, progress(), look),
  };
}

interface ExportProgress {
  bytesPerSecond: number;
  elapsedMs: number;
}

/** `events · 2 of 5 windows · 1.2 GB · 3,000,000 rows · 12 MB/s · about 2 min left · 40.0 s elapsed`. */
function exportProgressLine(tally: ExportTally, progress: ExportProgress): string {
  const { dataset, windows } = tally;
  if (windows.total === 0) return dotted([lookingUpText, elapsedText(progress.elapsedMs)]);
  return dotted([dataset, windowsText(windows), ...transferParts(tally, progress)]);
}

/** A bar for the windows, and below it what was received. */
function exportBlock(tally: ExportTally, progress: ExportProgress, { columns, colors }: BlockLook): string[] {
  const { dataset, windows } = tally;
  if (windows.total === 0) return [dotted([lookingUpText, elapsedText(progress.elapsedMs)])];
  const drawn = bar(windows.committed / windows.total, { columns, colors });
  return [
    `${colors.bold(dataset)}  ${drawn} ${windowsText(windows)}`,
    `  ${dotted(transferParts(tally, progress))}`,
  ];
}

function transferParts(
  tally: ExportTally,
  { bytesPerSecond, elapsedMs }: ExportProgress,
): (string | undefined)[] {
  return [
    receivedText(tally.progress),
    rateText(bytesPerSecond),
    etaText(tally, elapsedMs),
    elapsedText(elapsedMs),
  ];
}

/** Estimated from the completed windows, since the size of the others is unknown. */
function etaText({ windows: { committed, total } }: ExportTally, elapsedMs: number): string | undefined {
  if (committed === 0 || committed >= total) return undefined;
  return timeLeftText((elapsedMs / committed) * (total - committed));
}

function sentencesFor(event: ExportEvent, quiet: boolean): Sentence[] {
  if (event.type === 'failed') return [problemSentence('error', event)];
  if (event.type === 'warned')
    return quiet && !neverQuiet.has(event.code) ? [] : [problemSentence('warning', event)];
  if (quiet || event.type !== 'request-failed' || event.waitMs < noticeableMs) return [];
  return [{ level: 'warning', text: retriedText(event) }];
}
