/** Sums a run's events: counts, reasons and jobs, from which the exit code follows. */
import { isShareOf } from './shares.ts';
import type { Share, Changes, Counts, JobReport, Reject } from '../../records.ts';
import type { RunEvent, StopCause } from '../../events.ts';
import type { Waiting } from '../words/progress.ts';
import { worstExit, type ExitName, type FailureKind } from '../../failure.ts';

export interface ReasonGroup {
  reason: string;
  source: Reject['source'];
  /** The message for the first row. */
  message: string;
  rows: number;
  /** How many rows were rejected with other messages; absent when none. */
  others?: number;
  /** The first few places; with a message where it differs. */
  places: { path: string; line: number; column?: number; message?: string }[];
}

export interface InputReport {
  path: string;
  bytes: number;
  rows: number;
}

export interface Tally {
  counts: Counts;
  thisRun: Counts;
  inputs: InputReport[];
  jobs: Map<string, JobReport>;
  reasons: ReasonGroup[];
  changes: Changes;
  warnings: Changes;
  notices: { code: string; message: string; hint?: string }[];
  failures: { kind: FailureKind; message: string; hint?: string }[];
  requests: number;
  retries: number;
  bytesSent: number;
  unaccounted: number;
  aborted: boolean;
  active: { own: number; others: number };
  /** Why nothing is being sent; undefined while something is. */
  waiting: Waiting | undefined;
  /** No new requests are started. */
  isStopping: boolean;
  stopped: StopCause | undefined;
  alreadyDelivered: { run: string; at: string } | undefined;
  /**
   * Bytes of the inputs on disk: read so far and in total; the total is undefined when a pipe is among them.
   */
  source: { readBytes: number; totalBytes: number | undefined; inputs: InputProgress[] };
}

/** How much of one input is read, in bytes on disk. */
export interface InputProgress {
  path: string;
  readBytes: number;
  totalBytes: number | undefined;
  rows: number;
  isEnded: boolean;
}

/** How many places are shown per reason. */
export const maxPlaces = 5;

const none: Counts = { read: 0, accepted: 0, rejected: 0, skipped: 0, pending: 0, unknown: 0, unsent: 0 };

/** Sums events as they arrive. `tally` is always current. */
export class TallyKeeper {
  readonly tally: Tally = {
    counts: { ...none },
    thisRun: { ...none },
    inputs: [],
    jobs: new Map(),
    reasons: [],
    changes: {},
    warnings: {},
    notices: [],
    failures: [],
    requests: 0,
    retries: 0,
    bytesSent: 0,
    unaccounted: 0,
    aborted: false,
    active: { own: 0, others: 0 },
    waiting: undefined,
    isStopping: false,
    stopped: undefined,
    alreadyDelivered: undefined,
    source: { readBytes: 0, totalBytes: 0, inputs: [] },
  };
  readonly #pending = new Map<number, { rows: number; rejected: number }>();

  add(event: RunEvent): void {
    const { tally } = this;
    switch (event.type) {
      case 'input-opened':
        tally.inputs[event.input] = { path: event.path, bytes: 0, rows: 0 };
        this.#openSource(event);
        if (event.sourceBytes === undefined) tally.source.totalBytes = undefined;
        else if (tally.source.totalBytes !== undefined) tally.source.totalBytes += event.sourceBytes;
        return;
      case 'range-known':
        addCounts(tally.counts, event.counts);
        this.#addInput(event.input, event.bytes, event.counts.read);
        return;
      case 'input-skipped':
        addCounts(tally.counts, { read: event.rows, skipped: event.rows });
        addCounts(tally.thisRun, { read: event.rows, skipped: event.rows });
        return;
      case 'rows-read':
        this.#count({ read: event.rows });
        this.#addInput(event.input, event.bytes, event.rows);
        this.#addSource(event);
        addChanges(tally.changes, event.changes);
        addChanges(tally.warnings, event.warnings);
        return;
      case 'request-made':
        tally.requests += 1;
        tally.bytesSent += event.bytes;
        return;
      case 'attempt-failed':
        tally.retries += 1;
        if (event.why === 'busy') tally.waiting = { why: 'busy', message: event.message };
        return;
      case 'slot-awaited':
        if (event.others > 0) tally.waiting = { why: 'slots', own: event.active, others: event.others };
        return;
      case 'slot-granted':
        tally.waiting = undefined;
        return;
      case 'already-delivered':
        tally.alreadyDelivered = { run: event.run, at: event.at };
        return;
      case 'chunk-adopted':
        this.#count({ read: event.rows + event.rejected });
        if (event.job !== undefined) this.#take(event.chunk, { ...event, job: event.job });
        return;
      case 'chunk-taken':
        tally.waiting = undefined;
        this.#take(event.chunk, event);
        return;
      case 'chunk-dropped':
        this.#count({ rejected: event.rejected });
        return;
      case 'chunk-resent':
        this.#takeBack(event.chunk);
        return;
      case 'chunk-settled':
        this.#settle(event);
        return;
      case 'job-changed':
        tally.jobs.set(event.job.id, event.job);
        return;
      case 'slots-known':
        tally.active = { own: event.active, others: event.others };
        if (tally.waiting?.why === 'slots')
          tally.waiting = { why: 'slots', own: event.active, others: event.others };
        return;
      case 'row-rejected':
        addReason(tally.reasons, event.path, event.reject);
        return;
      case 'warned':
        tally.notices.push(event);
        return;
      case 'failed':
        tally.failures.push(event);
        return;
      case 'delivery-ended':
        this.#count({ unsent: event.unsent });
        return;
      case 'cut-short':
        this.#count({ unsent: withoutOutcome(tally.counts) });
        return;
      case 'input-ended': {
        const source = tally.source.inputs[event.input];
        if (source) source.isEnded = true;
        return;
      }
      case 'stop-requested':
        tally.isStopping = true;
        return;
      case 'stopping':
        tally.isStopping = true;
        tally.stopped = event.cause;
        return;
      case 'run-started':
      case 'chunk-split':
        return;
    }
  }

  #count(counts: Partial<Counts>): void {
    addCounts(this.tally.counts, counts);
    addCounts(this.tally.thisRun, counts);
  }

  #openSource({ input, path, sourceBytes }: Extract<RunEvent, { type: 'input-opened' }>): void {
    const opened = { path, readBytes: 0, totalBytes: sourceBytes, rows: 0, isEnded: false };
    this.tally.source.inputs[input] = opened;
  }

  #addSource({ input, rows, sourceBytes }: Extract<RunEvent, { type: 'rows-read' }>): void {
    const { source } = this.tally;
    const known = source.inputs[input];
    if (!known) return;
    source.readBytes += sourceBytes - known.readBytes;
    known.readBytes = sourceBytes;
    known.rows += rows;
  }

  #addInput(input: number, bytes: number, rows: number): void {
    const report = this.tally.inputs[input];
    if (!report) return;
    report.bytes += bytes;
    report.rows += rows;
  }

  /** The chunk's rows await the vendor's verdict; its local rejects are final. */
  #take(chunk: number, { rows, rejected, job }: { rows: number; rejected: number; job: string }): void {
    this.#count({ pending: rows, rejected });
    this.#pending.set(chunk, { rows, rejected });
    this.tally.jobs.set(job, { id: job, status: 'importing', rows });
  }

  /** The chunk's rows and local rejects are counted with the chunks that replace it. */
  #takeBack(chunk: number): void {
    const { rows, rejected } = this.#pending.get(chunk) ?? { rows: 0, rejected: 0 };
    this.#pending.delete(chunk);
    this.#count({ pending: -rows, rejected: -rejected });
  }

  #settle(event: Extract<RunEvent, { type: 'chunk-settled' }>): void {
    const { accepted, rejected, skipped, unknown } = event.counts;
    const counted = this.#pending.get(event.chunk)?.rejected;
    this.#pending.delete(event.chunk);
    this.#count({ accepted, rejected: rejected - (counted ?? 0), skipped, unknown });
    if (counted !== undefined) this.#count({ pending: -(accepted + rejected + skipped + unknown - counted) });
    this.tally.unaccounted += event.unaccounted;
    this.tally.aborted ||= event.aborted;
    addChanges(this.tally.warnings, event.warnings);
  }
}

/** Checks that every row read has exactly one outcome. */
function isBalanced(counts: Counts): boolean {
  return withoutOutcome(counts) === 0;
}

function withoutOutcome({ read, accepted, rejected, skipped, pending, unknown, unsent }: Counts): number {
  return read - (accepted + rejected + skipped + pending + unknown + unsent);
}

export interface ExitRules {
  allowRejects?: Share;
  signal?: 'hangup' | 'interrupt' | 'terminate';
  /** Whether to wait for jobs; without it, jobs still running are no flaw. */
  wait: boolean;
  /** Whether rows are sent. If so, unsent rows are a flaw; a dry run sends none. */
  sends: boolean;
  deadlineReached: boolean;
}

/** The exit code for the run's events, worst first. */
export function exitOf(tally: Tally, rules: ExitRules): ExitName {
  const { counts } = tally;
  const names: ExitName[] = tally.failures.map(({ kind }) => kind);
  if (rules.signal) names.push(rules.signal);
  if (rules.deadlineReached) names.push('unavailable');
  if (tally.aborted) names.push('aborted');
  if (counts.unknown > 0) names.push('unknown');
  if (counts.rejected > 0 && !isShareOf(counts.rejected, counts.read, rules.allowRejects))
    names.push('rejected');
  if (!isBalanced(counts)) names.push('bug');
  const isStranded = (counts.unsent > 0 && rules.sends) || (counts.pending > 0 && rules.wait);
  if (isStranded && names.length === 0) names.push('rejected');
  return worstExit(names);
}

function addCounts(counts: Counts, added: Partial<Counts>): void {
  for (const key of Object.keys(none) as (keyof Counts)[]) counts[key] += added[key] ?? 0;
}

function addChanges(sum: Changes, added: Changes): void {
  for (const [code, rows] of Object.entries(added)) sum[code] = (sum[code] ?? 0) + rows;
}

function addReason(groups: ReasonGroup[], path: string, reject: Reject): void {
  const { reason, source, message, line, column } = reject;
  let group = groups.find((one) => one.reason === reason && one.source === source);
  if (!group) groups.push((group = { reason, source, message, rows: 0, places: [] }));
  group.rows += 1;
  if (message !== group.message) group.others = (group.others ?? 0) + 1;
  if (group.places.length < maxPlaces && line > 0) {
    const own = message === group.message ? {} : { message };
    group.places.push({ path, line, ...(column === undefined ? {} : { column }), ...own });
  }
}
