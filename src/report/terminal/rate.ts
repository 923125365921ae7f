/** Measures a rate over the last few seconds. */
import type { Machine } from '../../machine.ts';

/** The length of the sliding window. */
const windowMs = 5_000;

export class Rate {
  readonly #machine: Pick<Machine, 'elapsedMs'>;
  readonly #samples: { atMs: number; amount: number }[] = [];

  constructor(machine: Pick<Machine, 'elapsedMs'>) {
    this.#machine = machine;
  }

  /** Takes the current total; returns the increase per second. */
  add(amount: number): number {
    const atMs = this.#machine.elapsedMs();
    this.#samples.push({ atMs, amount });
    while (this.#samples.length > 2 && atMs - (this.#samples[0]?.atMs ?? 0) > windowMs) this.#samples.shift();
    const first = this.#samples[0];
    if (!first || atMs <= first.atMs) return 0;
    return ((amount - first.amount) / (atMs - first.atMs)) * 1000;
  }
}
