/**
 * Stops a delivery in two steps: first nothing new starts while requests in flight may finish; after the grace
 * period those are cut.
 */
import { asFailure, type Failure } from '../failure.ts';
import type { Machine, SignalName } from '../machine.ts';

export type StopReason =
  | { why: 'signal'; signal: SignalName }
  | { why: 'deadline' }
  /** Too many rejects. `countRest`: the remaining rows are still counted. */
  | { why: 'rejects'; message: string; countRest: boolean }
  | { why: 'failure'; failure: Failure };

/** Grace period for requests in flight, in milliseconds: a command told to stop has two seconds. */
export const graceMs = 1_000;

export class Stopping {
  readonly #machine: Machine;
  readonly #soft = new AbortController();
  readonly #hard = new AbortController();
  #reason: StopReason | undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Aborted when nothing new may start: chunk, retry or poll. */
  get noNew(): AbortSignal {
    return this.#soft.signal;
  }

  /** Aborted when requests in flight must be cut. */
  get cut(): AbortSignal {
    return this.#hard.signal;
  }

  get reason(): StopReason | undefined {
    return this.#reason;
  }

  /** Stops the delivery. The first reason is kept, except that a failure replaces any other. */
  stop(reason: StopReason): void {
    if (this.#reason === undefined || (reason.why === 'failure' && this.#reason.why !== 'failure'))
      this.#reason = reason;
    if (this.#soft.signal.aborted) return;
    this.#soft.abort();
    void this.#cutLater();
  }

  /** Stops the delivery because of an error, which becomes a Failure if it is none. */
  stopFor(error: unknown): void {
    this.stop({ why: 'failure', failure: asFailure(error) });
  }

  /** Ends the grace period when nothing is left to wait for. Aborts both signals. */
  over(): void {
    this.#soft.abort();
    this.#hard.abort();
  }

  async #cutLater(): Promise<void> {
    await pause(this.#machine, graceMs, this.#hard.signal);
    this.#hard.abort();
  }
}

/** Sleeps; false when the signal ended the sleep early. Never throws. */
export async function pause(machine: Machine, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    await machine.sleep(ms, signal);
    return true;
  } catch {
    return false;
  }
}
