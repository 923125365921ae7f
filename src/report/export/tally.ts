/** Sums an export's events: counts and files, from which the exit code follows. */
import { handleEvent, type EventHandlers } from '../handlers.ts';
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

  /** What each event adds. */
  readonly #adders: EventHandlers<ExportEvent> = {
    'export-planned': (event) => {
      this.tally.dataset = event.dataset;
      this.tally.destination = event.destination;
      this.tally.days = event.days;
      this.tally.windows.total = event.windows.length;
      this.tally.windowsLeft = event.windows.filter((days) => days !== undefined);
    },
    'nothing-new': (event) => {
      this.tally.nothingNewThrough = event.through;
    },
    'checkpoint-told': (event) => {
      this.tally.ranges = event.ranges;
      this.tally.gaps = event.gaps;
    },
    'request-opened': () => {
      this.tally.requests += 1;
    },
    'request-failed': () => {
      this.tally.retries += 1;
    },
    'rows-received': (event) => {
      this.tally.progress.bytes += event.bytes;
      this.tally.progress.rows += event.rows;
      this.#setShare(event.window, event.share);
    },
    'rows-withdrawn': (event) => {
      this.tally.progress.rows -= event.rows;
      this.tally.shares.delete(event.window);
    },
    'window-received': (event) => {
      this.#received.set(event.window, event.counts);
    },
    'window-committed': (event) => {
      this.#commit(event);
    },
    'file-written': (event) => {
      this.tally.files.push(event.file);
    },
    warned: (event) => {
      if (!this.tally.notices.some(({ code, message }) => code === event.code && message === event.message)) {
        this.tally.notices.push(event);
      }
      if (event.code === 'column-left-out') {
        this.tally.columnsLeftOut = [...new Set([...this.tally.columnsLeftOut, ...(event.columns ?? [])])];
      }
    },
    failed: (event) => {
      this.tally.failures.push(event);
    },
    'export-stopped': (event) => {
      this.tally.hasStopped = true;
      this.tally.notices.push({ code: 'too-many-rejects', message: event.message });
    },
    'rejects-kept': (event) => {
      this.tally.rejectsPath = event.path;
    },
    'export-ended': () => {
      this.tally.hasEnded = true;
    },
    'window-started': () => undefined,
    'window-shortened': () => undefined,
  };

  add(event: ExportEvent): void {
    handleEvent(this.#adders, event);
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
