/** How much may be judged at once, so that a failure of every row stays within bounded memory. */
export class JudgingBudget {
  readonly #maxEvents: number;
  #held = 0;
  #waiting: (() => void)[] = [];

  constructor(maxEvents: number) {
    this.#maxEvents = maxEvents;
  }

  /** Does the work when its events fit beside those of others, or alone, in the order of the calls. */
  async within<Result>(events: number, work: () => Promise<Result>): Promise<Result> {
    while (this.#held > 0 && this.#held + events > this.#maxEvents) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#held += events;
    try {
      return await work();
    } finally {
      this.#held -= events;
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }
}
