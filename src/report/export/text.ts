/** The summary of an export. */
import type { ChalkInstance } from 'chalk';
import type { Days } from '../../contracts/dataset.ts';
import type { ExitName } from '../../failure.ts';
import { countOf, formatBytes, formatDuration } from '../terminal/numbers.ts';
import { printable } from '../terminal/printable.ts';
import * as words from '../words/export.ts';
import type { ExportTally } from './tally.ts';

/** The most files that a summary lists one by one. */
const maxFiles = 8;

export interface ExportSummaryFacts {
  exit: ExitName;
  durationMs: number;
}

/** What was done, the equation, and where the rows are. */
export function exportSummary(tally: ExportTally, facts: ExportSummaryFacts, colors: ChalkInstance): string {
  if (tally.nothingNewThrough !== undefined) {
    const nothingNew = words.nothingNewText(printable(tally.destination), tally.ranges);
    return `${[nothingNew, ...gapLines(tally)].join('\n')}\n`;
  }
  const color = facts.exit === 'ok' ? colors.green : colors.red;
  const lines = [
    `export of ${tally.dataset}${daysText(tally.days)}: ${color(words.verdictText(outcomeOf(tally, facts)))}`,
  ];
  if (tally.windows.committed > 0) lines.push(`  ${words.exportEquation(tally.counts)}`);
  for (const { path, rows, bytes } of tally.files.slice(0, maxFiles)) {
    const size = bytes > 0 ? `, ${formatBytes(bytes)}` : '';
    lines.push(`  ${printable(path)}: ${countOf(rows, 'row')}${size}`);
  }
  if (tally.files.length > maxFiles) lines.push(`  ${words.moreFilesText(tally.files.length - maxFiles)}`);
  if (tally.rejectsPath !== undefined) lines.push(`  rejects: ${printable(tally.rejectsPath)}`);
  if (tally.hasEnded && tally.counts.received === 0) lines.push(`  ${words.noRowsText}`);
  if (!tally.hasEnded && tally.windowsLeft.length > 0)
    lines.push(`  not fetched: ${words.rangesText(tally.windowsLeft)}`);
  lines.push(...gapLines(tally).map((line) => `  ${line}`));
  if (tally.retries > 0) lines.push(`  ${words.repeatedText(tally.retries)}`);
  lines.push(`  ${formatDuration(facts.durationMs)}`);
  return `${lines.join('\n')}\n`;
}

function outcomeOf(tally: ExportTally, { exit }: ExportSummaryFacts): words.ExportOutcome {
  return {
    isWhole: exit === 'ok',
    rejected: exit === 'rejected' && tally.hasEnded ? tally.counts.rejected : undefined,
    hasFiles: tally.files.length > 0,
  };
}

function daysText(days: Days | undefined): string {
  return days === undefined ? '' : `, ${words.rangesText([days])}`;
}

function gapLines({ gaps }: ExportTally): string[] {
  return gaps.length === 0 ? [] : [words.gapsText(gaps)];
}
