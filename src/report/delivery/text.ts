/** The words of a delivery: what is said while it goes on, and the summary at its end. All on stderr. */
import type { ChalkInstance } from 'chalk';
import type { ExitName } from '../../failure.ts';
import type { Counts } from '../../records.ts';
import { countOf, formatBytes, formatCount, formatDuration } from '../terminal/numbers.ts';
import { printable } from '../terminal/printable.ts';
import type { RejectsFile } from './document.ts';
import type { ReasonGroup, Tally } from './tally.ts';

/** What follows the number of rows, by the code of a change. Codes without a line speak for themselves. */
const CHANGE_WORDS: Readonly<Record<string, string>> = {
  'id-filled': 'got an id',
  'id-to-text': 'had a non-text id, sent as text',
  'field-converted': 'had a value converted to the declared type',
  'response-left-out': 'had a response of only nulls, sent without it',
  'time-from-number': 'had a numeric time, sent as ISO 8601',
  'time-zone-assumed': 'had a time without zone, taken as {zone}',
  'time-rewritten': 'had a time rewritten as ISO 8601',
  'key-renamed': 'had a key renamed',
  'key-dropped': 'named the artifact that --package or --pixel names already',
  'type-filled': 'got the event type',
  'headers-filled': 'got empty headers',
  'headers-joined': 'had repeated headers, joined by commas',
  'field-renamed': 'had a field renamed to a legal name',
  'text-split': 'had a long text, split into several events',
  'text-truncated': 'had a text truncated to the maximum length',
  'time-kept-in-field': 'keep their own time in a field, since the server changes it',
  'time-to-milliseconds': 'had a time sent as milliseconds',
  'text-from-key': 'had their text taken from another key',
  'time-from-key': 'had their time taken from another key',
  'type-error-nulled': 'had a value of the wrong type, sent as null',
};

const WARNING_WORDS: Readonly<Record<string, string>> = {
  'old-event': 'older than the vendor accepts; they may be refused (--old-events)',
  'text-missing': 'without a text: only their fields can be searched',
  'time-missing': 'without a time: the server takes its own',
  'uri-relative': 'with a relative request.uri: Moesif expects an absolute URI',
  'query-keys-over-500': 'with more than 500 keys in the query of request.uri: Moesif does not keep them all',
  'future-event': 'more than a day ahead of the clock of this machine',
  'server-warning': 'imported with a warning in the log',
  'log-line-unreadable': 'of an import log could not be read and were skipped',
  'ip-address-missing': 'without request.ip_address: Moesif uses the address of this machine',
  'event-cut-by-vendor': 'over 1 MB: Moesif truncates their bodies',
  'time-clamped': 'more than 10 minutes off: the server replaces their time unless you log in',
  'feature-error': 'had errors in features',
  'line-passed-over': 'of the log left out: no requests, or told of in other lines',
};

/** What is counted, where it is no event. */
const WARNING_NOUNS: Readonly<Record<string, string>> = {
  'log-line-unreadable': 'line',
  'line-passed-over': 'line',
};

/** What has become of a file of rejects since its run ended. */
const FATE_WORDS: Readonly<Record<RejectsFile['fate'], string>> = {
  present: '',
  changed: ' (changed since)',
  gone: ' (gone: no longer there)',
};

export interface SummaryFacts {
  title: string;
  exit: ExitName;
  durationMs: number;
  rejects: RejectsFile | undefined;
  /** What to run next, if anything. */
  next: string | undefined;
  run: string | undefined;
  planned?: { requests: number; rows: number; bytes: number } | undefined;
  /** Of times that named none. */
  timeZone?: string | undefined;
}

/**
 * The end of a delivery in a screenful: the equation, the reasons, the jobs, where the rejects are. What comes from
 * outside (paths, reasons, ids) is made printable where it enters a line: colours are ours and stay.
 */
export function summaryText(tally: Tally, facts: SummaryFacts, colors: ChalkInstance): string {
  const lines = [
    `${headline(tally, facts, colors)} ${printable(facts.title)} in ${formatDuration(facts.durationMs)}`,
    `  ${equation(tally.counts)}`,
  ];
  if (differs(tally.thisRun, tally.counts)) lines.push(`  this run: ${equation(tally.thisRun)}`);
  lines.push(...tally.reasons.flatMap((group) => reasonLines(group, colors)));
  lines.push(...changeLines(tally, facts));
  if (tally.unaccounted > 0) {
    lines.push(
      `  warning: ${countOf(tally.unaccounted, 'event')} unaccounted for: the vendor's own counters leave them out, and its log names no error`,
    );
  }
  if (tally.jobs.size > 0) lines.push(`  imports: ${jobsLine(tally)}`);
  lines.push(
    `  sent ${formatBytes(tally.bytesSent)} in ${countOf(tally.requests, 'request')}, ${countOf(tally.retries, 'retry', 'retries')}`,
  );
  if (facts.planned !== undefined) {
    const { requests, rows, bytes } = facts.planned;
    lines.push(
      `  would send ${countOf(rows, 'row')} as ${formatBytes(bytes)} in ${countOf(requests, 'request')}`,
    );
  }
  if (facts.rejects !== undefined)
    lines.push(`  rejects: ${printable(facts.rejects.path)}${FATE_WORDS[facts.rejects.fate]}`);
  if (facts.run !== undefined) lines.push(colors.dim(`  run: ${printable(facts.run)}`));
  if (facts.next !== undefined) lines.push(`  next: ${printable(facts.next)}`);
  return `${lines.join('\n')}\n`;
}

/** `read 10 = accepted 9 + rejected 1`, what is zero left out. */
export function equation(counts: Counts): string {
  const { read, ...outcomes } = counts;
  const parts = Object.entries(outcomes)
    .filter(([, rows]) => rows !== 0)
    .map(([name, rows]) => `${name} ${formatCount(rows)}`);
  return `read ${formatCount(read)} = ${parts.length === 0 ? '0' : parts.join(' + ')}`;
}

function headline({ counts }: Tally, { exit, planned }: SummaryFacts, colors: ChalkInstance): string {
  const isStranded = counts.unsent > 0 && planned === undefined;
  if ((exit !== 'ok' && exit !== 'rejected') || isStranded) return colors.red('✗');
  return counts.rejected > 0 ? colors.yellow('!') : colors.green('✓');
}

function differs(one: Counts, other: Counts): boolean {
  return one.read !== other.read;
}

function reasonLines(group: ReasonGroup, colors: ChalkInstance): string[] {
  const by = group.source === 'server' ? 'refused by the server' : 'rejected';
  const places = group.places.map(
    ({ path, line, column }) => `${printable(path)}:${line}${column === undefined ? '' : `:${column}`}`,
  );
  const more = group.rows > places.length && places.length > 0 ? ', …' : '';
  const first = `  ${colors.yellow(countOf(group.rows, 'row'))} ${by}, ${printable(`${group.reason}: ${group.message}`)}`;
  return places.length === 0 ? [first] : [first, `    ${places.join(', ')}${more}`];
}

function changeLines({ changes, warnings }: Tally, { timeZone = 'UTC' }: SummaryFacts): string[] {
  const changed = Object.entries(changes).filter(([, rows]) => rows > 0);
  const warned = Object.entries(warnings).filter(([, rows]) => rows > 0);
  return [
    ...changed.map(
      ([code, rows]) =>
        `  ${countOf(rows, 'row')} ${wordsOf(code, CHANGE_WORDS).replace('{zone}', () => timeZone)}`,
    ),
    ...warned.map(
      ([code, count]) =>
        `  warning: ${countOf(count, WARNING_NOUNS[code] ?? 'event')} ${wordsOf(code, WARNING_WORDS)}`,
    ),
  ];
}

/** A warning with the first count of it: of so many rows, where it is about rows. */
export function earlyWarning(code: string, count: number, rows: number): string {
  const words = wordsOf(code, WARNING_WORDS);
  const noun = WARNING_NOUNS[code];
  return noun === undefined
    ? `${formatCount(count)} of the first ${countOf(rows, 'row')}: ${words}`
    : `${countOf(count, noun)} ${words}`;
}

/** A code may be followed by a detail, which stands for itself: `feature-error: a-feature`. */
function wordsOf(code: string, words: Readonly<Record<string, string>>): string {
  const [kind = code] = code.split(': ', 1);
  return printable((words[kind] ?? kind.replaceAll('-', ' ')) + code.slice(kind.length));
}

/** How many jobs there were, and the first ids: enough to look one up. */
function jobsLine({ jobs }: Tally): string {
  const shown = [...jobs.values()]
    .slice(0, 3)
    .map(({ id, status }) => (status === 'done' ? id : `${id} (${status})`));
  const more = jobs.size > shown.length ? ` and ${jobs.size - shown.length} more` : '';
  return printable(`${shown.join(', ')}${more}`);
}
