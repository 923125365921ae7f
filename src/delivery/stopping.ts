/**
 * How a delivery ends before its time: first nothing new starts and requests in flight may still be
 * answered, then, when the grace is over, they are cut.
 */
import type { Failure } from '../failure.ts';
import type { Machine, SignalName } from '../machine.ts';

export type StopReason =
  | { why: 'signal'; signal: SignalName }
  | { why: 'deadline' }
  /** Too many rejects. `countRest`: how many rows are left is still of interest. */
  | { why: 'rejects'; message: string; countRest: boolean }
  | { why: 'failure'; failure: Failure };

/** How long requests in flight may still take once nothing new starts: a command that is told to end has two seconds. */
export const graceMs = 1_000;

export class Stopping {
  readonly #machine: Machine;
  readonly #soft = new AbortController();
  readonly #hard = new AbortController();
  #reason: StopReason | undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Aborted when nothing new may start: no chunk, no retry, no poll. */
  get noNew(): AbortSignal {
    return this.#soft.signal;
  }

  /** Aborted when requests in flight are cut. */
  get cut(): AbortSignal {
    return this.#hard.signal;
  }

  get reason(): StopReason | undefined {
    return this.#reason;
  }

  /** Stops; the first reason stays, except that a failure outranks the rest. */
  stop(reason: StopReason): void {
    if (this.#reason === undefined || (reason.why === 'failure' && this.#reason.why !== 'failure'))
      this.#reason = reason;
    if (this.#soft.signal.aborted) return;
    this.#soft.abort();
    void this.#cutLater();
  }

  /** Ends the wait for the grace, once there is nothing left to wait for. */
  over(): void {
    this.#soft.abort();
    this.#hard.abort();
  }

  async #cutLater(): Promise<void> {
    await pause(this.#machine, graceMs, this.#hard.signal);
    this.#hard.abort();
  }
}

/** Sleeps; says whether the whole time went by. */
export async function pause(machine: Machine, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    await machine.sleep(ms, signal);
    return true;
  } catch {
    return false;
  }
}
