/** Grace period for jobs that the vendor does not list. */
import type { Machine } from '../../machine.ts';
import type { JobState } from '../../records.ts';

/** A new job may not be visible at once, however often it is polled. */
const graceMs = 60_000;

/** Remembers since when each job has been missing. */
export class Grace {
  readonly #machine: Pick<Machine, 'elapsedMs'>;
  readonly #missingSinceMs = new Map<string, number>();

  constructor(machine: Pick<Machine, 'elapsedMs'>) {
    this.#machine = machine;
  }

  /** The state to act on: a missing job counts as open until it has been missing for a minute. */
  applyTo(job: JobState): JobState {
    if (job.state !== 'missing') {
      this.#missingSinceMs.delete(job.id);
      return job;
    }
    const nowMs = this.#machine.elapsedMs();
    const sinceMs = this.#missingSinceMs.get(job.id) ?? nowMs;
    this.#missingSinceMs.set(job.id, sinceMs);
    return nowMs - sinceMs < graceMs ? { ...job, state: 'open' } : job;
  }
}
