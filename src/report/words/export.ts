/** The words of an export, in progress and at its end. */
import type { Days } from '../../contracts/dataset.ts';
import { countOf, formatBytes, formatCount } from '../terminal/numbers.ts';

/** `2 of 5 windows`; a window is the days of one request. */
export function windowsText({ committed, total }: { committed: number; total: number }): string {
  return `${formatCount(committed)} of ${countOf(total, 'window')}`;
}

export function receivedText({ bytes, rows }: { bytes: number; rows: number }): string {
  return `${formatBytes(bytes)} · ${countOf(rows, 'row')}`;
}

/** Printed before the first request. */
export const lookingUpText = 'looking up what to fetch';

/** `2026-11-01, 2026-11-03 to 2026-11-05`. */
export function rangesText(ranges: readonly Days[]): string {
  return ranges.map(({ from, to }) => (from === to ? from : `${from} to ${to}`)).join(', ');
}

export function gapsText(gaps: readonly Days[]): string {
  const [first] = gaps;
  const isOneDay = gaps.length === 1 && first?.from === first?.to;
  return `Missing between: ${rangesText(gaps)}; a run without --from and --to fetches ${isOneDay ? 'it' : 'them'}.`;
}

export function nothingNewText(destination: string, ranges: readonly Days[]): string {
  return `Nothing new: ${destination} has ${rangesText(ranges)}.`;
}

export interface ExportOutcome {
  /** The rejected rows, when they are the only problem. */
  rejected: number | undefined;
  isWhole: boolean;
  hasFiles: boolean;
}

export function verdictText({ rejected, isWhole, hasFiles }: ExportOutcome): string {
  if (isWhole) return 'complete';
  if (rejected !== undefined)
    return `complete, but ${countOf(rejected, 'row')} ${rejected === 1 ? 'was' : 'were'} rejected`;
  return hasFiles ? 'ended early; what is listed is whole' : 'ended early; no file was written or changed';
}

export interface ReceivedRows {
  received: number;
  written: number;
  duplicates: number;
  outside: number;
  rejected: number;
}

/** `10 received = 9 written + 1 duplicate + 0 outside + 0 rejected` */
export function exportEquation({ received, written, duplicates, outside, rejected }: ReceivedRows): string {
  return (
    `${formatCount(received)} received = ${formatCount(written)} written + ${countOf(duplicates, 'duplicate')}` +
    ` + ${formatCount(outside)} outside + ${formatCount(rejected)} rejected`
  );
}

export const noRowsText = 'Scarf has no rows for these days.';

export function moreFilesText(files: number): string {
  return `and ${countOf(files, 'more file', 'more files')}`;
}

export function repeatedText(requests: number): string {
  return `${countOf(requests, 'request')} made again`;
}
