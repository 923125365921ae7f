/** What the display shows of an export. */
import type { ExportEvent } from '../../events.ts';
import type { Machine } from '../../machine.ts';
import type { BlockLayout, Showing } from '../display.ts';
import { problemSentence, type Sentence } from '../sentence.ts';
import { bar, dotted } from '../terminal/bar.ts';
import { Rate } from '../terminal/rate.ts';
import { lookingUpText, receivedText, windowsText } from '../words/export.ts';
import {
  elapsedText,
  finishingText,
  percentText,
  rateText,
  retriedText,
  timeLeftText,
} from '../words/progress.ts';
import { completionOf, timeLeftMs } from './completion.ts';
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
  'damaged-end',
  'empty-answer',
  'end-unverified',
  'output-changed',
]);

export function showExport(tally: ExportTally, machine: Pick<Machine, 'elapsedMs'>): Showing<ExportEvent> {
  const byteRate = new Rate(machine);
  const windowRate = new Rate(machine);
  const startedMs = machine.elapsedMs();
  const progress = () => ({
    bytesPerSecond: byteRate.add(tally.progress.bytes),
    windowsPerSecond: windowRate.add(completionOf(tally).windows),
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
  windowsPerSecond: number;
  elapsedMs: number;
}

/** `events · 52 % · 2 of 5 windows · 1.2 GB · 3,000,000 rows · 12 MB/s · about 2 min left · 40.0 s elapsed`. */
function exportProgressLine(tally: ExportTally, progress: ExportProgress): string {
  const { dataset, windows } = tally;
  if (windows.total === 0) return dotted([lookingUpText, elapsedText(progress.elapsedMs)]);
  return dotted([dataset, shareText(tally), windowsText(windows), ...transferParts(tally, progress)]);
}

/** A bar for the windows and what is known of those in progress, and below it what was received. */
function exportBlock(
  tally: ExportTally,
  progress: ExportProgress,
  { columns, colors }: BlockLayout,
): string[] {
  const { dataset, windows } = tally;
  if (windows.total === 0) return [dotted([lookingUpText, elapsedText(progress.elapsedMs)])];
  const drawn = bar(completionOf(tally).windows / windows.total, { columns, colors });
  return [
    `${colors.bold(dataset)}  ${drawn} ${dotted([shareText(tally), windowsText(windows)])}`,
    `  ${dotted(transferParts(tally, progress))}`,
  ];
}

function transferParts(
  tally: ExportTally,
  { bytesPerSecond, ...pace }: ExportProgress,
): (string | undefined)[] {
  const leftMs = timeLeftMs(tally, pace);
  return [
    receivedText(tally.progress),
    rateText(bytesPerSecond),
    leftMs === undefined ? undefined : timeLeftText(leftMs),
    elapsedText(pace.elapsedMs),
  ];
}

function shareText(tally: ExportTally): string | undefined {
  const { share } = completionOf(tally);
  if (share === undefined) return undefined;
  return share < 1 ? percentText(share) : finishingText;
}

function sentencesFor(event: ExportEvent, quiet: boolean): Sentence[] {
  if (event.type === 'failed') return [problemSentence('error', event)];
  if (event.type === 'warned')
    return quiet && !neverQuiet.has(event.code) ? [] : [problemSentence('warning', event)];
  if (quiet || event.type !== 'request-failed' || event.waitMs < noticeableMs) return [];
  return [{ level: 'warning', text: retriedText(event) }];
}
