/** The words of a delivery or an export in progress. */
import { countOf, formatBytes, formatCount, formatDuration } from '../terminal/numbers.ts';

/**
 * Why nothing can be sent: the account has the maximum number of active imports, or the vendor reports that
 * it is busy.
 */
export type Waiting = { why: 'slots'; own: number; others: number } | { why: 'busy'; message: string };

/** `the account runs 15 imports, none of them ours` */
export function waitingReason(waiting: Waiting, vendor: string): string {
  if (waiting.why === 'busy') return `${vendor} is busy (${waiting.message})`;
  const { others, own } = waiting;
  const share = own === 0 ? 'none' : formatCount(own);
  return `the account runs ${countOf(others + own, 'import')}, ${share} of them ours`;
}

export function waitingText(waiting: Waiting, vendor: string): string {
  return `${waitingReason(waiting, vendor)}; waiting`;
}

/** `left` of `total` imports have not ended. */
export function processingText(vendor: string, { left, total }: { left: number; total: number }): string {
  return `${vendor} is processing: ${formatCount(left)} of ${countOf(total, 'import')} left`;
}

export function answersText(vendor: string): string {
  return `waiting for ${vendor} to answer`;
}

/** Printed before the first input is known. */
export const openingText = 'looking at the input';

export const stoppingText = 'stopping: finishing uploads';

export const finishingText = 'finishing';

export function elapsedText(elapsedMs: number): string {
  return `${formatDuration(elapsedMs)} elapsed`;
}

export function rateText(bytesPerSecond: number): string | undefined {
  return bytesPerSecond > 0 ? `${formatBytes(bytesPerSecond)}/s` : undefined;
}

/** Rounded down and never 100: once everything is there another phase begins. */
export function percentText(share: number): string {
  return `${Math.min(99, Math.floor(share * 100))} %`;
}

/** A range, since rates change: for the present rate, and for three quarters of it. */
export function timeLeftText(leftMs: number): string {
  const atBest = leftMs / 1000;
  const [unit, seconds] =
    atBest < 90 ? (['s', 1] as const) : atBest < 5400 ? (['min', 60] as const) : (['h', 3600] as const);
  const least = Math.ceil(atBest / seconds);
  const most = Math.ceil(atBest / 0.75 / seconds);
  return least === most ? `about ${least} ${unit} left` : `${least} to ${most} ${unit} left`;
}

/** The inputs of a delivery in short: `events.ndjson`, `3 files`. */
export function inputsText(paths: readonly string[]): string {
  const [only, ...more] = paths;
  return only !== undefined && more.length === 0 ? only : countOf(paths.length, 'file');
}

export function moreInputsText({ done, waiting }: { done: number; waiting: number }): string | undefined {
  const parts = [
    done > 0 ? `${formatCount(done)} more read` : undefined,
    waiting > 0 ? `${formatCount(waiting)} more ${waiting === 1 ? 'file' : 'files'} waiting` : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' · ');
}

/** Printed when a request is retried after a noticeable wait. */
export function retriedText({ message, waitMs }: { message: string; waitMs: number }): string {
  return `${message}; trying again in ${formatDuration(waitMs)}`;
}
