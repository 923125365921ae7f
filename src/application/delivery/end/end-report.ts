/** The end of a delivery in every form: summary, metrics, page, and JSON document. */
import type { DeliveryEnd } from '../../../delivery/deliver.ts';
import type { RunEvent } from '../../../events.ts';
import { EXIT, type ExitName } from '../../../failure.ts';
import { buildReport, type RejectsFile, type ReportedPart } from '../../../report/delivery/document.ts';
import type { Tally } from '../../../report/delivery/tally.ts';
import { summaryText, type PlannedRequests } from '../../../report/delivery/text.ts';
import type { Machine } from '../../../machine.ts';
import type { Vendor } from '../../../vendors/vendor.ts';
import type { DeliverySettings } from '../../options/delivery.ts';
import type { Reporter } from '../../reporter.ts';
import type { RecordedRun } from '../page/run-facts.ts';
import { reasonsOfAll } from './earlier-reasons.ts';

export interface EndReportOptions {
  command: string;
  vendor: Pick<Vendor, 'name' | 'title'>;
  settings: DeliverySettings;
  machine: Machine;
  /** Of this program, for metrics. */
  version?: string | undefined;
  /** The command that watches imports which nobody waits for. */
  watch?: string | undefined;
}

export interface Ending {
  end: DeliveryEnd | undefined;
  rejects: RejectsFile | undefined;
  run: string;
  /** What would be sent, when nothing was. */
  planned?: PlannedRequests;
  /** What is on record of the run. */
  recorded?: () => Promise<RecordedRun | undefined>;
}

interface SummaryParts {
  exit: ExitName;
  durationMs: number;
  rejects: RejectsFile | undefined;
  run: string;
  planned: Ending['planned'] | undefined;
}

/** A report that cannot be written may change the exit code, which is therefore determined again for each. */
type ExitNow = () => ExitName;

export class EndReport {
  /** The zone of times that name none. */
  timeZone: string | undefined;
  /** Set for a run that is one part of a whole. */
  part: ReportedPart | undefined;
  readonly #options: EndReportOptions;
  readonly #tally: Tally;
  readonly #reporter: Reporter<RunEvent>;

  constructor(
    options: EndReportOptions,
    { tally, reporter }: { tally: Tally; reporter: Reporter<RunEvent> },
  ) {
    this.#options = options;
    this.#tally = tally;
    this.#reporter = reporter;
  }

  /** Resolves to the exit code. */
  async ended({ run, planned, recorded, ...ending }: Ending, exitNow: ExitNow): Promise<number> {
    const { command } = this.#options;
    // With --append the file may hold rows, though none of these.
    const rejects = this.#tally.counts.rejected > 0 ? ending.rejects : undefined;
    if (recorded !== undefined)
      this.#tally.reasons = (await reasonsOfAll(this.#tally, recorded)) ?? this.#tally.reasons;
    const durationMs = this.#reporter.durationMs();
    const build = () =>
      buildReport(this.#tally, {
        command,
        run: planned === undefined ? run : null,
        durationMs,
        exit: exitNow(),
        rejects,
        ...this.#ofPart(),
        ...(planned === undefined ? {} : { planned }),
        ...(this.timeZone === undefined ? {} : { timeZone: this.timeZone }),
      });
    if (this.#isSummed(exitNow()))
      this.#reporter.say(this.#summary({ exit: exitNow(), durationMs, rejects, run, planned }));
    if (planned === undefined) await this.#writeMetrics(exitNow, durationMs);
    await this.#writePage(exitNow, recorded);
    await this.#reporter.writeDocument(build);
    return EXIT[exitNow()];
  }

  /** For a run that did not come to its first row, whose failure is in the tally. Resolves to the exit code. */
  async failed(exitNow: ExitNow): Promise<number> {
    const { command } = this.#options;
    const durationMs = this.#reporter.durationMs();
    await this.#writeMetrics(exitNow, durationMs);
    await this.#writePage(exitNow);
    await this.#reporter.writeDocument(() =>
      buildReport(this.#tally, {
        command,
        run: null,
        durationMs,
        exit: exitNow(),
        rejects: undefined,
        ...this.#ofPart(),
      }),
    );
    return EXIT[exitNow()];
  }

  #ofPart(): { part?: ReportedPart } {
    return this.part === undefined ? {} : { part: this.part };
  }

  /** Refused credentials take one line, because nothing was sent that could be reported. */
  #isSummed(exit: ExitName): boolean {
    const { accepted, pending, unknown } = this.#tally.counts;
    if (exit === 'credentials' && accepted + pending + unknown === 0) return false;
    return !this.#options.settings.quiet || exit !== 'ok';
  }

  #writeMetrics(exitNow: ExitNow, durationMs: number): Promise<void> {
    const { counts, bytesSent } = this.#tally;
    const totals = { rows: { ...counts }, bytes: { sent: bytesSent }, exit: EXIT[exitNow()] };
    return this.#reporter.writeMetrics(totals, durationMs);
  }

  #writePage(exitNow: ExitNow, recorded?: Ending['recorded']): Promise<void> {
    const { command, vendor } = this.#options;
    return this.#reporter.writePage(async () => {
      const { endedPage } = await import('../page/ended-page.ts');
      return endedPage(this.#tally, {
        command,
        vendor: vendor.title,
        exit: EXIT[exitNow()],
        timeZone: this.timeZone,
        recorded: await recorded?.(),
      });
    });
  }

  #summary(facts: SummaryParts): string {
    const { machine, settings, vendor, watch } = this.#options;
    return summaryText(
      this.#tally,
      {
        ...facts,
        vendor: vendor.title,
        requestNoun: vendor.name === 'scarf' ? 'import' : 'request',
        nowMs: machine.now(),
        isResumable: settings.ledger,
        timeZone: this.timeZone,
        watch,
      },
      this.#reporter.colors(),
    );
  }
}
