/** Fetches one window: from requests to complete partitions on disk. */
import type { DatasetReply, DatasetRequest, Days } from '../contracts/dataset.ts';
import type { Sink } from '../contracts/sink.ts';
import type { GrowingPartition, PulledWindow } from '../contracts/window.ts';
import type { ReceivedCounts } from '../events.ts';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { RetryError } from '../retry.ts';
import { countDays, dayNumber, eachDay } from '../calendar.ts';
import { receiveRows } from '../replies/receive.ts';
import { RejectSpool, type RejectPartition } from '../replies/spool/reject-spool.ts';
import { EmptyAnswer, retry } from './retry.ts';
import type { SeenIds } from '../replies/dedupe/seen-ids.ts';
import { partitionsWithin, RowFilter } from '../replies/dedupe/row-filter.ts';
import { WindowSpool, type SpoolMark } from '../replies/spool/window-spool.ts';
import { halveDays } from './dates/windows.ts';
import { columnsGone, tooLong, tooManyIds } from './failures.ts';
import type { DatasetReading, RetrievalContext } from './retrieval.ts';
import { undatedWarning, WindowCounts } from './window-counts.ts';
import { WindowShare } from './window-share.ts';

/** What the windows of a retrieval are fetched with. */
export interface PullParts {
  reading: DatasetReading;
  sink: Pick<Sink, 'spool' | 'splitByDay'>;
  /** Undefined: duplicates are kept. */
  seen: SeenIds | undefined;
  retries: number;
  /** Longest range that a request may name, in days; shortened after refusals, shared by all windows. */
  longest: { days: number };
  context: Pick<RetrievalContext, 'signal' | 'emit'> & { machine: Pick<Machine, 'sleep' | 'random'> };
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

interface WindowMark {
  kept: SpoolMark;
  rejects: SpoolMark;
}

interface Attempt {
  request: DatasetRequest;
  filter: RowFilter;
  received: { bytes: number; rows: number };
}

type Outcome = { kind: 'whole'; isBare: boolean } | { kind: 'shorter'; message: string };

class WindowPull {
  readonly #plan: WindowPlan;
  readonly #parts: PullParts;
  readonly #spool: WindowSpool;
  readonly #rejects: RejectSpool;
  readonly #share: WindowShare;
  readonly #partitionNumbers: ReadonlyMap<number, number> | undefined;
  readonly #counts = new WindowCounts();
  /** Days for which every attempt gave an empty answer. */
  readonly #unread: (Days | undefined)[] = [];
  /** Days whose answer had no bytes, where no header is expected. */
  readonly #bare: (Days | undefined)[] = [];
  #isUnframed = false;

  constructor(plan: WindowPlan, parts: PullParts) {
    const { reading, sink } = parts;
    const days = sink.splitByDay && plan.days !== undefined ? eachDay(plan.days) : [];
    this.#plan = plan;
    this.#share = new WindowShare(plan.days, reading.dataset.sources.length);
    this.#parts = parts;
    this.#partitionNumbers =
      days.length > 0 ? new Map(days.map((day, index) => [dayNumber(day), index])) : undefined;
    const { encoding } = reading.dataset;
    const name = `window-${plan.index}`;
    this.#spool = new WindowSpool({ location: sink.spool, name, days, encoding });
    this.#rejects = new RejectSpool(sink.spool, { name: `${name}-rejects`, encoding });
  }

  get first(): Promise<GrowingPartition | undefined> {
    return this.#spool.first;
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

  async #discard(): Promise<void> {
    await this.#spool.discard();
    await this.#rejects.discard();
  }

  /** Receives the answer to a request, split into halves when the vendor finds the range too long. */
  async #receive(request: DatasetRequest): Promise<void> {
    const { longest, context } = this.#parts;
    const { days } = request;
    if (days !== undefined && countDays(days) > longest.days) return this.#receiveHalves(request, days);
    const outcome = await this.#ask(request);
    if (outcome.kind === 'whole') {
      this.#share.add(days);
      if (outcome.isBare) this.#bare.push(days);
      return;
    }
    if (days === undefined || countDays(days) === 1) throw tooLong(outcome.message);
    longest.days = Math.ceil(countDays(days) / 2);
    context.emit({ type: 'window-shortened', window: this.#plan.index, days, message: outcome.message });
    await this.#receiveHalves(request, days);
  }

  /** Retries until there is an answer. When it is empty every time, its days are recorded as unread. */
  async #ask(request: DatasetRequest): Promise<Outcome> {
    const { retries, context } = this.#parts;
    const { machine, signal, emit } = context;
    try {
      return await retry(() => this.#attempt(request), {
        retries,
        machine,
        signal,
        onRetry: (message, waitMs) =>
          emit({ type: 'request-failed', window: this.#plan.index, message, waitMs }),
      });
    } catch (error) {
      if (!(error instanceof Failure) || !(error.cause instanceof EmptyAnswer)) throw error;
      this.#unread.push(request.days);
      return { kind: 'whole', isBare: false };
    }
  }

  async #finish(): Promise<Pulled> {
    await this.#spool.settle();
    const { counts, newest } = this.#counts;
    this.#parts.context.emit({ type: 'window-received', window: this.#plan.index, counts });
    const window = {
      days: this.#plan.days,
      partitions: this.#spool.finish(),
      newest,
      unread: this.#unread,
      bare: this.#bare,
    };
    const rejects = await this.#rejects.finish();
    return { window, rejects, counts, isUnframed: this.#isUnframed, discard: () => this.#discard() };
  }

  async #receiveHalves(request: DatasetRequest, days: Days): Promise<void> {
    for (const half of halveDays(days)) await this.#receive({ ...request, days: half });
  }

  /** Sends the request once. Removes what a failed attempt has received. */
  async #attempt(request: DatasetRequest): Promise<Outcome> {
    const { seen, reading, context } = this.#parts;
    const { signal, emit } = context;
    signal.throwIfAborted();
    const tag = seen?.begin() ?? 0;
    const filter = new RowFilter({ ...this.#partitionsOf(request), seen, tag });
    const received = { bytes: 0, rows: 0 };
    const mark = { kept: this.#spool.mark(), rejects: this.#rejects.mark() };
    try {
      emit({ type: 'request-opened', window: this.#plan.index, ...request });
      const reply = await reading.dataset.open(request, signal);
      const outcome = await this.#readReply(reply, { request, filter, received });
      if (outcome.kind === 'whole') {
        seen?.settle(tag);
        this.#counts.add(filter, received.bytes);
        if (filter.counts.undated > 0) emit(undatedWarning(filter.counts.undated));
        return outcome;
      }
      await this.#takeBack(tag, mark, received);
      return outcome;
    } catch (error) {
      await this.#takeBack(tag, mark, received);
      throw error;
    }
  }

  #partitionsOf({ days }: DatasetRequest) {
    const partitions = this.#partitionNumbers;
    if (this.#parts.reading.dataset.timeColumn === undefined || days === undefined) {
      return { partitionOfDay: undefined, undatedPartition: 0 };
    }
    return {
      partitionOfDay: partitionsWithin(days, partitions),
      undatedPartition: partitions?.get(dayNumber(days.from)) ?? 0,
    };
  }

  async #readReply(reply: DatasetReply, { request, filter, received }: Attempt): Promise<Outcome> {
    if (reply.kind === 'retry') throw new RetryError(reply.message, { waitMs: reply.waitMs });
    if (reply.kind === 'shorter') return reply;
    const { reading, seen, context } = this.#parts;
    const { createReader, required } = reading;
    const { encoding, columns, idColumn, timeColumn } = reading.dataset;
    const { emit } = context;
    for (const note of reply.notes) emit({ type: 'warned', ...note });
    const end = await receiveRows({
      body: { bytes: reply.body, framed: reply.framed, marked: reply.marked, mayEndInError: true },
      expected: { published: columns, required },
      reader: createReader({
        encoding,
        columns,
        ...(idColumn === undefined ? {} : { idColumn }),
        ...(timeColumn === undefined ? {} : { timeColumn }),
      }),
      filter,
      spools: { spool: this.#spool, rejects: this.#rejects },
      onProgress: (bytes, rows) => {
        received.bytes += bytes;
        received.rows += rows;
        const share = this.#share.with(request.days, reply.shareRead?.(received.bytes));
        emit({
          ...{ type: 'rows-received', window: this.#plan.index, bytes, rows },
          ...(share === undefined ? {} : { share }),
        });
      },
      mayGoOn: () => seen?.makeRoom() ?? true,
    });
    if (end.kind === 'cut') throw new RetryError(end.message);
    if (end.kind === 'empty') throw new EmptyAnswer();
    if (end.kind === 'lacking') throw columnsGone(end.columns);
    if (end.kind === 'stopped') return { kind: 'shorter', message: tooManyIds };
    this.#isUnframed ||= !reply.framed && received.rows > 0;
    return end;
  }

  async #takeBack(tag: number, mark: WindowMark, received: { bytes: number; rows: number }): Promise<void> {
    const { seen, context } = this.#parts;
    seen?.withdraw(tag);
    await this.#spool.cutTo(mark.kept);
    await this.#rejects.cutTo(mark.rejects);
    if (received.bytes > 0) context.emit({ type: 'rows-withdrawn', window: this.#plan.index, ...received });
  }
}
