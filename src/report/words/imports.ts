/** The words of `imports`. */
import { countOf, formatCount } from '../terminal/numbers.ts';

export const noImportsText = 'No imports: Scarf has none for this owner, or none with this status.';

/** Behind a list that was cut. */
export function onlyNewestText(count: number): string {
  return `There are more imports: these are the ${count} newest (--limit N lists more).`;
}

/** Below a table that is drawn in place. */
export const leaveHint = 'q leaves; the imports go on';

export function nothingToWatchText(owner: string): string {
  return `No import of ${owner} is active.`;
}

/** `300 of 301 imported, 1 failed`; a count that Scarf does not report is a question mark. */
export function importCountsText(counts: {
  imported: number | undefined;
  total: number | undefined;
  failed: number | undefined;
}): string {
  const count = (number: number | undefined) => (number === undefined ? '?' : formatCount(number));
  return `${count(counts.imported)} of ${count(counts.total)} imported, ${count(counts.failed)} failed`;
}

export function unreadableLogText(lines: number): string {
  return `${countOf(lines, 'line')} of the log could not be read and ${lines === 1 ? 'was' : 'were'} skipped`;
}

export function noSuchImportText(id: string): string {
  return `no such import: ${id}`;
}

/** The most candidates that are named. */
const maxCandidates = 10;

/** Printed when several ids begin with the given text. */
export function ambiguousText(noun: string, given: string, candidates: readonly string[]): string {
  const more = candidates.length > maxCandidates ? `, and ${candidates.length - maxCandidates} more` : '';
  const named = candidates.slice(0, maxCandidates).join(', ');
  return `"${given}" is the beginning of ${countOf(candidates.length, noun)}: ${named}${more}`;
}
