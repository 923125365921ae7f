/** Sends chunks and acts on the answers. */
import type { BlockLimits, Supply } from '../../contracts/supply.ts';
import type { Answer, Retry } from '../../records.ts';
import type { DeliveryContext } from '../context.ts';
import type { SendPolicy } from '../options.ts';
import type { Progress } from '../progress.ts';
import { blockLimits, packChunks, type Chunk, type PackOptions } from '../upload/chunks.ts';
import { allRejected, inDoubt, retriesUsedUp, readAgain, unknownEnd } from './chunk-outcome.ts';
import type { ChunkUploads } from './chunk-uploads.ts';
import type { JobPoller } from '../jobs/job-poller.ts';
import type { Settler } from './settle.ts';
import type { Settling } from './settling.ts';
import type { UploadSlots } from './upload-slots.ts';

/** How many answers in doubt get a warning of their own; the count of unknown rows covers all. */
const maxDoubtsTold = 20;

/** Where chunks go after an answer. */
export interface ChunkEnds {
  settler: Settler;
  poller: JobPoller;
  slots: UploadSlots;
}

/** Where the rows of a chunk are read again, and how they are packed. */
export interface Repacking {
  supplies: readonly Supply[];
  pack: PackOptions;
}

export interface ChunkSenderParts {
  uploads: ChunkUploads;
  ends: ChunkEnds;
  repacking: Repacking;
  policy: SendPolicy;
  progress: Pick<Progress, 'moved'>;
  context: Pick<DeliveryContext, 'emit' | 'stopping'>;
}

export class ChunkSender {
  readonly #parts: ChunkSenderParts;
  /** Chunks with a job: a later failure does not make them unsent. */
  readonly #given = new Set<number>();
  #doubtsInARow = 0;
  #doubtsTold = 0;
  /** Rows of dropped chunks. */
  unsent = 0;

  constructor(parts: ChunkSenderParts) {
    this.#parts = parts;
  }

  /**
   * Sends a chunk that holds a slot, until it has a job or is settled. Never throws: a failure stops the delivery.
   */
  async send(chunk: Chunk): Promise<void> {
    const { slots } = this.#parts.ends;
    const jobs = await this.#carry(chunk);
    for (let extra = 1; extra < jobs; extra += 1) slots.adopt();
    slots.leave(jobs > 0 ? 'taken' : 'over');
  }

  /**
   * Sends the rows of a chunk again whose job from an earlier process no longer exists, on the slot that the job
   * held. Never throws.
   */
  async resend(chunk: Settling): Promise<void> {
    const { repacking, ends, context } = this.#parts;
    context.emit({ type: 'chunk-resent', chunk: chunk.number });
    const withoutId = chunk.earlier?.withoutId ?? 0;
    const jobs = await this.#carryAnew(
      { ...chunk, withoutId, isRepeat: true, isDoubtful: true },
      { options: repacking.pack, most: blockLimits(repacking.pack) },
    );
    if (jobs === 0) ends.slots.settled();
    for (let extra = 1; extra < jobs; extra += 1) ends.slots.adopt();
  }

  /** Settles a chunk without rows to send: only its rejects are kept. Never throws. */
  async keepRejects(chunk: Chunk): Promise<void> {
    const { uploads, ends } = this.#parts;
    try {
      await uploads.recordIntent(chunk);
      await ends.settler.settled(chunk, { kind: 'settled', accepted: 0, rejected: [], unknown: 0 });
    } catch (error) {
      this.#fail(chunk, error);
    } finally {
      chunk.release();
    }
  }

  /** Drops a chunk unsent: a later run reads it again. */
  drop(chunk: Settling): void {
    this.unsent += chunk.rows;
    this.#parts.ends.settler.dropped(chunk);
  }

  /** Stops the delivery because the outcome of a chunk that may have been taken cannot be recorded. */
  lose(chunk: Settling, error: unknown): void {
    this.#parts.context.stopping.stopFor(error);
    this.#parts.context.emit(unknownEnd(chunk));
  }

  /** Returns how many jobs resulted: none when it was settled at once, several when it was split. Never throws. */
  async #carry(chunk: Chunk): Promise<number> {
    try {
      return await this.#deliver(chunk);
    } catch (error) {
      this.#fail(chunk, error);
      return this.#given.has(chunk.number) ? 1 : 0;
    } finally {
      this.#letGo(chunk);
    }
  }

  /** After a cut the socket may still be reading the body's memory. */
  #letGo(chunk: Chunk): void {
    if (this.#parts.context.stopping.cut.aborted) chunk.abandon();
    else chunk.release();
  }

  #fail(chunk: Settling & Pick<Chunk, 'withoutId'>, error: unknown): void {
    this.#parts.context.stopping.stopFor(error);
    if (this.#given.has(chunk.number)) return;
    if (this.#parts.uploads.isInDoubt(chunk)) this.lose(chunk, error);
    else this.drop(chunk);
  }

  async #deliver(unsent: Chunk): Promise<number> {
    const { answer, chunk } = await this.#parts.uploads.send(unsent);
    const { settler, poller } = this.#parts.ends;
    if (answer.kind !== 'retry') this.#parts.progress.moved();
    switch (answer.kind) {
      case 'pending': {
        const { id } = answer.receipt;
        const taken = await settler.taken(chunk, id);
        const { number, rows, rejected } = chunk;
        this.#parts.context.emit({ type: 'chunk-taken', chunk: number, rows, rejected, job: id });
        this.#given.add(number);
        poller.add(id, taken);
        this.#doubtsInARow = 0;
        if (answer.job !== undefined && answer.job.state !== 'open') await poller.update(answer.job);
        return 1;
      }
      case 'settled':
        await settler.settled(chunk, answer, answer.job);
        this.#doubtsInARow = 0;
        return 0;
      case 'refused':
        await this.#refuse(chunk, answer);
        return 0;
      case 'smaller':
        return this.#split(chunk, answer);
      case 'retry':
        await this.#giveUp(chunk, answer);
        return 0;
    }
  }

  /**
   * Rejects the rows of a chunk. Where only the request was refused and an earlier one may have delivered them, they
   * are unknown.
   */
  async #refuse(chunk: Chunk, answer: Extract<Answer, { kind: 'refused' }>): Promise<void> {
    if (answer.isUnjudged === true && chunk.isDoubtful === true) {
      const why = `an earlier request was left without a clear answer, and now: ${answer.message}`;
      await this.#settleUnknown(chunk, why);
    } else {
      await this.#parts.ends.settler.settled(chunk, allRejected(chunk, answer));
    }
  }

  /**
   * Splits a chunk in two and sends the parts one after the other, on the same slot. Events of one row stay
   * together: a single row is rejected instead.
   */
  async #split(chunk: Chunk, refusal: { reason: string; message: string }): Promise<number> {
    const { repacking, ends, context } = this.#parts;
    if (chunk.rows <= 1) {
      await ends.settler.settled(chunk, allRejected(chunk, refusal));
      return 0;
    }
    context.emit({ type: 'chunk-split', chunk: chunk.number, rows: chunk.rows, message: refusal.message });
    const half = {
      maxRows: Math.ceil(chunk.events / 2),
      maxBytes: Math.max(Math.ceil((await chunk.body).rawLength / 2), 1),
    };
    const limits = { ...repacking.pack.limits, rows: half.maxRows, bytes: half.maxBytes };
    return this.#carryAnew(chunk, { options: { ...repacking.pack, limits }, most: half });
  }

  /** Reads the rows of a chunk again and sends them in chunks that supersede it. Returns how many jobs resulted. */
  async #carryAnew(
    chunk: Settling & Pick<Chunk, 'withoutId' | 'isDoubtful'>,
    { options, most }: { options: PackOptions; most: BlockLimits },
  ): Promise<number> {
    const { repacking, context } = this.#parts;
    const packing: PackOptions = {
      ...options,
      localRejects: chunk.localRejects.kind,
      supersedes: chunk.number,
      isRepeat: () => chunk.isRepeat,
      isDoubtful: () => chunk.isDoubtful ?? false,
    };
    let { rows, rejected } = chunk;
    let jobs = 0;
    try {
      for await (const part of packChunks(readAgain(chunk, repacking.supplies, most), packing)) {
        rows -= part.rows;
        rejected -= part.rejected;
        if (part.events === 0) await this.keepRejects(part);
        else if (!context.stopping.noNew.aborted) jobs += await this.#carry(part);
        else {
          this.drop(part);
          this.#letGo(part);
        }
      }
    } catch (error) {
      this.#fail({ ...chunk, rows, rejected, localRejects: { kind: 'kept' } }, error);
    }
    return jobs;
  }

  /**
   * Without a usable answer: settles rows as unknown when sending them again could duplicate them, drops the chunk
   * otherwise, and stops the delivery.
   */
  async #giveUp(chunk: Chunk, answer: Retry): Promise<void> {
    const { policy, context } = this.#parts;
    const isInDoubt = answer.taken === 'maybe' && chunk.withoutId > 0 && policy.onUnknown === 'stop';
    if (isInDoubt) {
      await this.#settleUnknown(chunk, answer.message);
      this.#doubtsInARow += 1;
      if (this.#doubtsInARow <= policy.maxRetries) return;
    } else {
      this.drop(chunk);
    }
    if (context.stopping.noNew.aborted) return;
    context.stopping.stopFor(retriesUsedUp(answer));
  }

  async #settleUnknown(chunk: Chunk, why: string): Promise<void> {
    const { ends, context } = this.#parts;
    await ends.settler.settled(chunk, {
      kind: 'settled',
      accepted: 0,
      rejected: [],
      unknown: chunk.events,
    });
    this.#doubtsTold += 1;
    if (this.#doubtsTold <= maxDoubtsTold) context.emit(inDoubt(chunk.rows, why));
  }
}
