/**
 * Ends a run in which something hangs although the command must end: reports every row as the ledger has it.
 */
import type { Doubts } from '../../../delivery/send/doubts.ts';
import type { Stopping } from '../../../delivery/stopping.ts';
import type { Failure } from '../../../failure.ts';
import type { Interruption } from '../../../interruption.ts';
import type { RejectsFile } from '../../../report/delivery/document.ts';
import type { RecordedRun } from '../page/run-facts.ts';
import type { DuplicateInput } from '../setup/inputs/inputs.ts';
import type { DeliveryReporter } from '../reporter.ts';

/** What is needed to account for the rows of a session. */
export interface OpenSession {
  run: string;
  stopping: Stopping;
  doubts: Doubts;
  duplicates: readonly DuplicateInput[];
  rejects: () => RejectsFile | undefined;
  recorded: () => Promise<RecordedRun | undefined>;
}

export class ForcedEnd {
  readonly #report: DeliveryReporter;
  readonly #interruption: Pick<Interruption, 'cause'>;
  #session: OpenSession | undefined;

  constructor(report: DeliveryReporter, interruption: Pick<Interruption, 'cause'>) {
    this.#report = report;
    this.#interruption = interruption;
  }

  /** From now on rows may be in flight. */
  enterSession(session: OpenSession): void {
    this.#session = session;
  }

  /** Ends the run, unless it has ended already; resolves to its exit code. */
  end(why: Failure): Promise<number> {
    const { cause } = this.#interruption;
    if (this.#session === undefined) return this.#report.failed(why);
    const { doubts, rejects, run, stopping, duplicates, recorded } = this.#session;
    for (const end of doubts.ends()) this.#report.emit(end);
    const openJobs = this.#report.openJobs();
    // It may have been stopped before it was interrupted.
    this.#report.emitEnd({ stopped: stopping.reason ?? cause, openJobs }, duplicates);
    this.#report.close();
    const end = { stopped: cause, openJobs };
    return this.#report.end({ end, rejects: rejects(), run, recorded });
  }
}
