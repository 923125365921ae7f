/**
 * Follows jobs to their end: one question for all that are open, soon after something was taken or
 * changed, ever more seldom while nothing does. Questions cost the user, so none is asked without need.
 */
import type { Target } from '../contracts.ts';
import type { Tell } from '../events.ts';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import type { Again, JobState } from '../records.ts';
import { attempt } from './attempt.ts';
import type { Places } from './places.ts';
import type { Settler, Settling } from './settle.ts';
import { pause, type Stopping } from './stopping.ts';

const firstWaitMs = 250;
const waitGrowth = 1.5;
const longestWaitMs = 10_000;

export interface FollowerParts {
  target: Target;
  settler: Settler;
  places: Places;
  stopping: Stopping;
  machine: Machine;
  tell: Tell;
  maxRetries: number;
  /** Something moved at the vendor. */
  progressed: () => void;
}

interface OpenJob {
  id: string;
  chunk: Settling;
  /** The vendor's last words, to tell a change. */
  seen: string;
}

export class Follower {
  readonly #parts: FollowerParts;
  readonly #jobs = new Map<string, OpenJob>();
  #waitMs = firstWaitMs;
  #wake = new AbortController();
  #ends: 'open' | 'when-empty' | 'now' = 'open';

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /** Jobs that are still open. */
  get openJobs(): string[] {
    return [...this.#jobs.keys()];
  }

  add(id: string, chunk: Settling): void {
    this.#jobs.set(id, { id, chunk, seen: '' });
    this.#askSoon();
  }

  /** No more jobs will come: end when all have ended, or at once. */
  close(when: 'when-empty' | 'now'): void {
    this.#ends = when;
    this.#askSoon();
  }

  /** Follows until closed, or until the delivery stops. Throws what ends the run. */
  async run(): Promise<void> {
    const { stopping, places, tell } = this.#parts;
    while (this.#goesOn()) {
      const asked = this.#jobs.size > 0 || places.isFullOfOthers;
      await this.#rest(asked ? this.#waitMs : longestWaitMs);
      if (!asked || !this.#goesOn() || stopping.noNew.aborted) continue;
      const changed = await this.#look();
      tell({ type: 'places-known', active: places.active, others: places.others });
      this.#waitMs = changed ? firstWaitMs : Math.min(this.#waitMs * waitGrowth, longestWaitMs);
    }
  }

  #goesOn(): boolean {
    if (this.#parts.stopping.noNew.aborted || this.#ends === 'now') return false;
    return this.#ends === 'open' || this.#jobs.size > 0;
  }

  #askSoon(): void {
    this.#waitMs = firstWaitMs;
    this.#wake.abort();
  }

  async #rest(ms: number): Promise<void> {
    if (!this.#wake.signal.aborted) {
      await pause(this.#parts.machine, ms, AbortSignal.any([this.#wake.signal, this.#parts.stopping.noNew]));
    }
    if (this.#wake.signal.aborted) {
      this.#wake = new AbortController();
      // What was taken a moment ago is seldom done yet: the first look comes after the first wait.
      await pause(this.#parts.machine, firstWaitMs, this.#parts.stopping.noNew);
    }
  }

  /** Asks once for all jobs; true when anything changed. */
  async #look(): Promise<boolean> {
    const { target, stopping, places } = this.#parts;
    const receipts = [...this.#jobs.values()].map(({ id }) => ({ id }));
    const seen = await this.#ask(
      'follow',
      async () => target.follow?.(receipts, stopping.cut) ?? nothingToFollow,
    );
    if (seen.kind === 'again') return false;
    places.othersHold(seen.others);
    const changes = await Promise.all(seen.jobs.map((job) => this.update(job)));
    const changed = changes.includes(true);
    if (changed) this.#parts.progressed();
    return changed;
  }

  /** Takes note of a job's state, and settles it when it has ended; true when anything changed. */
  async update(state: JobState): Promise<boolean> {
    const job = this.#jobs.get(state.id);
    if (!job) return false;
    const words = JSON.stringify(state.fields);
    const changed = words !== job.seen;
    job.seen = words;
    if (state.state !== 'open') return this.#end(job, state);
    if (changed) this.#tellChange(job, state, 'importing');
    return changed;
  }

  async #end(job: OpenJob, state: JobState): Promise<boolean> {
    const { target, settler, stopping, places } = this.#parts;
    const events = job.chunk.pieces.reduce((sum, piece) => sum + piece.events, 0);
    const judgement = await this.#ask(
      'judge',
      async () => target.judge?.(state, events, stopping.cut) ?? nothingToJudge,
    );
    if (judgement.kind === 'again') return false;
    this.#jobs.delete(job.id);
    this.#tellChange(job, state, state.state);
    await settler.settled(job.chunk, judgement, { id: job.id, fields: state.fields });
    places.settled();
    return true;
  }

  #tellChange(job: OpenJob, state: JobState, status: string): void {
    this.#parts.tell({
      type: 'job-changed',
      job: { ...state.fields, id: job.id, status, rows: job.chunk.rows },
    });
  }

  /** Asks until answered. `again` comes back only while the delivery stops; otherwise it ends the run. */
  async #ask<T extends { kind: string }>(
    purpose: 'follow' | 'judge',
    ask: () => Promise<T | Again>,
  ): Promise<T | Again> {
    const { machine, tell, maxRetries, stopping } = this.#parts;
    const counted = async () => {
      tell({ type: 'request-made', purpose, bytes: 0 });
      return ask();
    };
    const answer = await attempt(counted, {
      purpose,
      maxRetries,
      harmless: true,
      machine,
      tell,
      signal: stopping.noNew,
    });
    if (answer.kind === 'again' && !stopping.noNew.aborted) {
      throw new Failure(
        'unavailable',
        `cannot learn how the imports are getting on: ${(answer as Again).message}`,
        {
          hint: 'run the same command again: what was taken is followed, not sent again',
        },
      );
    }
    return answer;
  }
}

const nothingToFollow = { kind: 'seen' as const, jobs: [], others: 0 };
const nothingToJudge = { kind: 'settled' as const, accepted: 0, rejected: [], unknown: 0 };
