/** A run told: events go to the tally and the display, and at the end to summary, JSON and exit code. */
import type { Target } from '../../contracts/target.ts';
import type { DeliveryEnd } from '../../delivery/deliver.ts';
import type { PlannedInput } from '../../delivery/resume/plan.ts';
import { addOutcomes, noOutcome } from '../../delivery/ledger/ranges.ts';
import type { GivenInput } from '../../delivery/resume/prior-runs.ts';
import type { RunEvent, Emit } from '../../events.ts';
import { EXIT, worstExit, type ExitName, type Failure } from '../../failure.ts';
import { SIGNAL_EXITS, type Interruption } from '../../interruption.ts';
import type { Machine } from '../../machine.ts';
import type { Counts } from '../../records.ts';
import { printable } from '../../report/terminal/printable.ts';
import { colorsFor } from '../../report/terminal/colors.ts';
import { summaryText } from '../../report/delivery/text.ts';
import { showDelivery } from '../../report/delivery/display.ts';
import { createDisplay, type Display } from '../../report/display.ts';
import { writeFailure } from '../../report/failure-text.ts';
import { annotations, isGithubStep } from '../../report/github.ts';
import { buildReport, type RejectsFile } from '../../report/delivery/document.ts';
import { exitOf, TallyKeeper } from '../../report/delivery/tally.ts';
import type { Observer } from '../context.ts';
import { putMetrics } from '../metrics.ts';
import { putDocument } from './document.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import type { DuplicateInput } from './setup/inputs.ts';
import type { DeliverySettings } from '../options/delivery.ts';

export interface RunReportOptions {
  command: string;
  vendor: Pick<Vendor, 'name' | 'title'>;
  settings: DeliverySettings;
  machine: Machine;
  interruption: Pick<Interruption, 'outOfTime'>;
  observer: Observer | undefined;
  /** Of this program, for metrics. */
  version?: string | undefined;
}

export interface Ending {
  end: DeliveryEnd | undefined;
  duplicates: readonly DuplicateInput[];
  rejects: RejectsFile | undefined;
  run: string;
  /** What would be sent, when nothing was. */
  planned?: { requests: number; rows: number; bytes: number };
}

interface SummaryParts {
  exit: ExitName;
  durationMs: number;
  rejects: RejectsFile | undefined;
  run: string;
  planned: Ending['planned'] | undefined;
}

export class RunReport {
  readonly emit: Emit;
  readonly #options: RunReportOptions;
  readonly #keeper = new TallyKeeper();
  readonly #startedMs: number;
  #mayWriteFile = false;
  #timeZone: string | undefined;
  #display: Display<RunEvent> | undefined;
  #hasRowsOnStdout = false;
  #isTold = false;
  #isClosed = false;
  #ending: Promise<number> | undefined;

  constructor(options: RunReportOptions) {
    this.#options = options;
    this.#startedMs = options.machine.elapsedMs();
    this.emit = (event: RunEvent) => {
      if (this.#isClosed) return;
      this.#keeper.add(event);
      this.#display?.show(event);
      options.observer?.onEvent(event);
      options.machine.trace.tell(event);
    };
  }

  /** Standard output holds rows: the JSON document goes to standard error. */
  keepStdoutForRows(): void {
    this.#hasRowsOnStdout = true;
  }

  /** The zone of times that name none. */
  useTimeZone(zone: string): void {
    this.#timeZone = zone;
  }

  /** The file that `--report` names is nobody else's: from now on it may be written. */
  allowFile(): void {
    this.#mayWriteFile = true;
  }

  async startShowing(run: string, target: Pick<Target, 'limits' | 'pollJobs'>): Promise<void> {
    const { machine, settings } = this.#options;
    const maxActive = target.pollJobs === undefined ? undefined : target.limits.open;
    const { title: vendor } = this.#options.vendor;
    const showing = showDelivery(this.#keeper.tally, { machine, vendor, maxActive });
    const { progress: mode, quiet, color } = settings;
    const hasRowsOnStdout = this.#hasRowsOnStdout;
    this.#display = await createDisplay(machine, showing, {
      mode,
      quiet,
      color,
      hasRowsOnStdout,
      label: { run },
    });
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

  /** Tells of the inputs and of what earlier runs know about them. */
  tellInputs(plan: readonly PlannedInput[], given: readonly GivenInput[]): void {
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

  /** Tells why the delivery ended, and what was left out because it was sent already. */
  tellEnd({ stopped, openJobs }: DeliveryEnd, duplicates: readonly DuplicateInput[]): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#tellDuplicates(duplicates);
    if (stopped === undefined) return;
    switch (stopped.why) {
      case 'failure': {
        const { kind, message, hint } = stopped.failure;
        this.emit({ type: 'failed', kind, message, ...(hint === undefined ? {} : { hint }) });
        return;
      }
      case 'rejects':
        this.emit({ type: 'warned', code: 'too-many-rejects', message: `stopped: ${stopped.message}` });
        return;
      case 'deadline':
        this.emit({ type: 'stopping', why: 'stopped at the deadline', cause: stopped, jobs: openJobs });
        return;
      case 'signal':
        this.emit({ type: 'stopping', why: `stopped by ${stopped.signal}`, cause: stopped, jobs: openJobs });
        return;
    }
  }

  /** Jobs that have not ended, as far as was heard of them. */
  openJobs(): string[] {
    const jobs = [...this.#keeper.tally.jobs.values()];
    return jobs.filter(({ status }) => status === 'importing').map(({ id }) => id);
  }

  /** Writes the first rows of a block to stdout, at most so many; gives back how many there were. */
  showRows(bytes: Uint8Array, most: number): number {
    if (most <= 0) return 0;
    const lines = Buffer.from(bytes)
      .toString('utf8')
      .split('\n', most + 1);
    const rows = lines.slice(0, Math.min(most, lines.length - 1));
    for (const row of rows) this.#options.machine.stdout.write(`${printable(row)}\n`);
    return rows.length;
  }

  counts(): Counts {
    return this.#keeper.tally.counts;
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
    this.#display?.end();
  }

  /** Counts what has no outcome yet as unsent. Whatever is still at work can add nothing from then on. */
  close(): void {
    this.emit({ type: 'cut-short' });
    this.#isClosed = true;
  }

  /** Summary, JSON and report file, once: whoever ends the run first says how. Resolves to the exit code. */
  end(ending: Ending): Promise<number> {
    return (this.#ending ??= this.#end(ending));
  }

  async #end({ end, rejects, run, planned }: Ending): Promise<number> {
    this.stopShowing();
    const { machine, command } = this.#options;
    const durationMs = machine.elapsedMs() - this.#startedMs;
    const exitNow = () => this.exitFor(end, planned === undefined);
    const build = () =>
      buildReport(this.#keeper.tally, {
        command,
        run,
        durationMs,
        exit: exitNow(),
        rejects,
        ...(planned === undefined ? {} : { planned }),
        ...(this.#timeZone === undefined ? {} : { timeZone: this.#timeZone }),
      });
    if (this.#isSummed(exitNow()))
      this.#display?.say(this.#summary({ exit: exitNow(), durationMs, rejects, run, planned }));
    if (isGithubStep(machine.environment)) this.#display?.say(annotations(this.#keeper.tally));
    if (planned === undefined) await this.#putMetrics(exitNow, durationMs);
    await this.#putDocument(build);
    return EXIT[exitNow()];
  }

  /** Refused credentials are told in one line: nothing was sent that there could be more to say of. */
  #isSummed(exit: ExitName): boolean {
    const { accepted, pending, unknown } = this.#keeper.tally.counts;
    if (exit === 'credentials' && accepted + pending + unknown === 0) return false;
    return !this.#options.settings.quiet || exit !== 'ok';
  }

  /** The end of a run that did not come to its first row. */
  failed(failure: Failure): Promise<number> {
    return (this.#ending ??= this.#failed(failure));
  }

  async #failed(failure: Failure): Promise<number> {
    this.stopShowing();
    this.close();
    const { machine, command } = this.#options;
    const { kind, message, hint } = failure;
    const failed = { type: 'failed' as const, kind, message, ...(hint === undefined ? {} : { hint }) };
    this.#keeper.add(failed);
    machine.trace.tell(failed);
    const exitNow = () => worstExit(this.#keeper.tally.failures.map((failed) => failed.kind));
    writeFailure(failure, { machine, asJson: false, exit: EXIT[exitNow()] });
    const durationMs = machine.elapsedMs() - this.#startedMs;
    await this.#putMetrics(exitNow, durationMs);
    await this.#putDocument(() =>
      buildReport(this.#keeper.tally, {
        command,
        run: null,
        durationMs,
        exit: exitNow(),
        rejects: undefined,
      }),
    );
    return EXIT[exitNow()];
  }

  /** What cannot be written is a failure of the run like any other. */
  async #putMetrics(exitNow: () => ExitName, durationMs: number): Promise<void> {
    const { settings, machine, command, interruption, version = '' } = this.#options;
    if (settings.metrics === undefined || !this.#mayWriteFile) return;
    const { counts, bytesSent, requests, retries } = this.#keeper.tally;
    const outcome = { rows: { ...counts }, bytes: { sent: bytesSent }, requests, retries };
    const run = { ...outcome, command, version, durationMs, exit: EXIT[exitNow()] };
    const { outOfTime } = interruption;
    const problem = await putMetrics(settings.metrics, run, { machine, outOfTime });
    if (problem !== undefined) this.#note(problem);
  }

  #note(problem: Failure): void {
    const { machine } = this.#options;
    const { kind, message, hint } = problem;
    this.#keeper.add({ type: 'failed', kind, message, ...(hint === undefined ? {} : { hint }) });
    writeFailure(problem, { machine, asJson: false, exit: EXIT[kind] });
  }

  /** To where it is wanted. What cannot be written is a failure of the run like any other. */
  async #putDocument(build: () => Record<string, unknown>): Promise<void> {
    const { settings, machine, interruption } = this.#options;
    const { json } = settings;
    const report = this.#mayWriteFile ? settings.report : undefined;
    const { failures } = this.#keeper.tally;
    const paths = {
      json,
      hasRowsOnStdout: this.#hasRowsOnStdout,
      ...(report === undefined ? {} : { report }),
    };
    const noted = (problem: Failure | undefined) => {
      if (problem === undefined || failures.some(({ message }) => message === problem.message))
        return build();
      this.#note(problem);
      return build();
    };
    const problem = await putDocument(noted, paths, { machine, outOfTime: interruption.outOfTime });
    const document = noted(problem);
    this.#options.observer?.onDocument(document);
  }

  #summary(facts: SummaryParts): string {
    const { machine, settings, vendor } = this.#options;
    return summaryText(
      this.#keeper.tally,
      {
        ...facts,
        vendor: vendor.title,
        requestNoun: vendor.name === 'scarf' ? 'import' : 'request',
        nowMs: machine.now(),
        isResumable: settings.ledger,
        timeZone: this.#timeZone,
      },
      colorsFor(machine.stderr, machine.environment, settings.color),
    );
  }

  #tellDuplicates(duplicates: readonly DuplicateInput[]): void {
    const { inputs } = this.#keeper.tally;
    duplicates.forEach(({ input, sameAs }) => {
      const rows = inputs.find((report) => report?.path === sameAs.path)?.rows ?? 0;
      const number = inputs.length;
      this.emit({ type: 'input-opened', input: number, path: input.path, sourceBytes: 0 });
      this.emit({ type: 'input-skipped', input: number, path: input.path, sameAs: sameAs.path, rows });
      this.emit({
        type: 'warned',
        code: 'same-input',
        message: `${input.path} holds the same bytes as ${sameAs.path}: skipped`,
      });
    });
  }
}
