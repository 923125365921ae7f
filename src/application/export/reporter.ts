/** An export told: events go to the tally and the display, and at the end to summary, JSON and exit code. */
import type { ExportEvent, EmitExport } from '../../events.ts';
import { asFailure, EXIT } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { colorsFor } from '../../report/terminal/colors.ts';
import { createDisplay, type Display } from '../../report/display.ts';
import { showExport } from '../../report/export/display.ts';
import { buildExportReport } from '../../report/export/document.ts';
import { exportExit, ExportTallyKeeper } from '../../report/export/tally.ts';
import { exportSummary } from '../../report/export/text.ts';
import type { Observer } from '../context.ts';
import { putMetrics } from '../metrics.ts';
import type { ExportSettings } from '../options/export.ts';

export interface ExportReporterOptions {
  command: string;
  settings: ExportSettings;
  machine: Machine;
  observer: Observer | undefined;
  /** Aborted when a command that is overdue has no time left for files. */
  outOfTime: AbortSignal;
  /** Of this program, for metrics. */
  version?: string | undefined;
}

/** Starts telling. */
export async function startExportReporter(options: ExportReporterOptions): Promise<ExportReporter> {
  const keeper = new ExportTallyKeeper();
  const { machine, settings } = options;
  const { color, progress: mode, quiet } = settings;
  const hasRowsOnStdout = settings.output === '-';
  const display = await createDisplay(machine, showExport(keeper.tally, machine), {
    mode,
    quiet,
    color,
    hasRowsOnStdout,
  });
  return new ExportReporter(options, keeper, display);
}

export class ExportReporter {
  readonly emit: EmitExport;
  readonly #options: ExportReporterOptions;
  readonly #keeper: ExportTallyKeeper;
  readonly #display: Display<ExportEvent>;
  readonly #startedMs: number;
  #hasRowsOnStdout: boolean;
  #ending: Promise<number> | undefined;
  #mayWriteFile = true;

  constructor(options: ExportReporterOptions, keeper: ExportTallyKeeper, display: Display<ExportEvent>) {
    this.#options = options;
    this.#keeper = keeper;
    this.#display = display;
    this.#startedMs = options.machine.elapsedMs();
    this.#hasRowsOnStdout = options.settings.output === '-';
    this.emit = (event: ExportEvent) => {
      if (this.#ending !== undefined) return;
      keeper.add(event);
      display.show(event);
      options.observer?.onEvent(event);
      options.machine.trace.tell(event);
    };
  }

  /** Standard output holds the rows, whatever its name was: the JSON document goes to standard error. */
  keepStdoutForRows(): void {
    this.#hasRowsOnStdout = true;
  }

  /** The file that `--metrics` names is needed for something else: it is not written. */
  forbidFile(): void {
    this.#mayWriteFile = false;
  }

  tellFailure(thrown: unknown): void {
    const failure = asFailure(thrown);
    const { kind, message, hint } = failure;
    if (this.#ending !== undefined) return;
    this.emit({ type: 'failed', kind, message, ...(hint === undefined ? {} : { hint }) });
    if (kind === 'bug')
      this.#display.say(`${stackOf(failure)}\nThis is a bug in scarf-cli: please report it.\n`);
  }

  /**
   * Summary, metrics and JSON, once: what is told afterwards, by work that was left behind, is not heard. Resolves to the
   * exit code. Who stopped reading is not spoken to.
   */
  end(isReaderGone = false): Promise<number> {
    return (this.#ending ??= this.#end(isReaderGone));
  }

  async #end(isReaderGone: boolean): Promise<number> {
    this.#display.end();
    const { command, machine, settings } = this.#options;
    const { tally } = this.#keeper;
    const durationMs = machine.elapsedMs() - this.#startedMs;
    await this.#putMetrics(durationMs);
    const exit = exportExit(tally, settings.allowRejects);
    const isSpoken = !settings.quiet && !(isReaderGone && exit === 'ok');
    if (isSpoken && tally.dataset !== '') {
      const colors = colorsFor(machine.stderr, machine.environment, settings.color);
      this.#display.say(exportSummary(tally, { exit, durationMs }, colors));
    }
    const document = buildExportReport(tally, { command, durationMs, exit });
    this.#options.observer?.onDocument(document);
    if (settings.json) {
      const stream = this.#hasRowsOnStdout ? machine.stderr : machine.stdout;
      stream.write(`${JSON.stringify(document)}\n`);
    }
    return EXIT[exit];
  }

  /** What cannot be written is a failure of the export like any other. */
  async #putMetrics(durationMs: number): Promise<void> {
    const { command, machine, settings, outOfTime, version = '' } = this.#options;
    if (settings.metrics === undefined || !this.#mayWriteFile) return;
    const { counts, progress, requests, retries } = this.#keeper.tally;
    const exit = EXIT[exportExit(this.#keeper.tally, settings.allowRejects)];
    const outcome = { rows: { ...counts }, bytes: { received: progress.bytes }, requests, retries };
    const run = { ...outcome, command, version, durationMs, exit };
    const problem = await putMetrics(settings.metrics, run, { machine, outOfTime });
    if (problem === undefined) return;
    const { kind, message, hint } = problem;
    const failed = { type: 'failed' as const, kind, message, ...(hint === undefined ? {} : { hint }) };
    this.#keeper.add(failed);
    this.#display.show(failed);
  }
}

function stackOf(failure: Error): string {
  const origin = failure.cause instanceof Error ? failure.cause : failure;
  return origin.stack ?? '';
}
