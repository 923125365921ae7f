/**
 * Determines the outcome of an ended import. Its counters may be missing and need not add up; its log names lines
 * of the uploaded body ("Scarf docs, Importing events" and its OpenAPI document, 2026-06). Lines that the log does
 * not name were accepted, as far as the counters allow.
 */
import { plainText } from '../../http/explain.ts';
import { Failure } from '../../failure.ts';
import { asObject } from '../../json.ts';
import type { Retry, JobState, Rejection, Rejections, Settled } from '../../records.ts';
import { asCount } from '../json.ts';
import type { ScarfAccount } from './account.ts';
import { LogFindings } from './log-findings.ts';
import { readImportLog, type ImportLogEntry, type ReadLog } from './imports.ts';

/** Counters of Scarf, undefined where missing. */
interface Counters {
  total: number | undefined;
  imported: number | undefined;
  failed: number | undefined;
}

/** Contents of the log. */
interface Findings {
  refusals: LogFindings;
  warnings: number;
  /** Log lines without an entry. */
  unreadable: number;
  /** Nothing says how many events failed: there are neither counters nor a log. */
  isSilent: boolean;
}

/** How often a log that may have more to say is read before it is used as it is. */
const maxLogReads = 3;

/**
 * Returns a function that judges jobs that are no longer open; `events`: how many the body held. A log that ends
 * within a line, or is empty or not there though events failed, is requested again, a limited number of times, and a
 * judgement without it is given along, so it never prevents one. Throws a Failure when a request is refused.
 */
export function createJudge(
  account: ScarfAccount,
): (job: JobState, events: number, signal: AbortSignal) => Promise<Settled | Retry> {
  const logReads = new Map<string, number>();

  return async (job, events, signal) => {
    const judged = await judgeImport(account, { job, events }, signal);
    if (judged.kind !== 'judged') return judged;
    const { doubt, settled } = judged;
    const reads = (logReads.get(job.id) ?? 0) + 1;
    if (doubt !== undefined && reads < maxLogReads) {
      logReads.set(job.id, reads);
      return { kind: 'retry', taken: 'no', why: 'transient', message: doubt, otherwise: settled };
    }
    logReads.delete(job.id);
    return settled;
  };
}

interface Judged {
  kind: 'judged';
  settled: Settled;
  /** Why the log may have more to say, for people. */
  doubt: string | undefined;
}

async function judgeImport(
  account: ScarfAccount,
  { job, events }: { job: JobState; events: number },
  signal: AbortSignal,
): Promise<Judged | Settled | Retry> {
  if (job.state === 'open') throw new Failure('bug', `the import ${job.id} is judged before its end`);
  if (job.state !== 'done') return allUnknown(events, job.state === 'aborted');
  const counters = readCounters(job);
  let doubt: string | undefined;
  const findings: Findings = {
    refusals: new LogFindings(events),
    warnings: 0,
    unreadable: 0,
    isSilent: false,
  };
  if (needsLog(counters, events)) {
    const visit = (entry: ImportLogEntry) => note(findings, entry);
    const log = await readImportLog(account, { id: job.id, visit }, signal);
    if (log.kind === 'retry') return log;
    doubt = doubtAbout(log, counters, events);
    if (log.kind === 'read') findings.unreadable = log.unreadable;
    const { refusals } = findings;
    if (refusals.named + refusals.unnamed === 0) noteSample(findings, job);
    const isCounted = counters.imported !== undefined || counters.failed !== undefined;
    findings.isSilent = log.kind === 'missing' && !isCounted && refusals.named + refusals.unnamed === 0;
  }
  return { kind: 'judged', settled: settle(counters, findings, events), doubt };
}

/**
 * Something between Scarf and us may cut a log at any byte, the first included, and a log may be there later than its
 * import. Where all events failed no line is missed.
 */
function doubtAbout(
  log: ReadLog | { kind: 'missing' },
  { failed = 0 }: Counters,
  events: number,
): string | undefined {
  const needsLines = failed > 0 && failed < events;
  if (log.kind === 'missing') return needsLines ? 'the log is not there, though events failed' : undefined;
  if (log.endsTorn) return 'the log ended within a line';
  return log.isEmpty && needsLines ? 'the log is empty, though events failed' : undefined;
}

/** The import itself holds a sample of its log, which may name some lines where the log names none. */
function noteSample(findings: Findings, { fields }: JobState): void {
  const sample = fields['error_log_sample'];
  if (!Array.isArray(sample)) return;
  for (const value of sample) {
    const entry = asObject(value);
    if (entry !== undefined) note(findings, entry);
  }
}

function allUnknown(events: number, aborted: boolean): Settled {
  return { kind: 'settled', accepted: 0, rejected: [], unknown: events, ...(aborted ? { aborted } : {}) };
}

function readCounters({ fields }: JobState): Counters {
  return {
    total: asCount(fields['events_total']),
    imported: asCount(fields['events_successfully_imported']),
    failed: asCount(fields['events_failed_to_import']),
  };
}

/** Whether the log must be read: not when the counters show that no event failed and none is missing. */
function needsLog(counters: Counters, events: number): boolean {
  return counters.imported === undefined || counters.failed !== 0 || uncounted(counters, events, 0) > 0;
}

function note(findings: Findings, entry: ImportLogEntry): void {
  if (entry['class'] === 'warning') findings.warnings++;
  if (entry['class'] !== 'error' || entry['type'] === 'progress') return;
  const { line, type } = entry;
  const row = typeof line === 'number' && Number.isInteger(line) && line >= 1 ? line - 1 : undefined;
  const reason = typeof type === 'string' && /^[a-z0-9-]{1,60}$/.test(type) ? type : 'refused';
  findings.refusals.note(row, reason, () => messageOf(entry, reason));
}

function messageOf(entry: ImportLogEntry, reason: string): string {
  const { human_friendly_message: words } = entry;
  const artifact = [entry['package_id'], entry['tracking_pixel_id']].find((id) => typeof id === 'string');
  const message = typeof words === 'string' && words !== '' ? words : reason.replaceAll('-', ' ');
  return plainText(typeof artifact === 'string' ? `${message}: ${artifact}` : message);
}

function settle(counters: Counters, findings: Findings, events: number): Settled {
  const rejected = allRejections(counters, findings.refusals, events);
  const unaccounted = uncounted(counters, events, rejected.length);
  return {
    kind: 'settled',
    accepted: events - rejected.length,
    rejected,
    unknown: 0,
    ...(unaccounted > 0 ? { unaccounted } : {}),
    ...warningsOf(findings, events),
  };
}

function warningsOf({ warnings, unreadable, isSilent }: Findings, events: number): Pick<Settled, 'warnings'> {
  if (isSilent) return { warnings: { 'neither-counted-nor-logged': events } };
  if (warnings + unreadable === 0) return {};
  return {
    warnings: {
      ...(warnings > 0 ? { 'server-warning': warnings } : {}),
      ...(unreadable > 0 ? { 'log-line-unreadable': unreadable } : {}),
    },
  };
}

/**
 * All rejections. Failures without a line come last: as many as the counter says, otherwise one for each log entry
 * without a line.
 */
function allRejections({ failed }: Counters, refusals: LogFindings, events: number): Rejections {
  const { named, unnamed } = refusals;
  const count = Math.min(failed ?? named + unnamed, events);
  const silent: Rejection = { reason: 'failed-to-import', message: 'Scarf did not name the failed line' };
  return refusals.rejections(Math.max(count - named, 0), silent);
}

/** Events that are neither imported nor failed nor rejected; 0 when Scarf did not count. */
function uncounted({ total, imported, failed }: Counters, events: number, rejected: number): number {
  if (imported === undefined) return 0;
  const gap = Math.max(total ?? events, events) - imported - Math.max(failed ?? 0, rejected);
  return Math.min(Math.max(gap, 0), events - rejected);
}
