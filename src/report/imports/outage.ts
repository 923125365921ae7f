/** A stretch in which the vendor cannot be asked. */
import { printableLine } from '../terminal/printable.ts';

export interface Unreachable {
  /** When the first of the attempts failed that have been unanswered since; ISO 8601. */
  since: string;
  /** Why the last one failed. */
  why: string;
}

export class Outage {
  #now: Unreachable | undefined;
  #sinceMs = 0;

  /** Undefined while the vendor answers. */
  get now(): Unreachable | undefined {
    return this.#now;
  }

  /** Another attempt failed. `nowMs` is the time of day, `elapsedMs` a clock that is never set. */
  begin(why: string, { nowMs, elapsedMs }: { nowMs: number; elapsedMs: number }): void {
    if (this.#now === undefined) this.#sinceMs = elapsedMs;
    this.#now = { since: this.#now?.since ?? new Date(nowMs).toISOString(), why };
  }

  end(): void {
    this.#now = undefined;
  }

  lastsMs(elapsedMs: number): number {
    return this.#now === undefined ? 0 : elapsedMs - this.#sinceMs;
  }
}

/** `Scarf cannot be reached since 21:38:05 UTC: connection refused` */
export function unreachableText({ since, why }: Unreachable): string {
  return printableLine(`Scarf cannot be reached since ${since.slice(11, 19)} UTC: ${why}`);
}
