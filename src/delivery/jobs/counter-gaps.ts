/** What becomes of events that the counters of a finished job do not cover. */
import type { Emit } from '../../events.ts';
import type { Settled } from '../../records.ts';
import type { JobPolicy } from '../options.ts';

/** How many gaps get a warning of their own; the total covers all. */
const maxGapsTold = 20;

/** The job that was judged. */
export interface JudgedJob {
  job: string;
  /** Events that were sent. */
  events: number;
  /** Some of them may have been delivered before: the vendor then counts them only once. */
  mayRepeat: boolean;
}

export class CounterGaps {
  readonly #isStrict: boolean;
  readonly #emit: Emit;
  #told = 0;

  constructor({ strictCounters }: Pick<JobPolicy, 'strictCounters'>, emit: Emit) {
    this.#isStrict = strictCounters;
    this.#emit = emit;
  }

  /**
   * Warns when the counters do not cover all events. With `strictCounters`, and when none can be repeated, the
   * missing events become unknown.
   */
  applyTo(judgement: Settled, { job, events, mayRepeat }: JudgedJob): Settled {
    const gap = judgement.unaccounted ?? 0;
    if (gap === 0) return judgement;
    const isUnknown = this.#isStrict && !mayRepeat;
    this.#told += 1;
    if (this.#told <= maxGapsTold) {
      this.#emit({
        type: 'warned',
        code: 'unaccounted',
        message: `import ${job}: ${events === 1 ? '1 event was' : `${events} events were`} sent, its counters add up to ${events - gap}`,
        hint: isUnknown
          ? 'with --strict-counters the others are unknown'
          : 'repeated ids and blank lines are not counted; --strict-counters makes such events unknown',
      });
    }
    if (!isUnknown) return judgement;
    return { ...judgement, accepted: judgement.accepted - gap, unknown: judgement.unknown + gap };
  }
}
