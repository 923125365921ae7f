/** When something last moved at the vendor. */
import type { Machine } from '../machine.ts';

export class Progress {
  readonly #machine: Pick<Machine, 'elapsedMs'>;
  #lastMs: number;

  constructor(machine: Pick<Machine, 'elapsedMs'>) {
    this.#machine = machine;
    this.#lastMs = machine.elapsedMs();
  }

  /** Something moved. */
  moved(): void {
    this.#lastMs = this.#machine.elapsedMs();
  }

  /** For how long nothing has. */
  get idleMs(): number {
    return this.#machine.elapsedMs() - this.#lastMs;
  }
}
