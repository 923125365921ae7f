import { Condition } from '../../concurrency.ts';

/** How much may be judged at once, so that a failure of every row stays within bounded memory. */
export class JudgingBudget {
  readonly #maxEvents: number;
  #held = 0;
  readonly #freed = new Condition();

  constructor(maxEvents: number) {
    this.#maxEvents = maxEvents;
  }

  /** Does the work when its events fit beside those of others, or alone, in the order of the calls. */
  async within<Result>(events: number, work: () => Promise<Result>): Promise<Result> {
    while (this.#held > 0 && this.#held + events > this.#maxEvents) {
      await this.#freed.wait();
    }
    this.#held += events;
    try {
      return await work();
    } finally {
      this.#held -= events;
      this.#freed.notify();
    }
  }
}
