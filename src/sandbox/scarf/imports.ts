import type { EmulatorContext } from '../emulator.ts';
import { createSelector } from '../faults/selection.ts';
import { makeUuid } from '../identity.ts';
import { isVisible, naturalEnd, type ImportJob, type ImportStatus } from './job.ts';
import type { JobOutcome, ScarfSettings } from './options.ts';
import type { Upload } from './upload.ts';

/** One of an owner's active imports, held while the body is being received. */
export interface Slot {
  owner: string;
}

interface PlannedOutcome {
  outcome: JobOutcome;
  isHit: () => boolean;
}

/**
 * All imports of the account. Nothing runs in the background: each access first settles the imports that are
 * due by the clock, and only then are their events stored.
 */
export class ImportRegistry {
  maxActiveSeen = 0;
  refusedForActive = 0;
  private readonly jobs = new Map<string, ImportJob>();
  private readonly active = new Set<ImportJob>();
  private readonly uploads = new Set<Slot>();
  private readonly outcomes: PlannedOutcome[] = [];
  private readonly settings: ScarfSettings;
  private readonly context: EmulatorContext;

  constructor(settings: ScarfSettings, context: EmulatorContext) {
    this.settings = settings;
    this.context = context;
    this.planOutcomes(settings.outcomes);
  }

  planOutcomes(outcomes: JobOutcome[]): void {
    for (const outcome of outcomes) this.outcomes.push({ outcome, isHit: createSelector(outcome) });
  }

  /** Takes a slot; `undefined` when the owner has the maximum number of active imports. */
  reserve(owner: string): Slot | undefined {
    if (this.countActive(owner) >= this.settings.maxActive) {
      this.refusedForActive += 1;
      return undefined;
    }
    const slot = { owner };
    this.uploads.add(slot);
    this.maxActiveSeen = Math.max(this.maxActiveSeen, this.countActive(owner));
    return slot;
  }

  /** Releases the slot. Does nothing after `accept`, whose job counts in its place. */
  release(slot: Slot): void {
    this.uploads.delete(slot);
  }

  accept(slot: Slot, upload: Upload): ImportJob {
    const { total, succeeded, failed, log, staged } = upload;
    this.release(slot);
    const outcome = this.outcomes.find(({ isHit }) => isHit())?.outcome;
    const lifeMs = outcome?.kind === 'never-ends' ? Infinity : this.settings.jobMs;
    const job = this.add({ owner: slot.owner, lifeMs, foreign: false, outcome });
    Object.assign(job, { total, succeeded, failed, log, staged });
    this.settleDue();
    return job;
  }

  /** Starts imports that another client appears to have made; they stay active until they are finished. */
  startForeign(owner: string, count: number): void {
    for (let started = 0; started < count; started += 1) {
      const job = this.add({ owner, lifeMs: Infinity, foreign: true, outcome: undefined });
      Object.assign(job, { total: 1000, succeeded: 1000 });
    }
    this.maxActiveSeen = Math.max(this.maxActiveSeen, this.countActive(owner));
  }

  finishForeign(count = Infinity): void {
    const running = [...this.active].filter((job) => job.foreign);
    for (const job of running.slice(0, count)) this.end(job, 'done', this.context.clock());
  }

  /** The owner's visible imports, newest first. */
  list(owner: string): ImportJob[] {
    this.settleDue();
    return [...this.jobs.values()].reverse().filter((job) => job.owner === owner && isVisible(job));
  }

  find(owner: string, id: string): ImportJob | undefined {
    this.settleDue();
    const job = this.jobs.get(id.toLowerCase());
    return job !== undefined && job.owner === owner && isVisible(job) ? job : undefined;
  }

  /** Aborts an import; keeps the share of its events that corresponds to the time it ran. */
  abort(job: ImportJob): void {
    if (job.status !== 'importing') return;
    const nowMs = this.context.clock();
    const lifeMs = job.endsAtMs - job.createdAtMs;
    const share = Number.isFinite(lifeMs) && lifeMs > 0 ? (nowMs - job.createdAtMs) / lifeMs : 0;
    job.staged?.commit(job.id, Math.min(1, Math.max(0, share)));
    job.staged = undefined;
    this.end(job, 'aborted', nowMs);
  }

  /** Ends every import that is due and stores its events. */
  settleDue(): void {
    const nowMs = this.context.clock();
    for (const job of this.active) {
      if (job.endsAtMs > nowMs) continue;
      const { status, share } = naturalEnd(job.outcome);
      job.staged?.commit(job.id, share);
      job.staged = undefined;
      this.end(job, status, job.endsAtMs);
    }
  }

  all(): ImportJob[] {
    this.settleDue();
    return [...this.jobs.values()];
  }

  countActive(owner: string): number {
    this.settleDue();
    const belongs = (one: { owner: string }): boolean => one.owner === owner;
    return [...this.active].filter(belongs).length + [...this.uploads].filter(belongs).length;
  }

  private add(start: Pick<ImportJob, 'owner' | 'foreign' | 'outcome'> & { lifeMs: number }): ImportJob {
    const { lifeMs, ...given } = start;
    const nowMs = this.context.clock() + this.context.random();
    const counters = { total: 0, succeeded: 0, failed: 0, log: [], staged: undefined };
    const times = { createdAtMs: nowMs, updatedAtMs: nowMs, endsAtMs: nowMs + lifeMs };
    const id = makeUuid(this.context.random);
    const job: ImportJob = { id, status: 'importing', ...given, ...counters, ...times };
    if (lifeMs === 0) job.endsAtMs = Math.floor(nowMs);
    this.jobs.set(id, job);
    this.active.add(job);
    return job;
  }

  private end(job: ImportJob, status: ImportStatus, atMs: number): void {
    job.status = status;
    job.updatedAtMs = Math.max(job.createdAtMs, atMs);
    this.active.delete(job);
  }
}
