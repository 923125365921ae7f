/** The words for the end of a delivery: its verdict, counts, changes, warnings, and the next step. */
import type { ExitName } from '../../failure.ts';
import type { StopCause } from '../../events.ts';
import type { Counts } from '../../records.ts';
import { countOf, formatBytes, formatCount, formatDuration } from '../terminal/numbers.ts';
import { calendarTime } from '../terminal/relative-time.ts';
import { waitingReason, type Waiting } from './progress.ts';

/** `1 input to Scarf in 2.1 s` */
export function runTitle(facts: { inputs: number; vendor: string; durationMs: number }): string {
  return `${countOf(facts.inputs, 'input')} to ${facts.vendor} in ${formatDuration(facts.durationMs)}`;
}

/** For repeating a finished run: `Already imported on 26 Nov 02:52; nothing to send`. */
export function alreadyDelivered(
  { at }: { at: string },
  { requestNoun, nowMs }: { requestNoun: 'import' | 'request'; nowMs: number },
): string {
  const verb = requestNoun === 'import' ? 'imported' : 'sent';
  return `Already ${verb} on ${calendarTime(at, nowMs)}; nothing to send`;
}

export const sendAgainHint = 'to send it once more: --again (same ids) or --salt TEXT (as another delivery)';

/** `read 10 = accepted 9 + rejected 1`, without zero counts. */
export function equation(counts: Counts): string {
  const { read, ...outcomes } = counts;
  const parts = Object.entries(outcomes)
    .filter(([, rows]) => rows !== 0)
    .map(([name, rows]) => `${name} ${formatCount(rows)}`);
  return `read ${formatCount(read)} = ${parts.length === 0 ? '0' : parts.join(' + ')}`;
}

export function thisRunText(counts: Counts): string {
  return counts.read === 0 ? 'nothing new this time' : `this run: ${equation(counts)}`;
}

export function traffic(facts: { bytes: number; requests: number; retries: number }): string {
  const retries = facts.retries > 0 ? `, ${countOf(facts.retries, 'retry', 'retries')}` : '';
  return `sent ${formatBytes(facts.bytes)} in ${countOf(facts.requests, 'request')}${retries}`;
}

export function unaccountedText(events: number, vendor: string): string {
  return `warning: ${vendor}'s counters leave out ${countOf(events, 'event')}, and its log names no error`;
}

/** Printed when a run stops early. */
export function stoppedText(
  stopped: StopCause,
  { waiting, openJobs, vendor }: { waiting: Waiting | undefined; openJobs: number; vendor: string },
): string {
  const cause =
    stopped.why === 'deadline'
      ? 'Deadline reached'
      : stopped.signal === 'SIGINT'
        ? 'Stopped by Ctrl-C'
        : `Stopped by ${stopped.signal}`;
  const while_ = waiting === undefined ? '' : ` while waiting: ${waitingReason(waiting, vendor)}`;
  if (openJobs === 0) return `${cause}${while_}`;
  return `${cause}${while_}; ${vendor} is still processing ${countOf(openJobs, 'import')}`;
}

/** Printed as soon as a signal arrives. */
export function stopRequestedText(graceMs: number): string {
  return `Stopping: finishing uploads (up to ${graceMs / 1000} s). Press Ctrl-C again to quit now`;
}

/** After these outcomes, repeating the command resumes the run. */
const isGoneOnWith: ReadonlySet<ExitName> = new Set([
  'unavailable',
  'local',
  'interrupt',
  'terminate',
  'hangup',
  'aborted',
]);

export interface NextStepFacts {
  /** The run, if it can be resumed. */
  run: string | undefined;
  /** It read a pipe, of which the command would read other bytes. */
  isOfStream: boolean;
  /** Files of rejects that exist. */
  rejectsFiles: number;
  /** The command that watches imports that still go on. */
  watch: string | undefined;
}

/** What to do about an outcome, if anything. */
export function nextStep(
  exit: ExitName,
  { run, isOfStream, rejectsFiles, watch }: NextStepFacts,
): string | undefined {
  if (isGoneOnWith.has(exit)) {
    const goOn = goOnText(run, isOfStream);
    return exit === 'aborted' ? `${goOn}; rows without ids also need --on-unknown resend` : goOn;
  }
  if (exit === 'unknown')
    return 'unknown rows stay unknown; --on-unknown resend sends them again and may duplicate rows';
  if (exit === 'ok' && watch !== undefined) return `watch the imports: ${watch}`;
  if (exit !== 'rejected' || rejectsFiles === 0) return undefined;
  return rejectsFiles === 1
    ? 'fix the rejected rows in that file, then import it with the same options'
    : 'fix the rejected rows in those files, then import them with the same options';
}

function goOnText(run: string | undefined, isOfStream: boolean): string {
  if (run === undefined) return 'run it again to go on';
  return isOfStream
    ? `what was read of the pipe is kept; to go on: scarf-cli runs resume ${run}`
    : `run it again to go on: ${run}`;
}

/** The suffix for a group of rejects in which this many have other messages. */
export function otherMessages(others: number | undefined): string {
  return others === undefined ? '' : `, and ${countOf(others, 'other')} like it`;
}

/** The suffix for a rejects file that has changed since its run ended. */
export function rejectsStateText(state: 'present' | 'changed' | 'gone'): string {
  return { present: '', changed: ' (changed since)', gone: ' (gone: no longer there)' }[state];
}
