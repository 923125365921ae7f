/** How long a job that cannot be seen is borne. */
import type { Machine } from '../../machine.ts';
import type { JobState } from '../../records.ts';

/** A fresh job may not be readable yet, however often one looks. */
const graceMs = 60_000;

/** Remembers since when jobs have been missing. */
export class Grace {
  readonly #machine: Pick<Machine, 'elapsedMs'>;
  readonly #missingSinceMs = new Map<string, number>();

  constructor(machine: Pick<Machine, 'elapsedMs'>) {
    this.#machine = machine;
  }

  /** The state as it is to be believed: a job is open until it has been missing for a minute. */
  believed(job: JobState): JobState {
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
