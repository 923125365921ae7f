/** One chunk's way: intent on record, request, answer, and what the answer makes of it. */
import type { BlockLimits, Supply } from '../../contracts/supply.ts';
import type { Target } from '../../contracts/target.ts';
import type { Emit } from '../../events.ts';
import { asFailure, Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import type { Retry, Answer, Body } from '../../records.ts';
import { attempt } from './attempt.ts';
import {
  allRejected,
  idsMissing,
  intentOf,
  isReturned,
  outOfPatience,
  readAgain,
  unknownEnd,
} from './chunk-outcome.ts';
import { blockLimits, packChunks, type Chunk, type PackOptions } from '../upload/chunks.ts';
import type { Doubts } from './doubts.ts';
import type { JobPoller } from './job-poller.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { UploadSlots } from './upload-slots.ts';
import type { Settler } from './settle.ts';
import type { Settling } from './settling.ts';
import type { Stopping } from '../stopping.ts';

export interface ChunkSenderParts {
  target: Target;
  supplies: readonly Supply[];
  ledger: Ledger;
  doubts: Doubts;
  settler: Settler;
  poller: JobPoller;
  slots: UploadSlots;
  stopping: Stopping;
  machine: Machine;
  emit: Emit;
  maxRetries: number;
  onUnknown: 'stop' | 'resend';
  pack: PackOptions;
  progressed: () => void;
}

export class ChunkSender {
  readonly #parts: ChunkSenderParts;
  /** Chunks that a job has: whatever happens to us now, they are not unsent. */
  readonly #given = new Set<number>();
  /** Chunks of which some request may have been taken. */
  readonly #doubtful = new Set<number>();
  /** Jobs that a chunk has, or had: no other chunk can be in them. */
  readonly #jobs = new Set<string>();
  #doubtsInARow = 0;
  /** Rows of chunks that nobody took. */
  unsent = 0;

  constructor(parts: ChunkSenderParts) {
    this.#parts = parts;
  }

  /** Carries a chunk that holds a place, to a job or to its end. Never throws: what ends the run stops it. */
  async send(chunk: Chunk): Promise<void> {
    const { slots, stopping } = this.#parts;
    let jobs = 0;
    try {
      jobs = await this.#deliver(chunk);
    } catch (error) {
      this.#fail(chunk, error);
      jobs = this.#given.has(chunk.number) ? 1 : 0;
    } finally {
      // After a cut the socket may still be reading the body's memory.
      chunk.free(!stopping.cut.aborted);
      for (let extra = 1; extra < jobs; extra += 1) slots.adopt();
      slots.leave(jobs > 0 ? 'taken' : 'over');
    }
  }

  /** A job that an earlier process was given for a chunk. */
  know(job: string): void {
    this.#jobs.add(job);
  }

  /**
   * The job that an earlier process was given for a chunk is gone: its rows are sent anew, on the place that the job
   * held. Never throws.
   */
  async resend(chunk: Settling): Promise<void> {
    const { pack, slots, emit } = this.#parts;
    emit({ type: 'chunk-resent', chunk: chunk.number });
    const withoutId = chunk.earlier?.withoutId ?? 0;
    const jobs = await this.#carryAnew(
      { ...chunk, withoutId, isRepeat: true },
      { options: pack, most: blockLimits(pack.limits) },
    );
    if (jobs === 0) slots.settled();
    for (let extra = 1; extra < jobs; extra += 1) slots.adopt();
  }

  /** A chunk in which no row is left to send: only its rejects are to be kept. Never throws. */
  async keepRejects(chunk: Chunk): Promise<void> {
    try {
      await this.#parts.ledger.append(intentOf(chunk));
      this.#parts.machine.faultPoint('intent');
      await this.#parts.settler.settled(chunk, { kind: 'settled', accepted: 0, rejected: [], unknown: 0 });
    } catch (error) {
      this.#fail(chunk, error);
    } finally {
      chunk.free(true);
    }
  }

  /** A chunk that is not sent in this run: a later one reads it again. */
  drop(chunk: Settling): void {
    this.unsent += chunk.rows;
    this.#parts.settler.dropped(chunk);
  }

  /** A chunk that may have been taken, of which that cannot be put on record. */
  lose(chunk: Settling, error: unknown): void {
    this.#parts.stopping.stop({ why: 'failure', failure: asFailure(error) });
    this.#parts.emit(unknownEnd(chunk));
  }

  #fail(chunk: Settling & Pick<Chunk, 'withoutId'>, error: unknown): void {
    const { stopping, onUnknown } = this.#parts;
    stopping.stop({ why: 'failure', failure: asFailure(error) });
    if (this.#given.has(chunk.number)) return;
    const inDoubt = this.#doubtful.has(chunk.number) && chunk.withoutId > 0 && onUnknown === 'stop';
    if (inDoubt) this.lose(chunk, error);
    else this.drop(chunk);
  }

  /** Gives back how many jobs came of it: none when it settled at once, several when it was split. */
  async #deliver(chunk: Chunk): Promise<number> {
    const answer = await this.#send(chunk);
    const { settler, poller, emit, progressed } = this.#parts;
    if (answer.kind !== 'retry') progressed();
    switch (answer.kind) {
      case 'pending':
        await settler.taken(chunk, answer.receipt.id);
        emit({
          type: 'chunk-taken',
          chunk: chunk.number,
          rows: chunk.rows,
          rejected: chunk.rejected,
          job: answer.receipt.id,
        });
        this.#given.add(chunk.number);
        poller.add(answer.receipt.id, chunk);
        this.#doubtsInARow = 0;
        if (answer.job !== undefined && answer.job.state !== 'open') await poller.update(answer.job);
        return 1;
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

  async #send(chunk: Chunk): Promise<Answer> {
    const { target, ledger, doubts, stopping, machine, emit, maxRetries, onUnknown } = this.#parts;
    if (chunk.withoutId > 0 && ledger.directory === undefined) throw idsMissing(target);
    const body = await chunk.body;
    const harmless = chunk.withoutId === 0 || onUnknown === 'resend';
    let isOnRecord = false;
    const ask = async (): Promise<Answer> => {
      if (!harmless) doubts.add(chunk);
      if (!isOnRecord) await ledger.append(intentOf(chunk));
      isOnRecord = true;
      machine.faultPoint('intent');
      const answer = await this.#ask(chunk, body);
      machine.faultPoint('answered');
      if (!this.#doubtful.has(chunk.number) && chunk.withoutId > 0 && isReturned(answer)) {
        await ledger.append({ type: 'returned', chunk: chunk.number });
        doubts.remove(chunk.number);
        machine.faultPoint('returned');
        isOnRecord = false;
      }
      return answer;
    };
    return attempt(ask, {
      purpose: 'send',
      chunk: chunk.number,
      maxRetries,
      harmless,
      machine,
      emit,
      signal: stopping.noNew,
    });
  }

  /** One request. What a vendor refuses outright it has not taken; anything else that is thrown leaves that open. */
  async #ask(chunk: Chunk, body: Body): Promise<Answer> {
    const { target, stopping, ledger } = this.#parts;
    try {
      if (this.#doubtful.has(chunk.number)) chunk.isRepeat = true;
      const answer = this.#believed(await target.send(body, stopping.cut));
      if (!isReturned(answer)) this.#doubtful.add(chunk.number);
      return answer;
    } catch (error) {
      const isRefused = error instanceof Failure && error.kind !== 'bug';
      if (isRefused && chunk.withoutId > 0 && !this.#doubtful.has(chunk.number)) {
        await ledger.append({ type: 'returned', chunk: chunk.number });
      }
      throw error;
    }
  }

  /** No two chunks are one job: a reply that says so is an earlier one, given once more by something in between. */
  #believed(answer: Answer): Answer {
    if (answer.kind !== 'pending') return answer;
    const { receipt, status } = answer;
    if (!this.#jobs.has(receipt.id)) {
      this.#jobs.add(receipt.id);
      return answer;
    }
    const message = `${status}, but with the id of another import (${receipt.id})`;
    return { kind: 'retry', taken: 'maybe', why: 'transient', message, status };
  }

  /**
   * Cuts a chunk in two and carries the parts one behind the other, on the same place. The events of one row stay
   * together: it cannot be cut any further.
   */
  async #split(chunk: Chunk, refusal: { reason: string; message: string }): Promise<number> {
    const { pack, emit } = this.#parts;
    if (chunk.rows <= 1) {
      await this.#parts.settler.settled(chunk, allRejected(chunk, refusal));
      return 0;
    }
    emit({ type: 'chunk-split', chunk: chunk.number, rows: chunk.rows, message: refusal.message });
    const half = {
      maxRows: Math.ceil(chunk.events / 2),
      maxBytes: Math.max(Math.ceil((await chunk.body).rawLength / 2), 1),
    };
    const limits = { ...pack.limits, rows: half.maxRows, bytes: half.maxBytes };
    return this.#carryAnew(chunk, { options: { ...pack, limits }, most: half });
  }

  /** Reads a chunk's rows once more and carries them in chunks that supersede it. Gives back how many jobs have them. */
  async #carryAnew(
    chunk: Settling & Pick<Chunk, 'withoutId'>,
    { options, most }: { options: PackOptions; most: BlockLimits },
  ): Promise<number> {
    const left = { ...chunk, rejects: [] };
    const packing = { ...options, rejectsKept: chunk.rejectsKept, supersedes: chunk.number };
    let jobs = 0;
    try {
      for await (const part of packChunks(readAgain(chunk, this.#parts.supplies, most), packing)) {
        left.rows -= part.rows;
        left.rejected -= part.rejected;
        part.isRepeat = chunk.isRepeat === true;
        if (part.events === 0) await this.keepRejects(part);
        else jobs += await this.#carryPart(part);
      }
    } catch (error) {
      this.#fail(left, error);
    }
    return jobs;
  }

  async #carryPart(part: Chunk): Promise<number> {
    try {
      if (!this.#parts.stopping.noNew.aborted) return await this.#deliver(part);
      this.drop(part);
      return 0;
    } catch (error) {
      this.#fail(part, error);
      return this.#given.has(part.number) ? 1 : 0;
    } finally {
      part.free(!this.#parts.stopping.cut.aborted);
    }
  }

  /** No answer that says anything: the rows are unknown, or the vendor is to be tried another time. */
  async #giveUp(chunk: Chunk, answer: Retry): Promise<void> {
    const { stopping, settler, onUnknown, maxRetries } = this.#parts;
    const inDoubt = answer.taken === 'maybe' && chunk.withoutId > 0 && onUnknown === 'stop';
    if (inDoubt) {
      await settler.settled(chunk, { kind: 'settled', accepted: 0, rejected: [], unknown: chunk.events });
      this.#doubtsInARow += 1;
      if (this.#doubtsInARow <= maxRetries) return;
    } else {
      this.drop(chunk);
    }
    if (stopping.noNew.aborted) return;
    stopping.stop({ why: 'failure', failure: outOfPatience(answer) });
  }
}
