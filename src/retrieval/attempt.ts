/** One request of a window, sent once: either all rows of its answer are in the spools of the window, or none. */
import type { DatasetReply, DatasetRequest } from '../contracts/dataset.ts';
import type { RowReader } from '../contracts/reader.ts';
import { dayNumber } from '../calendar.ts';
import { DamagedRowReader, type DoubtfulEnds } from '../replies/damaged-row.ts';
import { receiveRows, type Received } from '../replies/receive.ts';
import type { SeenIds } from '../replies/dedupe/seen-ids.ts';
import { partitionsWithin, RowFilter } from '../replies/dedupe/row-filter.ts';
import type { RejectSpool } from '../replies/spool/reject-spool.ts';
import type { SpoolMark, WindowSpool } from '../replies/spool/window-spool.ts';
import { RetryError } from '../retry.ts';
import { columnsGone, tooManyIds } from './failures.ts';
import { DoubtfulEnd, EmptyAnswer } from './retry.ts';
import type { DatasetReading, RetrievalContext } from './retrieval.ts';
import { damagedEndWarning, undatedWarning, type WindowCounts } from './window-counts.ts';
import type { WindowShare } from './window-share.ts';

/** What the attempts of all windows share. */
export interface AttemptParts {
  reading: DatasetReading;
  /** Undefined: duplicates are kept. */
  seen: SeenIds | undefined;
  context: Pick<RetrievalContext, 'signal' | 'emit'>;
}

/** The window that an attempt receives rows for. Its attempts come one after another. */
export interface AttemptWindow {
  index: number;
  spool: WindowSpool;
  rejects: RejectSpool;
  /** The partition of each day, by day number; undefined: all rows go into one. */
  partitionNumbers: ReadonlyMap<number, number> | undefined;
  /** Of its answers so far. */
  ends: DoubtfulEnds;
  counts: WindowCounts;
  share: WindowShare;
}

type RowsReply = Extract<DatasetReply, { kind: 'rows' }>;

/**
 * `isBare`: the answer had no bytes, where no header is expected. `isUnframed`: it had rows but no marked end, so
 * one that is cut between rows looks the same. `shorter`: the range must be shorter; nothing was received.
 */
export type Outcome =
  { kind: 'whole'; isBare: boolean; isUnframed: boolean } | { kind: 'shorter'; message: string };

/**
 * Sends the request once. Throws a RetryError when it may be sent again (an EmptyAnswer is one), and whatever else
 * ends the run; nothing it has received is left then.
 */
export async function attempt(
  request: DatasetRequest,
  window: AttemptWindow,
  parts: AttemptParts,
): Promise<Outcome> {
  parts.context.signal.throwIfAborted();
  return new Attempt(request, window, parts).run();
}

class Attempt {
  readonly #request: DatasetRequest;
  readonly #window: AttemptWindow;
  readonly #parts: AttemptParts;
  /** Of the ids that are seen during this attempt; 0 where none are kept. */
  readonly #tag: number;
  readonly #filter: RowFilter;
  readonly #mark: { kept: SpoolMark; rejects: SpoolMark };
  readonly #received = { bytes: 0, rows: 0 };
  /** Its last row may be an error, and is rejected. */
  #isEndDamaged = false;

  constructor(request: DatasetRequest, window: AttemptWindow, parts: AttemptParts) {
    const { seen } = parts;
    this.#request = request;
    this.#window = window;
    this.#parts = parts;
    this.#tag = seen?.begin() ?? 0;
    this.#filter = new RowFilter({ ...this.#partitions(), seen, tag: this.#tag });
    this.#mark = { kept: window.spool.mark(), rejects: window.rejects.mark() };
  }

  async run(): Promise<Outcome> {
    const { reading, context } = this.#parts;
    try {
      context.emit({ type: 'request-opened', window: this.#window.index, ...this.#request });
      const reply = await reading.dataset.open(this.#request, context.signal);
      const outcome = await this.#read(reply);
      if (outcome.kind === 'whole') this.#settle();
      else await this.#takeBack();
      return outcome;
    } catch (error) {
      await this.#takeBack();
      throw error;
    }
  }

  #partitions() {
    const { days } = this.#request;
    const { partitionNumbers } = this.#window;
    if (this.#parts.reading.dataset.timeColumn === undefined || days === undefined) {
      return { partitionOfDay: undefined, undatedPartition: 0 };
    }
    return {
      partitionOfDay: partitionsWithin(days, partitionNumbers),
      undatedPartition: partitionNumbers?.get(dayNumber(days.from)) ?? 0,
    };
  }

  async #read(reply: DatasetReply): Promise<Outcome> {
    if (reply.kind === 'retry') throw new RetryError(reply.message, { waitMs: reply.waitMs });
    if (reply.kind === 'shorter') return reply;
    const { emit } = this.#parts.context;
    for (const note of reply.notes) emit({ type: 'warned', ...note });
    const end = await this.#receive(reply);
    if (end.kind === 'cut') throw new RetryError(end.message);
    if (end.kind === 'doubtful') throw this.#doubt(reply, end.lastRow);
    if (end.kind === 'empty') throw new EmptyAnswer();
    if (end.kind === 'lacking') throw columnsGone(end.columns);
    if (end.kind === 'stopped') return { kind: 'shorter', message: tooManyIds };
    this.#isEndDamaged = end.isDamaged;
    return { ...end, isUnframed: !reply.framed && this.#received.rows > 0 };
  }

  /** Streams the rows of the answer into the spools of the window. */
  #receive(reply: RowsReply): Promise<Received> {
    const { reading, seen } = this.#parts;
    const { spool, rejects } = this.#window;
    // Only answers that are known to be whole are held against each other.
    const damagedRow = reply.framed ? this.#window.ends.damagedRow : undefined;
    return receiveRows({
      body: {
        bytes: reply.body,
        framed: reply.framed,
        marked: reply.marked,
        mayEndInError: true,
        damagedRow,
      },
      expected: { published: reading.dataset.columns, required: reading.required },
      reader: this.#createReader(damagedRow),
      filter: this.#filter,
      spools: { spool, rejects },
      onProgress: (bytes, rows) => this.#progress(reply, bytes, rows),
      mayGoOn: () => seen?.makeRoom() ?? true,
    });
  }

  #createReader(damagedRow: Uint8Array | undefined): RowReader {
    const { createReader, dataset } = this.#parts.reading;
    const { encoding, columns, idColumn, timeColumn } = dataset;
    const reader = createReader({
      encoding,
      columns,
      ...(idColumn === undefined ? {} : { idColumn }),
      ...(timeColumn === undefined ? {} : { timeColumn }),
    });
    return damagedRow === undefined ? reader : new DamagedRowReader(reader, damagedRow);
  }

  #doubt({ framed }: RowsReply, lastRow: Uint8Array): DoubtfulEnd {
    if (framed) this.#window.ends.add(lastRow);
    return new DoubtfulEnd();
  }

  #progress(reply: RowsReply, bytes: number, rows: number): void {
    const { index, share } = this.#window;
    const received = this.#received;
    received.bytes += bytes;
    received.rows += rows;
    const shareOfWindow = share.with(this.#request.days, reply.shareRead?.(received.bytes));
    this.#parts.context.emit({
      ...{ type: 'rows-received', window: index, bytes, rows },
      ...(shareOfWindow === undefined ? {} : { share: shareOfWindow }),
    });
  }

  /** The rows stay: counts them, and lets their ids count as seen. */
  #settle(): void {
    const { seen, context } = this.#parts;
    const { undated } = this.#filter.counts;
    seen?.settle(this.#tag);
    this.#window.counts.add(this.#filter, this.#received.bytes);
    if (undated > 0) context.emit(undatedWarning(undated));
    if (this.#isEndDamaged) context.emit(damagedEndWarning(this.#request.days));
  }

  /** Removes what this attempt has received. */
  async #takeBack(): Promise<void> {
    const { seen, context } = this.#parts;
    const { index, spool, rejects } = this.#window;
    seen?.withdraw(this.#tag);
    await spool.cutTo(this.#mark.kept);
    await rejects.cutTo(this.#mark.rejects);
    if (this.#received.bytes > 0) {
      context.emit({ type: 'rows-withdrawn', window: index, ...this.#received });
    }
  }
}
