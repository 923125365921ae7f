/** How often questions leave: lists page by page, looks at jobs and lookups ask at most four times a second together. */
import { Mutex } from '../concurrency.ts';
import type { Machine } from '../machine.ts';

/** What a pace measures and waits by. */
export type Clock = Pick<Machine, 'elapsedMs' | 'sleep'>;

const maxQuestions = 4;
const perMs = 1_000;

/** Lets at most four through in any second, in the order in which they came. */
export class Pace {
  readonly #clock: Clock;
  /** When the last ones were let through, oldest first. */
  readonly #passedMs: number[] = [];
  readonly #turns = new Mutex();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits until it is the caller's turn. Rejects with the signal's reason once that is aborted. */
  wait(signal: AbortSignal): Promise<void> {
    return this.#turns.run(() => this.#pass(signal));
  }

  async #pass(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const [oldest] = this.#passedMs;
    if (oldest !== undefined && this.#passedMs.length >= maxQuestions) {
      const waitMs = oldest + perMs - this.#clock.elapsedMs();
      if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
      this.#passedMs.shift();
    }
    this.#passedMs.push(this.#clock.elapsedMs());
  }
}
