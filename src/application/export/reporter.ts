/** Reports an export: the shared reporter with the words, counts and exit codes of exports. */
import type { Analysis } from '../../analysis/analysis.ts';
import type { ExportEvent, EmitExport } from '../../events.ts';
import { asFailure, EXIT } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { createDisplay, type Display } from '../../report/display.ts';
import { showExport } from '../../report/export/display.ts';
import { buildExportReport } from '../../report/export/document.ts';
import { exportExit, ExportTallyKeeper } from '../../report/export/tally.ts';
import { exportSummary } from '../../report/export/text.ts';
import type { Observer } from '../context.ts';
import { failedEvent, Reporter } from '../reporter.ts';
import type { ExportSettings } from '../options/export.ts';

export interface ExportReporterOptions {
  command: string;
  settings: ExportSettings;
  machine: Machine;
  observer: Observer | undefined;
  /** Aborted when an overdue command has no time left to write files. */
  outOfTime: AbortSignal;
  /** The program's version, for metrics. */
  version?: string | undefined;
}

/** Starts reporting the export. */
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
  readonly #reporter: Reporter<ExportEvent>;
  #rowsSummary = '';

  constructor(options: ExportReporterOptions, keeper: ExportTallyKeeper, display: Display<ExportEvent>) {
    this.#options = options;
    this.#keeper = keeper;
    this.#reporter = new Reporter<ExportEvent>(
      { ...options, sayLate: (_, event) => display.show(event) },
      keeper,
    );
    this.#reporter.showOn(display);
    this.#reporter.hasRowsOnStdout = options.settings.output === '-';
    this.#reporter.mayWriteFiles = true;
    this.emit = this.#reporter.emit;
  }

  /** Reserves standard output for rows, or for a page: the JSON document goes to standard error. */
  keepStdoutForRows(): void {
    this.#reporter.hasRowsOnStdout = true;
  }

  /** Does not write the `--metrics` file, because its path is needed for something else. */
  forbidFile(): void {
    this.#reporter.mayWriteFiles = false;
  }

  /** Says at the end what the rows hold. */
  async addRowsSummary(analysis: Analysis | undefined): Promise<void> {
    if (analysis === undefined) return;
    const { rowsSummaryText } = await import('../analysis/rows-summary.ts');
    const { machine, settings } = this.#options;
    this.#rowsSummary = await rowsSummaryText(analysis, { machine, ascii: settings.ascii });
  }

  tellFailure(thrown: unknown): void {
    const failure = asFailure(thrown);
    if (this.#reporter.isClosed) return;
    this.emit(failedEvent(failure));
    if (failure.kind === 'bug')
      this.#reporter.say(`${stackOf(failure)}\nThis is a bug in scarf-cli: please report it.\n`);
  }

  /**
   * Writes summary, metrics and JSON, once; later events of abandoned work are ignored. Resolves to the exit
   * code. Nothing is written to a reader that is gone.
   */
  end(isReaderGone = false): Promise<number> {
    return this.#reporter.endOnce(() => this.#end(isReaderGone));
  }

  async #end(isReaderGone: boolean): Promise<number> {
    const reporter = this.#reporter;
    reporter.close();
    reporter.stopShowing();
    const { command, settings } = this.#options;
    const { tally } = this.#keeper;
    const durationMs = reporter.durationMs();
    const exitNow = () => exportExit(tally, settings.allowRejects);
    const rows = { ...tally.counts };
    const totals = { rows, bytes: { received: tally.progress.bytes }, exit: EXIT[exitNow()] };
    await reporter.writeMetrics(totals, durationMs);
    const isSpoken = !settings.quiet && !(isReaderGone && exitNow() === 'ok');
    if (isSpoken && tally.dataset !== '')
      reporter.say(exportSummary(tally, { exit: exitNow(), durationMs }, reporter.colors()));
    if (isSpoken && this.#rowsSummary !== '') reporter.say(`\n${this.#rowsSummary}`);
    await reporter.writeDocument(() => buildExportReport(tally, { command, durationMs, exit: exitNow() }));
    return EXIT[exitNow()];
  }
}

function stackOf(failure: Error): string {
  const origin = failure.cause instanceof Error ? failure.cause : failure;
  return origin.stack ?? '';
}
