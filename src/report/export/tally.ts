/** Sums an export's events: counts and files, from which the exit code follows. */
import type { Share } from '../../records.ts';
import type { Days } from '../../contracts/dataset.ts';
import type { WrittenFile } from '../../contracts/sink.ts';
import type { ExportEvent, ReceivedCounts } from '../../events.ts';
import { isShareOf } from '../delivery/shares.ts';
import { worstExit, type ExitName, type FailureKind } from '../../failure.ts';

/** Counts for committed windows: received = written + duplicates + outside + rejected. */
export interface ExportCounts {
  received: number;
  written: number;
  /** Seen before in this run, or already in the destination. */
  duplicates: number;
  /** From days other than those requested. */
  outside: number;
  rejected: number;
}

export interface ExportTally {
  dataset: string;
  destination: string;
  days: Days | undefined;
  counts: ExportCounts;
  windows: { total: number; committed: number };
  /** How much was received, from 0 to 1, of each window that is not committed; only where replies say their length. */
  shares: Map<number, number>;
  /** Days of windows that are not committed, in order. */
  windowsLeft: Days[];
  files: WrittenFile[];
  /** Set when everything up to this day was already there. */
  nothingNewThrough: string | undefined;
  /**
   * The days that the destination has; gaps between them are missing. Empty when the destination has no
   * state.
   */
  ranges: readonly Days[];
  gaps: readonly Days[];
  /** Columns that were received but are not in the output. */
  columnsLeftOut: string[];
  /** Received over the network so far, including incomplete windows. */
  progress: { bytes: number; rows: number };
  requests: number;
  retries: number;
  notices: { code: string; message: string; hint?: string }[];
  failures: { kind: FailureKind; message: string; hint?: string }[];
  hasEnded: boolean;
  /** Whether `--max-rejects` ended the export. */
  hasStopped: boolean;
  /** Where the rejects are; undefined when there are none. */
  rejectsPath: string | undefined;
}

/** Sums events as they arrive. `tally` is always current. */
export class ExportTallyKeeper {
  readonly tally: ExportTally = {
    dataset: '',
    destination: '',
    days: undefined,
    counts: { received: 0, written: 0, duplicates: 0, outside: 0, rejected: 0 },
    windows: { total: 0, committed: 0 },
    shares: new Map(),
    windowsLeft: [],
    files: [],
    nothingNewThrough: undefined,
    ranges: [],
    gaps: [],
    columnsLeftOut: [],
    progress: { bytes: 0, rows: 0 },
    requests: 0,
    retries: 0,
    notices: [],
    failures: [],
    hasEnded: false,
    hasStopped: false,
    rejectsPath: undefined,
  };
  readonly #received = new Map<number, ReceivedCounts>();

  add(event: ExportEvent): void {
    const { tally } = this;
    switch (event.type) {
      case 'export-planned':
        tally.dataset = event.dataset;
        tally.destination = event.destination;
        tally.days = event.days;
        tally.windows.total = event.windows.length;
        tally.windowsLeft = event.windows.filter((days) => days !== undefined);
        return;
      case 'nothing-new':
        tally.nothingNewThrough = event.through;
        return;
      case 'checkpoint-told':
        tally.ranges = event.ranges;
        tally.gaps = event.gaps;
        return;
      case 'request-opened':
        tally.requests += 1;
        return;
      case 'request-failed':
        tally.retries += 1;
        return;
      case 'rows-received':
        tally.progress.bytes += event.bytes;
        tally.progress.rows += event.rows;
        this.#setShare(event.window, event.share);
        return;
      case 'rows-withdrawn':
        tally.progress.rows -= event.rows;
        tally.shares.delete(event.window);
        return;
      case 'window-received':
        this.#received.set(event.window, event.counts);
        return;
      case 'window-committed':
        this.#commit(event);
        return;
      case 'file-written':
        tally.files.push(event.file);
        return;
      case 'warned':
        if (!tally.notices.some(({ code, message }) => code === event.code && message === event.message)) {
          tally.notices.push(event);
        }
        if (event.code === 'column-left-out') {
          tally.columnsLeftOut = [...new Set([...tally.columnsLeftOut, ...(event.columns ?? [])])];
        }
        return;
      case 'failed':
        tally.failures.push(event);
        return;
      case 'export-stopped':
        tally.hasStopped = true;
        tally.notices.push({ code: 'too-many-rejects', message: event.message });
        return;
      case 'rejects-kept':
        tally.rejectsPath = event.path;
        return;
      case 'export-ended':
        tally.hasEnded = true;
        return;
      case 'window-started':
      case 'window-shortened':
        return;
    }
  }

  #setShare(window: number, share: number | undefined): void {
    if (share === undefined) this.tally.shares.delete(window);
    else this.tally.shares.set(window, share);
  }

  #commit(event: Extract<ExportEvent, { type: 'window-committed' }>): void {
    const { counts, windows } = this.tally;
    const received = this.#received.get(event.window);
    this.#received.delete(event.window);
    windows.committed += 1;
    this.tally.shares.delete(event.window);
    this.tally.windowsLeft = this.tally.windowsLeft.filter(({ from }) => from !== event.days?.from);
    counts.received += received?.received ?? 0;
    counts.duplicates += (received?.duplicates ?? 0) + event.known;
    counts.outside += received?.outside ?? 0;
    counts.rejected += (received?.rejected ?? 0) + event.rejected;
    counts.written += event.written;
  }
}

/** Checks that every row received has exactly one outcome. */
function isExportBalanced({ received, written, duplicates, outside, rejected }: ExportCounts): boolean {
  return received === written + duplicates + outside + rejected;
}

/** The exit code for the export's events, worst first. */
export function exportExit(tally: ExportTally, allowRejects: Share | undefined): ExitName {
  const { received, rejected } = tally.counts;
  const names: ExitName[] = tally.failures.map(({ kind }) => kind);
  if (tally.hasStopped || (rejected > 0 && !isShareOf(rejected, received, allowRejects)))
    names.push('rejected');
  if (!isExportBalanced(tally.counts)) names.push('bug');
  return worstExit(names);
}
