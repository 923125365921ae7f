/** Time of the last progress at the vendor. */
import type { Machine } from '../machine.ts';

export class Progress {
  readonly #machine: Pick<Machine, 'elapsedMs'>;
  #lastMs: number;

  constructor(machine: Pick<Machine, 'elapsedMs'>) {
    this.#machine = machine;
    this.#lastMs = machine.elapsedMs();
  }

  /** Records progress. */
  moved(): void {
    this.#lastMs = this.#machine.elapsedMs();
  }

  /** Milliseconds since the last progress. */
  get idleMs(): number {
    return this.#machine.elapsedMs() - this.#lastMs;
  }
}
