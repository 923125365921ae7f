import { Condition } from '../../concurrency.ts';

/** Bounds how many events are judged at once, so that memory stays bounded even if every row fails. */
export class JudgingBudget {
  readonly #maxEvents: number;
  #held = 0;
  readonly #freed = new Condition();

  constructor(maxEvents: number) {
    this.#maxEvents = maxEvents;
  }

  /** Runs `work` when its events fit next to those being judged, or when it is alone, in the order of the calls. */
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
