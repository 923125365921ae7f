/** The summary of a delivery or a check, for standard error. */
import type { ChalkInstance } from 'chalk';
import type { ExitName } from '../../failure.ts';
import { countOf } from '../terminal/numbers.ts';
import { printable, printableLine } from '../terminal/printable.ts';
import { checkIncomplete, checkSpeed, checkVerdict } from '../words/check.ts';
import * as words from '../words/delivery.ts';
import { changeText, warningText } from '../words/rows.ts';
import type { RejectsFile } from './document.ts';
import type { ReasonGroup, Tally } from './tally.ts';

/** The requests that would be sent. */
export interface PlannedRequests {
  requests: number;
  rows: number;
  bytes: number;
  /** `requests` and `bytes` are near the truth. */
  estimated: boolean;
}

export interface SummaryFacts {
  /** The vendor's title: `Scarf`. */
  vendor: string;
  /** What the vendor's requests are called. */
  requestNoun: 'import' | 'request';
  exit: ExitName;
  durationMs: number;
  nowMs: number;
  rejects: RejectsFile | undefined;
  run: string | undefined;
  /** Whether `run` can be resumed. */
  isResumable: boolean;
  /** Set when nothing was to be sent. */
  planned?: PlannedRequests | undefined;
  /** The time zone for times without one. */
  timeZone?: string | undefined;
  /** The command that watches imports for which no process waits. */
  watch?: string | undefined;
}

/**
 * The summary of a delivery in a screenful: the equation, the reasons, the jobs, where the rejects are. Text
 * from outside (paths, reasons, ids) is made printable where it is inserted, so that our own colours are
 * kept.
 */
export function summaryText(tally: Tally, facts: SummaryFacts, colors: ChalkInstance): string {
  if (facts.planned !== undefined) return checkText(tally, { ...facts, planned: facts.planned }, colors);
  const { alreadyDelivered } = tally;
  const isRepeat = alreadyDelivered !== undefined;
  const title = isRepeat
    ? words.alreadyDelivered(alreadyDelivered, facts)
    : words.runTitle({ ...facts, inputs: inputsIn(tally) });
  const lines = [`${mark(tally, facts, colors)} ${title}`, `  ${words.equation(tally.counts)}`];
  if (!isRepeat && tally.thisRun.read !== tally.counts.read)
    lines.push(`  ${words.thisRunText(tally.thisRun)}`);
  lines.push(...rowLines(tally, facts, colors));
  if (tally.unaccounted > 0) lines.push(`  ${words.unaccountedText(tally.unaccounted, facts.vendor)}`);
  if (tally.jobs.size > 0) lines.push(`  imports: ${printable(jobsLine(tally))}`);
  if (!isRepeat) lines.push(`  ${words.traffic({ ...tally, bytes: tally.bytesSent })}`);
  const watch = tally.counts.pending > 0 ? facts.watch : undefined;
  lines.push(
    ...rejectsLines(facts),
    ...lastLines({ ...facts, watch, isOfStream: tally.source.totalBytes === undefined }, colors, isRepeat),
  );
  return `${lines.join('\n')}\n`;
}

/** The summary of a check, which has no run and sends nothing. */
function checkText(
  tally: Tally,
  facts: SummaryFacts & { planned: PlannedRequests },
  colors: ChalkInstance,
): string {
  const { planned, requestNoun: noun } = facts;
  const { rejected, skipped, read } = tally.counts;
  const isWhole = facts.exit === 'ok' || facts.exit === 'rejected';
  const verdict = checkVerdict({ ...planned, valid: planned.rows, rejected, skipped, noun });
  const lines = [`${mark(tally, facts, colors)} ${isWhole ? verdict : checkIncomplete(read)}`];
  const speed = isWhole
    ? checkSpeed({ readBytes: tally.source.readBytes, durationMs: facts.durationMs })
    : undefined;
  if (speed !== undefined) lines.push(`  ${speed}`);
  lines.push(...rowLines(tally, facts, colors), ...rejectsLines(facts));
  return `${lines.join('\n')}\n`;
}

function inputsIn({ inputs }: Tally): number {
  return inputs.filter((input) => input !== undefined).length;
}

function mark({ counts }: Tally, { exit, planned }: SummaryFacts, colors: ChalkInstance): string {
  const isStranded = counts.unsent > 0 && planned === undefined;
  if ((exit !== 'ok' && exit !== 'rejected') || isStranded) return colors.red('✗');
  return counts.rejected > 0 ? colors.yellow('!') : colors.green('✓');
}

/** Why rows were rejected, and which changes and warnings there were for others. */
function rowLines(tally: Tally, { vendor, timeZone = 'UTC' }: SummaryFacts, colors: ChalkInstance): string[] {
  const changed = Object.entries(tally.changes).filter(([, rows]) => rows > 0);
  const warned = Object.entries(tally.warnings).filter(([, count]) => count > 0);
  return [
    ...tally.reasons.flatMap((group) => reasonLines(group, colors)),
    ...changed.map(([code, rows]) => `  ${printable(changeText(code, rows, timeZone))}`),
    ...warned.map(
      ([code, count]) => `  ${colors.yellow('warning')}: ${printable(warningText(code, count, { vendor }))}`,
    ),
  ];
}

function reasonLines(group: ReasonGroup, colors: ChalkInstance): string[] {
  const by = group.source === 'server' ? 'refused by the server' : 'rejected';
  const places = group.places.map(
    ({ path, line, column }) => `${printableLine(path)}:${line}${column === undefined ? '' : `:${column}`}`,
  );
  const more = group.rows > places.length && places.length > 0 ? ', …' : '';
  const first = `  ${colors.yellow(countOf(group.rows, 'row'))} ${by}, ${printable(`${group.reason}: ${group.message}`)}${words.otherMessages(group.others)}`;
  return places.length === 0 ? [first] : [first, `    ${places.join(', ')}${more}`];
}

/** The number of jobs and the first ids, enough to look one up. */
function jobsLine({ jobs }: Tally): string {
  const shown = [...jobs.values()]
    .slice(0, 3)
    .map(({ id, status }) => (status === 'done' ? id : `${id} (${status})`));
  const more = jobs.size > shown.length ? ` and ${jobs.size - shown.length} more` : '';
  return `${shown.join(', ')}${more}`;
}

/** Names only the directory, which may hold thousands of files. */
function rejectsLines({ rejects }: SummaryFacts): string[] {
  if (rejects === undefined) return [];
  const named = rejects.path.endsWith('/') ? [rejects] : rejects.files;
  return named.map(({ path, state }) => `  rejects: ${printableLine(path)}${words.rejectsStateText(state)}`);
}

function filesThere(rejects: RejectsFile | undefined): number {
  return (rejects?.files ?? []).filter(({ state }) => state !== 'gone').length;
}

/** The run and the next step. The run's name appears in one of the two. */
function lastLines(
  { exit, run, isResumable, isOfStream, rejects, watch }: SummaryFacts & { isOfStream: boolean },
  colors: ChalkInstance,
  isRepeat: boolean,
): string[] {
  const resumable = isResumable ? run : undefined;
  const next =
    words.nextStep(exit, { run: resumable, isOfStream, rejectsFiles: filesThere(rejects), watch }) ??
    (isRepeat ? words.sendAgainHint : undefined);
  const hasName = run === undefined || (resumable !== undefined && next?.includes(resumable) === true);
  return [
    ...(hasName ? [] : [colors.dim(`  run: ${printable(run)}`)]),
    ...(next === undefined ? [] : [`  next: ${printable(next)}`]),
  ];
}
