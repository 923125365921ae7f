/**
 * Polls open jobs, all in one request, backing off while nothing changes. Requests count against the limits of the
 * user, so none is made without need.
 */
import type { Target } from '../../contracts/target.ts';
import { Failure } from '../../failure.ts';
import type { Retry, JobState } from '../../records.ts';
import { nextPollMs, WAITS } from '../../retry.ts';
import { attempt } from '../send/attempt.ts';
import { CounterGaps } from './counter-gaps.ts';
import { Grace } from './grace.ts';
import { JudgingBudget } from './judging-budget.ts';
import type { UploadSlots } from '../send/upload-slots.ts';
import type { Settler } from '../send/settle.ts';
import type { Settling } from '../send/settling.ts';
import type { DeliveryContext } from '../context.ts';
import type { JobPolicy } from '../options.ts';
import type { Progress } from '../progress.ts';
import { pause } from '../stopping.ts';

/** How many events may be judged at once: each may become a reject with its own message. */
const maxEventsJudged = 100_000;

/** Where chunks go when their job ends. */
export interface JobEnds {
  settler: Settler;
  slots: UploadSlots;
  /** Sends the rows of a chunk from an earlier process again, because its job no longer exists. Never throws. */
  resend: (chunk: Settling) => Promise<void>;
}

export interface JobPollerParts {
  target: Pick<Target, 'pollJobs' | 'judge'>;
  ends: JobEnds;
  policy: JobPolicy;
  progress: Pick<Progress, 'moved'>;
  context: DeliveryContext;
}

interface OpenJob {
  id: string;
  chunk: Settling;
  /** Last known fields as JSON, to detect a change. */
  seen: string;
  /** It is being judged. The reply to its upload and a poll may both report its end. */
  isEnding: boolean;
  /** The job no longer exists and its rows are being sent again: it is not polled any more. */
  isResent: boolean;
}

export class JobPoller {
  readonly #parts: JobPollerParts;
  readonly #jobs = new Map<string, OpenJob>();
  readonly #grace: Grace;
  readonly #budget = new JudgingBudget(maxEventsJudged);
  readonly #gaps: CounterGaps;
  #waitMs: number = WAITS.poll.firstMs;
  #dueMs = 0;
  #wake = new AbortController();
  #closing: 'no' | 'when-empty' | 'now' = 'no';

  constructor(parts: JobPollerParts) {
    this.#parts = parts;
    this.#grace = new Grace(parts.context.machine);
    this.#gaps = new CounterGaps(parts.policy, parts.context.emit);
  }

  /** Ids of jobs that are still open. */
  get openJobs(): string[] {
    return [...this.#jobs.keys()];
  }

  add(id: string, chunk: Settling): void {
    const isFirst = this.#jobs.size === 0;
    this.#jobs.set(id, { id, chunk, seen: '', isEnding: false, isResent: false });
    if (isFirst) this.#dueMs = Number.POSITIVE_INFINITY;
    this.#askSoon();
  }

  /** No more jobs will be added: stop when all have ended, or now. */
  close(when: 'when-empty' | 'now'): void {
    this.#closing = when;
    this.#wake.abort();
  }

  /** Polls until closed or until the delivery stops. Throws failures that end the run. */
  async run(): Promise<void> {
    const { stopping, emit } = this.#parts.context;
    const { slots } = this.#parts.ends;
    while (this.#hasJobsToPoll()) {
      if (!(await this.#isDue())) continue;
      const changed = await this.#look();
      emit({ type: 'slots-known', active: slots.active, others: slots.others });
      this.#waitMs = changed ? WAITS.poll.firstMs : nextPollMs(this.#waitMs, slots.isAwaited);
      this.#dueMs = this.#parts.context.machine.elapsedMs() + this.#waitMs;
      if (stopping.noNew.aborted) return;
    }
  }

  #hasJobsToPoll(): boolean {
    if (this.#parts.context.stopping.noNew.aborted || this.#closing === 'now') return false;
    return this.#closing === 'no' || this.#jobs.size > 0;
  }

  /** A chunk was taken: poll soon, but not at once, since no import is that fast. */
  #askSoon(): void {
    this.#waitMs = WAITS.poll.firstMs;
    this.#dueMs = Math.min(this.#dueMs, this.#parts.context.machine.elapsedMs() + WAITS.poll.firstMs);
    this.#wake.abort();
  }

  /** Waits until the next poll is due or something changes; true when a poll is due and worth making. */
  async #isDue(): Promise<boolean> {
    const { machine, stopping } = this.#parts.context;
    const { slots } = this.#parts.ends;
    const isWorthAsking = this.#jobs.size > 0 || slots.isFullOfOthers;
    const leftMs = this.#dueMs - machine.elapsedMs();
    if (isWorthAsking && leftMs <= 0) return true;
    const waitMs = isWorthAsking ? leftMs : WAITS.poll.maxMs;
    await pause(machine, waitMs, AbortSignal.any([this.#wake.signal, stopping.noNew]));
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
    return false;
  }

  /** Polls all jobs once; true when anything changed. */
  async #look(): Promise<boolean> {
    const { target, ends, context } = this.#parts;
    const receipts = this.#followed().map(({ id }) => ({ id }));
    const seen = await this.#ask(
      'follow',
      async () => target.pollJobs?.(receipts, context.stopping.cut) ?? nothingToFollow,
    );
    if (seen.kind === 'retry') return false;
    // What was uploaded meanwhile may be among them: taken for others, it would make the uploads stand back for them.
    const maybeOurs = ends.slots.inFlight + this.#followed().length - receipts.length;
    ends.slots.othersHold(Math.max(0, seen.others - maybeOurs));
    const changed = await this.#updateAll(seen.jobs);
    if (changed) this.#parts.progress.moved();
    return changed;
  }

  #followed(): OpenJob[] {
    return [...this.#jobs.values()].filter(({ isResent }) => !isResent);
  }

  /** Waits for all updates even when one throws, so that none continues unobserved. */
  async #updateAll(states: readonly JobState[]): Promise<boolean> {
    const updates = await Promise.allSettled(states.map((state) => this.update(state)));
    for (const update of updates) if (update.status === 'rejected') throw update.reason;
    return updates.some((update) => update.status === 'fulfilled' && update.value);
  }

  /** Applies the state of a job and settles its chunk when the job has ended; true when anything changed. */
  async update(asSeen: JobState): Promise<boolean> {
    const job = this.#jobs.get(asSeen.id);
    if (!job || job.isEnding || job.isResent) return false;
    const state = this.#grace.applyTo(asSeen);
    const words = JSON.stringify(state.fields);
    const changed = words !== job.seen;
    job.seen = words;
    if (state.state === 'missing' && this.#loseSight(job, state)) return true;
    if (state.state !== 'open') return this.#end(job, state).finally(() => (job.isEnding = false));
    if (changed) this.#tellChange(job, state, 'importing');
    return changed;
  }

  async #end(job: OpenJob, state: JobState): Promise<boolean> {
    job.isEnding = true;
    const events = job.chunk.pieces.reduce((sum, piece) => sum + piece.events, 0);
    return this.#budget.within(events, () => this.#judge(job, state, events));
  }

  async #judge(job: OpenJob, state: JobState, events: number): Promise<boolean> {
    const { target, ends, context } = this.#parts;
    const judged = await this.#ask(
      'judge',
      async () => target.judge?.(state, events, context.stopping.cut) ?? nothingToJudge,
    );
    const judgement = judged.kind === 'retry' && !context.stopping.noNew.aborted ? judged.otherwise : judged;
    if (judgement === undefined || judgement.kind === 'retry') return false;
    this.#tellChange(job, state, state.state);
    const mayRepeat = job.chunk.isRepeat;
    const answer = this.#gaps.applyTo(judgement, { job: job.id, events, mayRepeat });
    await ends.settler.settled(job.chunk, answer, { id: job.id, fields: state.fields });
    this.#jobs.delete(job.id);
    ends.slots.settled();
    return true;
  }

  /**
   * Handles a job that no longer exists. The run that created it leaves it to the next run; a run that adopted it
   * sends the rows again where that cannot duplicate any. False when the rows can only be settled as unknown.
   */
  #loseSight(job: OpenJob, state: JobState): boolean {
    const { resend, settler, slots } = this.#parts.ends;
    const { earlier } = job.chunk;
    if (earlier !== undefined && !earlier.mayResend) return false;
    this.#tellChange(job, state, 'missing');
    if (earlier === undefined) {
      settler.lostSight(job.chunk, job.id);
      this.#jobs.delete(job.id);
      slots.settled();
    } else {
      job.isResent = true;
      void resend(job.chunk).then(() => {
        this.#jobs.delete(job.id);
        this.#askSoon();
      });
    }
    return true;
  }

  #tellChange(job: OpenJob, state: JobState, status: string): void {
    this.#parts.context.emit({
      type: 'job-changed',
      job: { ...state.fields, id: job.id, status, rows: job.chunk.rows },
    });
  }

  /**
   * Retries until there is an answer. Returns `retry` only while the delivery stops, or when it says what holds
   * otherwise; else throws a Failure `unavailable`.
   */
  async #ask<T extends { kind: string }>(
    purpose: 'follow' | 'judge',
    ask: () => Promise<T | Retry>,
  ): Promise<T | Retry> {
    const { machine, emit, stopping } = this.#parts.context;
    const { maxRetries } = this.#parts.policy;
    const answer = await attempt(ask, {
      purpose,
      maxRetries,
      harmless: true,
      machine,
      emit,
      signal: stopping.noNew,
    });
    if (answer.kind !== 'retry' || stopping.noNew.aborted) return answer;
    const { message, otherwise } = answer as Retry;
    if (otherwise !== undefined) return answer;
    throw new Failure('unavailable', `cannot learn how the imports are getting on: ${message}`, {
      hint: 'run the same command again: what was taken is followed, not sent again',
    });
  }
}

const nothingToFollow = { kind: 'seen' as const, jobs: [], others: 0 };
const nothingToJudge = { kind: 'settled' as const, accepted: 0, rejected: [], unknown: 0 };
