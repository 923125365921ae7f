/** Fetches one window: from requests to complete partitions on disk. */
import type { DatasetRequest, Days } from '../contracts/dataset.ts';
import type { Sink } from '../contracts/sink.ts';
import type { GrowingPartition, PulledWindow } from '../contracts/window.ts';
import type { ReceivedCounts } from '../events.ts';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { countDays, dayNumber, eachDay } from '../calendar.ts';
import { DoubtfulEnds } from '../replies/damaged-row.ts';
import { RejectSpool, type RejectPartition } from '../replies/spool/reject-spool.ts';
import { WindowSpool } from '../replies/spool/window-spool.ts';
import { attempt, type AttemptParts, type AttemptWindow, type Outcome } from './attempt.ts';
import { halveDays } from './dates/windows.ts';
import { tooLong } from './failures.ts';
import { EmptyAnswer, retry } from './retry.ts';
import { WindowCounts } from './window-counts.ts';
import { WindowShare } from './window-share.ts';

/** What the windows of a retrieval are fetched with. */
export interface PullParts extends AttemptParts {
  sink: Pick<Sink, 'spool' | 'splitByDay'>;
  retries: number;
  /** Longest range that a request may name, in days; shortened after refusals, shared by all windows. */
  longest: { days: number };
  context: AttemptParts['context'] & { machine: Pick<Machine, 'sleep' | 'random'> };
}

export interface WindowPlan {
  index: number;
  days: Days | undefined;
}

export interface Pulled {
  window: PulledWindow;
  rejects: readonly RejectPartition[];
  counts: ReceivedCounts;
  /** An answer with rows had no marked end: one that is cut between rows looks the same. */
  isUnframed: boolean;
  /** Removes the spool files; called once the window is committed or given up. */
  discard(): Promise<void>;
}

/** A window being fetched. */
export interface Pull {
  /**
   * Resolves when every source is received, after retries. Rejects with what ends the run; spool files are then
   * removed.
   */
  whole: Promise<Pulled>;
  /** Its first partition while it grows; undefined when there is none. */
  first: Promise<GrowingPartition | undefined>;
}

export function startPull(plan: WindowPlan, parts: PullParts): Pull {
  const pull = new WindowPull(plan, parts);
  return { whole: pull.run(), first: pull.first };
}

class WindowPull {
  readonly #plan: WindowPlan;
  readonly #parts: PullParts;
  readonly #window: AttemptWindow;
  /** Days for which every attempt gave an empty answer. */
  readonly #unread: (Days | undefined)[] = [];
  /** Days whose answer had no bytes, where no header is expected. */
  readonly #bare: (Days | undefined)[] = [];
  #isUnframed = false;

  constructor(plan: WindowPlan, parts: PullParts) {
    const { reading, sink } = parts;
    const { encoding, sources } = reading.dataset;
    const days = sink.splitByDay && plan.days !== undefined ? eachDay(plan.days) : [];
    const name = `window-${plan.index}`;
    this.#plan = plan;
    this.#parts = parts;
    this.#window = {
      index: plan.index,
      spool: new WindowSpool({ location: sink.spool, name, days, encoding }),
      rejects: new RejectSpool(sink.spool, { name: `${name}-rejects`, encoding }),
      partitionNumbers:
        days.length > 0 ? new Map(days.map((day, index) => [dayNumber(day), index])) : undefined,
      ends: new DoubtfulEnds(),
      counts: new WindowCounts(),
      share: new WindowShare(plan.days, sources.length),
    };
  }

  get first(): Promise<GrowingPartition | undefined> {
    return this.#window.spool.first;
  }

  async run(): Promise<Pulled> {
    const { reading, context } = this.#parts;
    const { days, index } = this.#plan;
    try {
      context.emit({ type: 'window-started', window: index, days });
      for (const source of reading.dataset.sources) await this.#receive({ source, days });
      return await this.#finish();
    } catch (error) {
      await this.#discard();
      throw error;
    }
  }

  /** Receives the answer to a request, split into halves when the vendor finds the range too long. */
  async #receive(request: DatasetRequest): Promise<void> {
    const { longest, context } = this.#parts;
    const { days } = request;
    if (days !== undefined && countDays(days) > longest.days) return this.#receiveHalves(request, days);
    const outcome = await this.#ask(request);
    if (outcome.kind === 'whole') {
      this.#window.share.add(days);
      if (outcome.isBare) this.#bare.push(days);
      this.#isUnframed ||= outcome.isUnframed;
      return;
    }
    if (days === undefined || countDays(days) === 1) throw tooLong(outcome.message);
    longest.days = Math.ceil(countDays(days) / 2);
    context.emit({ type: 'window-shortened', window: this.#plan.index, days, message: outcome.message });
    await this.#receiveHalves(request, days);
  }

  async #receiveHalves(request: DatasetRequest, days: Days): Promise<void> {
    for (const half of halveDays(days)) await this.#receive({ ...request, days: half });
  }

  /** Retries until there is an answer. When it is empty every time, its days are recorded as unread. */
  async #ask(request: DatasetRequest): Promise<Outcome> {
    const { retries, context } = this.#parts;
    const { machine, signal, emit } = context;
    try {
      return await retry(() => attempt(request, this.#window, this.#parts), {
        retries,
        machine,
        signal,
        onRetry: (message, waitMs) =>
          emit({ type: 'request-failed', window: this.#plan.index, message, waitMs }),
      });
    } catch (error) {
      if (!(error instanceof Failure) || !(error.cause instanceof EmptyAnswer)) throw error;
      this.#unread.push(request.days);
      return { kind: 'whole', isBare: false, isUnframed: false };
    }
  }

  async #finish(): Promise<Pulled> {
    await this.#window.spool.settle();
    const { counts, newest } = this.#window.counts;
    this.#parts.context.emit({ type: 'window-received', window: this.#plan.index, counts });
    const window = {
      days: this.#plan.days,
      partitions: this.#window.spool.finish(),
      newest,
      unread: this.#unread,
      bare: this.#bare,
    };
    const rejects = await this.#window.rejects.finish();
    return { window, rejects, counts, isUnframed: this.#isUnframed, discard: () => this.#discard() };
  }

  async #discard(): Promise<void> {
    await this.#window.spool.discard();
    await this.#window.rejects.discard();
  }
}
