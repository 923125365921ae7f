/** What a delivery reports: the shared reporter, with the words, counts and exit codes of deliveries. */
import type { Target } from '../../contracts/target.ts';
import type { DeliveryEnd } from '../../delivery/deliver.ts';
import type { PlannedInput } from '../../delivery/resume/plan.ts';
import { firstNotices, type RunMessages } from '../../delivery/ledger/history.ts';
import { addOutcomes, noOutcome } from '../../delivery/ledger/ranges.ts';
import type { GivenInput } from '../../delivery/resume/matches.ts';
import type { Emit, RunEvent } from '../../events.ts';
import { EXIT, worstExit, type ExitName, type Failure } from '../../failure.ts';
import { SIGNAL_EXITS, type Interruption } from '../../interruption.ts';
import type { Counts } from '../../records.ts';
import { showDelivery } from '../../report/delivery/display.ts';
import { createDisplay } from '../../report/display.ts';
import { writeFailure } from '../../report/failure-text.ts';
import { failureOf, noticeOf, type ReportedPart } from '../../report/delivery/document.ts';
import { exitOf } from '../../report/delivery/exit.ts';
import { TallyKeeper } from '../../report/delivery/tally-keeper.ts';
import type { Observer } from '../context.ts';
import { Reporter } from '../reporter.ts';
import { endEvents } from './end/end-events.ts';
import { EndReport, type Ending, type EndReportOptions } from './end/end-report.ts';
import type { DuplicateInput } from './setup/inputs/inputs.ts';

export interface DeliveryReporterOptions extends EndReportOptions {
  interruption: Pick<Interruption, 'outOfTime'>;
  observer: Observer | undefined;
}

export class DeliveryReporter {
  readonly emit: Emit;
  readonly #options: DeliveryReporterOptions;
  readonly #keeper = new TallyKeeper();
  readonly #reporter: Reporter<RunEvent>;
  readonly #endReport: EndReport;
  #isEndEmitted = false;

  constructor(options: DeliveryReporterOptions) {
    this.#options = options;
    const { machine } = options;
    this.#reporter = new Reporter<RunEvent>(
      {
        ...options,
        outOfTime: options.interruption.outOfTime,
        sayLate: (failure) => writeFailure(failure, { machine, asJson: false, exit: EXIT[failure.kind] }),
      },
      this.#keeper,
    );
    this.#endReport = new EndReport(options, { tally: this.#keeper.tally, reporter: this.#reporter });
    this.emit = this.#reporter.emit;
  }

  /** Standard output holds rows: the JSON document goes to standard error. */
  keepStdoutForRows(): void {
    this.#reporter.hasRowsOnStdout = true;
  }

  /** Marks the run as one part of a whole: reports name it, so that they can be merged. */
  setPart(part: ReportedPart): void {
    this.#endReport.part = part;
  }

  /** The zone of times that name none. */
  useTimeZone(zone: string): void {
    this.#endReport.timeZone = zone;
  }

  /** The file that `--report` names is nobody else's: from now on it may be written. */
  allowFile(): void {
    this.#reporter.mayWriteFiles = true;
  }

  async startShowing(run: string, target: Pick<Target, 'limits' | 'pollJobs'>): Promise<void> {
    const { machine, settings } = this.#options;
    const maxActive = target.pollJobs === undefined ? undefined : target.limits.open;
    const { title: vendor } = this.#options.vendor;
    const showing = showDelivery(this.#keeper.tally, { machine, vendor, maxActive });
    const { progress: mode, quiet, color } = settings;
    const { hasRowsOnStdout } = this.#reporter;
    const look = { mode, quiet, color, hasRowsOnStdout, label: { run } };
    this.#reporter.showOn(await createDisplay(machine, showing, look));
  }

  /** `run`: the one that goes on, which may be an earlier one. */
  started(run: string): void {
    this.emit({
      type: 'run-started',
      command: this.#options.command,
      run,
      target: this.#options.vendor.name,
    });
  }

  /** Emits the inputs, and what earlier runs know about them. */
  emitInputs(plan: readonly PlannedInput[], given: readonly GivenInput[]): void {
    plan.forEach(({ input, known }, index) => {
      const source = given[index]?.input;
      if (!source) return;
      this.emit({ type: 'input-opened', input, path: source.path, sourceBytes: source.sourceBytes });
      const { rows, ...outcome } = known.map((range) => range.outcome).reduce(addOutcomes, noOutcome);
      const bytes = known.reduce((sum, range) => sum + range.to - range.from, 0);
      const counts = { ...outcome, read: rows, pending: 0, unsent: 0 };
      if (known.length > 0) this.emit({ type: 'range-known', input, bytes, counts });
    });
  }

  /** Emits why the delivery ended, and what was left out because it was sent already; once. */
  emitEnd({ stopped, openJobs }: DeliveryEnd, duplicates: readonly DuplicateInput[]): void {
    if (this.#isEndEmitted) return;
    this.#isEndEmitted = true;
    const ended = { stopped, openJobs, duplicates, isPart: this.#endReport.part !== undefined };
    for (const event of endEvents(ended, this.#keeper.tally)) this.emit(event);
  }

  /** Jobs that have not ended, according to the vendor's last reply. */
  openJobs(): string[] {
    const jobs = [...this.#keeper.tally.jobs.values()];
    return jobs.filter(({ status }) => status === 'importing').map(({ id }) => id);
  }

  counts(): Counts {
    return this.#keeper.tally.counts;
  }

  /** The messages of the run, for `runs show` and pages. */
  messages(): RunMessages {
    const { notices, failures } = this.#keeper.tally;
    const errors = failures.map(failureOf);
    return { notices: firstNotices(notices.map(noticeOf)), errors };
  }

  /** `sends`: rows that were not sent are a flaw. */
  exitFor(end: DeliveryEnd | undefined, sends = true): ExitName {
    const { allowRejects, wait } = this.#options.settings;
    const stopped = end?.stopped;
    return exitOf(this.#keeper.tally, {
      wait,
      sends,
      deadlineReached: stopped?.why === 'deadline',
      ...(allowRejects === undefined ? {} : { allowRejects }),
      ...(stopped?.why === 'signal' ? { signal: SIGNAL_EXITS[stopped.signal] } : {}),
    });
  }

  stopShowing(): void {
    this.#reporter.stopShowing();
  }

  /** Counts what has no outcome yet as unsent. What still runs can add nothing from then on. */
  close(): void {
    this.emit({ type: 'cut-short' });
    this.#reporter.close();
  }

  /** Summary, JSON and report file, once: the first call decides how the run ended. Resolves to the exit code. */
  end(ending: Ending): Promise<number> {
    return this.#reporter.endOnce(() => {
      this.stopShowing();
      return this.#endReport.ended(ending, () => this.exitFor(ending.end, ending.planned === undefined));
    });
  }

  /** The end of a run that did not come to its first row. */
  failed(failure: Failure): Promise<number> {
    return this.#reporter.endOnce(() => this.#failed(failure));
  }

  async #failed(failure: Failure): Promise<number> {
    this.stopShowing();
    this.close();
    this.#reporter.addLate(failure);
    return this.#endReport.failed(() => worstExit(this.#keeper.tally.failures.map(({ kind }) => kind)));
  }
}
