/** An export in words: a line of progress, a summary at the end. */
import type { ChalkInstance } from 'chalk';
import type { Days } from '../../contracts/dataset.ts';
import type { ExitName } from '../../failure.ts';
import type { ExportTally } from './tally.ts';
import { countOf, formatBytes, formatCount, formatDuration } from '../terminal/numbers.ts';
import { printable } from '../terminal/printable.ts';

/** Files that a summary lists one by one. */
const maxFiles = 8;

/** `1.2 GB, 3,000,000 rows; 2 of 5 windows`. */
export function exportProgressLine(tally: ExportTally): string {
  const { bytes, rows } = tally.progress;
  const { committed, total } = tally.windows;
  return `${formatBytes(bytes)}, ${countOf(rows, 'row')} received; ${committed} of ${countOf(total, 'window')} written`;
}

export interface ExportSummaryFacts {
  exit: ExitName;
  durationMs: number;
}

/** What was done, the equation, and where the rows are. */
export function exportSummary(tally: ExportTally, facts: ExportSummaryFacts, colors: ChalkInstance): string {
  if (tally.nothingNewThrough !== undefined) {
    return `Nothing new: ${printable(tally.destination)} has ${rangesText(tally.ranges)}.\n${gapsText(tally)}`;
  }
  const verdict = facts.exit === 'ok' ? colors.green('complete') : colors.red(verdictOf(tally, facts.exit));
  const lines = [`export of ${tally.dataset}${daysText(tally.days)}: ${verdict}`];
  if (tally.windows.committed > 0) lines.push(`  ${equation(tally)}`);
  for (const { path, rows, bytes } of tally.files.slice(0, maxFiles)) {
    const size = bytes > 0 ? `, ${formatBytes(bytes)}` : '';
    lines.push(`  ${printable(path)}: ${countOf(rows, 'row')}${size}`);
  }
  if (tally.rejectsPath !== undefined) lines.push(`  rejects: ${printable(tally.rejectsPath)}`);
  if (tally.files.length > maxFiles) lines.push(`  and ${tally.files.length - maxFiles} more files`);
  if (tally.hasEnded && tally.counts.received === 0) lines.push('  Scarf has no rows for these days.');
  if (!tally.hasEnded && tally.windowsLeft.length > 0)
    lines.push(`  not fetched: ${rangesText(tally.windowsLeft)}`);
  if (tally.gaps.length > 0) lines.push(`  ${gapsText(tally).trimEnd()}`);
  if (tally.retries > 0) lines.push(`  ${countOf(tally.retries, 'request')} made again`);
  lines.push(`  ${formatDuration(facts.durationMs)}`);
  return `${lines.join('\n')}\n`;
}

function verdictOf(tally: ExportTally, exit: ExitName): string {
  if (exit === 'rejected' && tally.hasEnded)
    return `complete, but ${countOf(tally.counts.rejected, 'row')} could not be read`;
  return tally.files.length > 0
    ? 'ended early; what is listed is whole'
    : 'ended early; no file was written or changed';
}

function daysText(days: Days | undefined): string {
  if (days === undefined) return '';
  return days.from === days.to ? `, ${days.from}` : `, ${days.from} to ${days.to}`;
}

/** `2026-11-01, 2026-11-03 to 2026-11-05`. */
function rangesText(ranges: readonly Days[]): string {
  return ranges.map(({ from, to }) => (from === to ? from : `${from} to ${to}`)).join(', ');
}

function gapsText({ gaps }: ExportTally): string {
  if (gaps.length === 0) return '';
  return `Missing between: ${rangesText(gaps)}; a run without --from and --to fetches ${gaps.length === 1 && gaps[0]?.from === gaps[0]?.to ? 'it' : 'them'}.\n`;
}

function equation({ counts }: ExportTally): string {
  const { received, written, duplicates, outside, rejected } = counts;
  return (
    `${formatCount(received)} received = ${formatCount(written)} written + ${formatCount(duplicates)} duplicates` +
    ` + ${formatCount(outside)} outside + ${formatCount(rejected)} rejected`
  );
}
