/** Sums the events of a run. */
import type { Changes, Counts, Reject } from '../../records.ts';
import type { RunEvent } from '../../events.ts';
import { handleEvent, type EventHandlers } from '../handlers.ts';
import { emptyTally, maxPlaces, withoutOutcome, type ReasonGroup } from './tally.ts';

/** Sums events as they arrive. `tally` is always current. */
export class TallyKeeper {
  readonly tally = emptyTally();
  readonly #pending = new Map<number, { rows: number; rejected: number }>();

  /** What each event adds. */
  readonly #adders: EventHandlers<RunEvent> = {
    'input-opened': (event) => {
      this.tally.inputs[event.input] = { path: event.path, bytes: 0, rows: 0 };
      this.#openSource(event);
      if (event.sourceBytes === undefined) this.tally.source.totalBytes = undefined;
      else if (this.tally.source.totalBytes !== undefined) this.tally.source.totalBytes += event.sourceBytes;
    },
    'range-known': (event) => {
      addCounts(this.tally.counts, event.counts);
      this.#addInput(event.input, event.bytes, event.counts.read);
    },
    'input-skipped': (event) => {
      addCounts(this.tally.counts, { read: event.rows, skipped: event.rows });
      addCounts(this.tally.thisRun, { read: event.rows, skipped: event.rows });
      this.#addInput(event.input, 0, event.rows);
    },
    'rows-read': (event) => {
      this.#count({ read: event.rows });
      this.#addInput(event.input, event.bytes, event.rows);
      this.#addSource(event);
      addChanges(this.tally.changes, event.changes);
      addChanges(this.tally.warnings, event.warnings);
    },
    'request-made': (event) => {
      this.tally.requests += 1;
      this.tally.bytesSent += event.bytes;
    },
    'attempt-failed': (event) => {
      this.tally.retries += 1;
      if (event.why === 'busy') this.tally.waiting = { why: 'busy', message: event.message };
    },
    'slot-awaited': (event) => {
      if (event.others > 0) this.tally.waiting = { why: 'slots', own: event.active, others: event.others };
    },
    'slot-granted': () => {
      this.tally.waiting = undefined;
    },
    'already-delivered': (event) => {
      this.tally.alreadyDelivered = { run: event.run, at: event.at };
    },
    'chunk-adopted': (event) => {
      this.#count({ read: event.rows + event.rejected });
      for (const { input, bytes, rows } of event.ranges) this.#addInput(input, bytes, rows);
      if (event.job !== undefined) this.#take(event.chunk, { ...event, job: event.job });
    },
    'chunk-taken': (event) => {
      this.tally.waiting = undefined;
      this.#take(event.chunk, event);
    },
    'chunk-dropped': (event) => {
      this.#count({ rejected: event.rejected });
    },
    'chunk-resent': (event) => {
      this.#takeBack(event.chunk);
    },
    'chunk-settled': (event) => {
      this.#settle(event);
    },
    'job-changed': (event) => {
      this.tally.jobs.set(event.job.id, event.job);
    },
    'slots-known': (event) => {
      this.tally.active = { own: event.active, others: event.others };
      if (this.tally.waiting?.why === 'slots')
        this.tally.waiting = { why: 'slots', own: event.active, others: event.others };
    },
    'row-rejected': (event) => {
      addReason(this.tally.reasons, event.path, event.reject);
    },
    warned: (event) => {
      this.tally.notices.push(event);
    },
    failed: (event) => {
      this.tally.failures.push(event);
    },
    'delivery-ended': (event) => {
      this.#count({ unsent: event.unsent });
    },
    'cut-short': () => {
      this.#count({ unsent: withoutOutcome(this.tally.counts) });
    },
    'input-ended': (event) => {
      const source = this.tally.source.inputs[event.input];
      if (source) source.isEnded = true;
    },
    'stop-requested': () => {
      this.tally.isStopping = true;
    },
    stopping: (event) => {
      this.tally.isStopping = true;
      this.tally.stopped = event.cause;
    },
    'run-started': () => undefined,
    'chunk-split': () => undefined,
  };

  add(event: RunEvent): void {
    handleEvent(this.#adders, event);
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

function addCounts(counts: Counts, added: Partial<Counts>): void {
  for (const key of Object.keys(counts) as (keyof Counts)[]) counts[key] += added[key] ?? 0;
}

/** Keys keep the order of the alphabet, whichever block of rows came first. */
function addChanges(sum: Changes, added: Changes): void {
  const isNew = Object.keys(added).some((code) => !(code in sum));
  for (const [code, rows] of Object.entries(added)) sum[code] = (sum[code] ?? 0) + rows;
  if (!isNew) return;
  const sorted = Object.entries(sum).sort(([one], [other]) => (one < other ? -1 : 1));
  for (const [code, rows] of sorted) {
    delete sum[code];
    sum[code] = rows;
  }
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
