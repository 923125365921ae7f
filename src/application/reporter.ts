/**
 * What every run reports with, whatever it does: events go to the tally, the display, the observer and the trace; at
 * the end metrics and the JSON document are written, once. Deliveries and exports add their own words to it.
 */
import type { ChalkInstance } from 'chalk';
import type { ExportEvent, RunEvent } from '../events.ts';
import type { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import type { ReportFormat } from '../report/ci/formats.ts';
import type { RunMetrics } from '../report/metrics.ts';
import { colorsFor } from '../report/terminal/colors.ts';
import type { Display } from '../report/display.ts';
import type { Observer } from './context.ts';
import type { StorageSettings } from './options/storage.ts';
import { writeGithubStep } from './github-step.ts';
import { putDocument } from './document.ts';
import { putMetrics } from './metrics.ts';

export type FailedEvent = Extract<RunEvent, { type: 'failed' }>;

/** A failure as runs emit it. */
export function failedEvent({ kind, message, hint }: Failure): FailedEvent {
  return { type: 'failed', kind, message, ...(hint === undefined ? {} : { hint }) };
}

export interface ReporterOptions {
  command: string;
  machine: Machine;
  settings: StorageSettings & {
    json: boolean;
    color: boolean;
    /** The file of `--report`, where the command has one. */
    report?: string | undefined;
    reportFormat?: ReportFormat;
    metrics?: string | undefined;
    retries: number;
    html?: string | undefined;
  };
  observer: Observer | undefined;
  /** Aborted when a command that is overdue has no time left for files. */
  outOfTime: AbortSignal;
  /** Of this program, for metrics. */
  version?: string | undefined;
  /** Says a failure that comes to light while the run is being ended. */
  sayLate: (failure: Failure, event: FailedEvent) => void;
}

/** Folds events; `tally` is current at any time. */
interface Keeper<Event> {
  readonly tally: { failures: readonly { message: string }[]; requests: number; retries: number };
  add(event: Event): void;
}

/** What a run came to, in numbers. */
export type RunTotals = Pick<RunMetrics, 'rows' | 'bytes' | 'exit'>;

export class Reporter<Event extends RunEvent | ExportEvent> {
  /** Takes an event, until `close`. */
  readonly emit: (event: Event | FailedEvent) => void;
  /** Standard output holds rows: the JSON document goes to standard error. */
  hasRowsOnStdout = false;
  /** The files that `--report`, `--metrics` and `--html` name belong to nothing else that the run needs. */
  mayWriteFiles = false;
  readonly #options: ReporterOptions;
  readonly #keeper: Keeper<Event | FailedEvent>;
  readonly #startedMs: number;
  #display: Display<Event | FailedEvent> | undefined;
  #isClosed = false;
  #ending: Promise<number> | undefined;

  constructor(options: ReporterOptions, keeper: Keeper<Event | FailedEvent>) {
    this.#options = options;
    this.#keeper = keeper;
    this.#startedMs = options.machine.elapsedMs();
    this.emit = (event) => {
      if (this.#isClosed) return;
      keeper.add(event);
      this.#display?.show(event);
      options.observer?.onEvent(event);
      options.machine.trace.tell(event);
    };
  }

  /** From now on events show. */
  showOn(display: Display<Event | FailedEvent>): void {
    this.#display = display;
  }

  /** Takes the live block away, for good. */
  stopShowing(): void {
    this.#display?.end();
  }

  say(text: string): void {
    this.#display?.say(text);
  }

  /** What still runs adds nothing from now on. */
  close(): void {
    this.#isClosed = true;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  durationMs(): number {
    return this.#options.machine.elapsedMs() - this.#startedMs;
  }

  colors(): ChalkInstance {
    const { machine, settings } = this.#options;
    return colorsFor(machine.stderr, machine.environment, settings.color);
  }

  /** Ends the run once: the first call decides how. Resolves to the exit code. */
  endOnce(end: () => Promise<number>): Promise<number> {
    return (this.#ending ??= end());
  }

  /** A failure after `close`: it counts and is reported, unless it is the one that the run ended with. */
  addLate(failure: Failure): void {
    if (this.#keeper.tally.failures.some(({ message }) => message === failure.message)) return;
    const event = failedEvent(failure);
    this.#keeper.add(event);
    this.#options.machine.trace.tell(event);
    this.#options.sayLate(failure, event);
  }

  /** Writes the file of `--metrics`. What cannot be written is a failure of the run like any other. */
  async writeMetrics(totals: RunTotals, durationMs: number): Promise<void> {
    const { settings, machine, command, outOfTime, version = '' } = this.#options;
    if (settings.metrics === undefined || !this.mayWriteFiles) return;
    const { requests, retries } = this.#keeper.tally;
    const run = { ...totals, requests, retries, command, version, durationMs };
    const problem = await putMetrics(settings.metrics, run, { machine, outOfTime, settings });
    if (problem !== undefined) this.addLate(problem);
  }

  /** Writes the page of `--html`. What cannot be written is a failure of the run like any other. */
  async writePage(make: () => Promise<string>): Promise<void> {
    const { settings, machine, outOfTime } = this.#options;
    if (settings.html === undefined || !this.mayWriteFiles) return;
    const { putPage } = await import('./page.ts');
    const problem = await putPage(settings.html, make, { machine, outOfTime, settings });
    if (problem !== undefined) this.addLate(problem);
  }

  /** Puts the JSON document where it is wanted. What cannot be written is a failure of the run like any other. */
  async writeDocument(build: () => Record<string, unknown>): Promise<void> {
    const { settings, machine, outOfTime, observer } = this.#options;
    const report = this.mayWriteFiles ? settings.report : undefined;
    const paths = {
      json: settings.json,
      hasRowsOnStdout: this.hasRowsOnStdout,
      ...(report === undefined ? {} : { report: { path: report, format: settings.reportFormat ?? 'json' } }),
    };
    const rebuild = (problem: Failure | undefined) => {
      if (problem !== undefined) this.addLate(problem);
      return build();
    };
    const document = rebuild(await putDocument(rebuild, paths, { machine, outOfTime, settings }));
    await writeGithubStep(document, machine);
    observer?.onDocument(document);
  }
}
