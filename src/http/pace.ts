/** Rate limit for questions: list pages, job polls and lookups together send at most four requests per second. */
import { Mutex } from '../concurrency.ts';
import type { Machine } from '../machine.ts';

/** The clock that a pace uses. */
export type Clock = Pick<Machine, 'elapsedMs' | 'sleep'>;

const maxQuestions = 4;
const perMs = 1_000;

/** Lets at most four callers through in any second, in the order of their calls. */
export class Pace {
  readonly #clock: Clock;
  /** When the most recent callers were let through, oldest first. */
  readonly #passedMs: number[] = [];
  readonly #turns = new Mutex();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits for the caller's turn. Rejects with the signal's reason once it is aborted. */
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
