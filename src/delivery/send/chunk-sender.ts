/** One chunk's way: request, answer, and what the answer makes of it. */
import type { BlockLimits, Supply } from '../../contracts/supply.ts';
import { asFailure } from '../../failure.ts';
import type { Retry } from '../../records.ts';
import type { DeliveryContext } from '../context.ts';
import type { SendPolicy } from '../options.ts';
import type { Progress } from '../progress.ts';
import { blockLimits, packChunks, type Chunk, type PackOptions } from '../upload/chunks.ts';
import { allRejected, outOfPatience, readAgain, unknownEnd } from './chunk-outcome.ts';
import type { ChunkUploads } from './chunk-uploads.ts';
import type { JobPoller } from '../jobs/job-poller.ts';
import type { Settler } from './settle.ts';
import type { Settling } from './settling.ts';
import type { UploadSlots } from './upload-slots.ts';

/** Where chunks come to their end. */
export interface ChunkEnds {
  settler: Settler;
  poller: JobPoller;
  slots: UploadSlots;
}

/** What the rows of a chunk are read from once more, and how they are packed then. */
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
  /** Chunks that a job has: whatever happens to us now, they are not unsent. */
  readonly #given = new Set<number>();
  #doubtsInARow = 0;
  /** Rows of chunks that nobody took. */
  unsent = 0;

  constructor(parts: ChunkSenderParts) {
    this.#parts = parts;
  }

  /** Carries a chunk that holds a slot, to a job or to its end. Never throws: what ends the run stops it. */
  async send(chunk: Chunk): Promise<void> {
    const { slots } = this.#parts.ends;
    const jobs = await this.#carry(chunk);
    for (let extra = 1; extra < jobs; extra += 1) slots.adopt();
    slots.leave(jobs > 0 ? 'taken' : 'over');
  }

  /**
   * The job that an earlier process was given for a chunk is gone: its rows are sent anew, on the slot that the job
   * held. Never throws.
   */
  async resend(chunk: Settling): Promise<void> {
    const { repacking, ends, context } = this.#parts;
    context.emit({ type: 'chunk-resent', chunk: chunk.number });
    const withoutId = chunk.earlier?.withoutId ?? 0;
    const jobs = await this.#carryAnew(
      { ...chunk, withoutId, isRepeat: true },
      { options: repacking.pack, most: blockLimits(repacking.pack.limits) },
    );
    if (jobs === 0) ends.slots.settled();
    for (let extra = 1; extra < jobs; extra += 1) ends.slots.adopt();
  }

  /** A chunk in which no row is left to send: only its rejects are to be kept. Never throws. */
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

  /** A chunk that is not sent in this run: a later one reads it again. */
  drop(chunk: Settling): void {
    this.unsent += chunk.rows;
    this.#parts.ends.settler.dropped(chunk);
  }

  /** A chunk that may have been taken, of which that cannot be put on record. */
  lose(chunk: Settling, error: unknown): void {
    const { stopping, emit } = this.#parts.context;
    stopping.stop({ why: 'failure', failure: asFailure(error) });
    emit(unknownEnd(chunk));
  }

  /** Gives back how many jobs came of it: none when it settled at once, several when it was split. Never throws. */
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
    this.#parts.context.stopping.stop({ why: 'failure', failure: asFailure(error) });
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
        await settler.settled(chunk, allRejected(chunk, answer));
        return 0;
      case 'smaller':
        return this.#split(chunk, answer);
      case 'retry':
        await this.#giveUp(chunk, answer);
        return 0;
    }
  }

  /**
   * Cuts a chunk in two and carries the parts one behind the other, on the same slot. The events of one row stay
   * together: it cannot be cut any further.
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

  /** Reads a chunk's rows once more and carries them in chunks that supersede it. Gives back how many jobs have them. */
  async #carryAnew(
    chunk: Settling & Pick<Chunk, 'withoutId'>,
    { options, most }: { options: PackOptions; most: BlockLimits },
  ): Promise<number> {
    const { repacking, context } = this.#parts;
    const packing: PackOptions = {
      ...options,
      localRejects: chunk.localRejects.kind,
      supersedes: chunk.number,
      isRepeat: () => chunk.isRepeat,
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

  /** No answer that says anything: the rows are unknown, or the vendor is to be tried another time. */
  async #giveUp(chunk: Chunk, answer: Retry): Promise<void> {
    const { ends, policy, context } = this.#parts;
    const inDoubt = answer.taken === 'maybe' && chunk.withoutId > 0 && policy.onUnknown === 'stop';
    if (inDoubt) {
      await ends.settler.settled(chunk, {
        kind: 'settled',
        accepted: 0,
        rejected: [],
        unknown: chunk.events,
      });
      this.#doubtsInARow += 1;
      if (this.#doubtsInARow <= policy.maxRetries) return;
    } else {
      this.drop(chunk);
    }
    if (context.stopping.noNew.aborted) return;
    context.stopping.stop({ why: 'failure', failure: outOfPatience(answer) });
  }
}
