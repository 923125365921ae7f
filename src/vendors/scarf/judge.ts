/**
 * The last word about an import that ended. Its counters may be missing and need not add up; its log names lines
 * of the uploaded body ("Scarf docs, Importing events" and its OpenAPI document, 2026-06). What the log does not
 * name was accepted, as far as the counters allow.
 */
import { plainText } from '../../http/explain.ts';
import { Failure } from '../../failure.ts';
import type { Again, JobState, Rejection, Settled } from '../../records.ts';
import { asCount } from '../json.ts';
import type { ScarfAccount } from './account.ts';
import { readImportLog, type ImportLogEntry } from './imports.ts';

/** Counts by Scarf, where it told them. */
interface Counters {
  total: number | undefined;
  imported: number | undefined;
  failed: number | undefined;
}

/** What the log said, in body order: the first error of each line, and errors without a line. */
interface Findings {
  byLine: Map<number, Rejection>;
  withoutLine: Rejection[];
  warnings: number;
}

/** Judges a job that is no longer open. `events` is how many its body held. */
export async function judgeImport(
  account: ScarfAccount,
  ended: { job: JobState; events: number },
  signal: AbortSignal,
): Promise<Settled | Again> {
  const { job, events } = ended;
  if (job.state === 'open') throw new Failure('bug', `the import ${job.id} is judged before its end`);
  if (job.state !== 'done') return allUnknown(events, job.state === 'aborted');
  const counters = readCounters(job);
  const findings: Findings = { byLine: new Map(), withoutLine: [], warnings: 0 };
  if (needsLog(counters, events)) {
    const visit = (entry: ImportLogEntry) => note(findings, entry, events);
    const log = await readImportLog(account, { id: job.id, visit }, signal);
    if (log.kind === 'again') return log;
  }
  return settle(counters, findings, events);
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

/** A call is saved when the counters leave nothing to ask: none failed, none missing. */
function needsLog(counters: Counters, events: number): boolean {
  return counters.imported === undefined || counters.failed !== 0 || uncounted(counters, events, 0) > 0;
}

function note(findings: Findings, entry: ImportLogEntry, events: number): void {
  if (entry['class'] === 'warning') findings.warnings++;
  if (entry['class'] !== 'error' || entry['type'] === 'progress') return;
  const { line } = entry;
  const inBody = typeof line === 'number' && Number.isInteger(line) && line >= 1 && line <= events;
  if (!inBody) findings.withoutLine.push(rejectionOf(entry));
  else if (!findings.byLine.has(line)) findings.byLine.set(line, { row: line - 1, ...rejectionOf(entry) });
}

function rejectionOf(entry: ImportLogEntry): Rejection {
  const { type, human_friendly_message: words } = entry;
  const reason = typeof type === 'string' && /^[a-z0-9-]{1,60}$/.test(type) ? type : 'refused';
  const artifact = [entry['package_id'], entry['tracking_pixel_id']].find((id) => typeof id === 'string');
  const message = typeof words === 'string' && words !== '' ? words : reason.replaceAll('-', ' ');
  return { reason, message: plainText(typeof artifact === 'string' ? `${message}: ${artifact}` : message) };
}

function settle(counters: Counters, findings: Findings, events: number): Settled {
  const named = [...findings.byLine.values()].sort((a, b) => (a.row ?? 0) - (b.row ?? 0));
  const unnamed = unnamedRejections(counters, findings, events);
  const rejected = [...named, ...unnamed];
  const unaccounted = uncounted(counters, events, rejected.length);
  return {
    kind: 'settled',
    accepted: events - rejected.length,
    rejected,
    unknown: 0,
    ...(unaccounted > 0 ? { unaccounted } : {}),
    ...(findings.warnings > 0 ? { warnings: { 'server-warning': findings.warnings } } : {}),
  };
}

/** Failures that no line accounts for: as many as the counter says, else one for each entry without a line. */
function unnamedRejections(counters: Counters, findings: Findings, events: number): Rejection[] {
  const named = findings.byLine.size;
  const failed = Math.min(counters.failed ?? named + findings.withoutLine.length, events);
  const silent: Rejection = { reason: 'failed-to-import', message: 'Scarf did not say which line failed' };
  return Array.from(
    { length: Math.max(failed - named, 0) },
    (_, index) => findings.withoutLine[index] ?? silent,
  );
}

/** Events that are neither imported nor failed; none when Scarf did not count. */
function uncounted({ total, imported, failed }: Counters, events: number, rejected: number): number {
  if (imported === undefined) return 0;
  return Math.max(Math.max(total ?? events, events) - imported - Math.max(failed ?? 0, rejected), 0);
}
