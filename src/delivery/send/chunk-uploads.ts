/** Uploads chunks: records the intent, sends the request, classifies the answer and retries. */
import type { Target } from '../../contracts/target.ts';
import { Failure } from '../../failure.ts';
import type { Answer, Body } from '../../records.ts';
import type { DeliveryContext } from '../context.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { SendPolicy } from '../options.ts';
import type { Chunk } from '../upload/chunks.ts';
import { attempt } from './attempt.ts';
import { idsMissing, intentOf, isReturned } from './chunk-outcome.ts';
import type { Doubts } from './doubts.ts';
import type { UploadSlots } from './upload-slots.ts';

export interface ChunkUploadsParts {
  target: Pick<Target, 'send' | 'idField'>;
  ledger: Ledger;
  doubts: Doubts;
  slots: Pick<UploadSlots, 'queueFor'>;
  policy: SendPolicy;
  context: DeliveryContext;
}

/** The last answer to a chunk, and the chunk as sent last. */
export interface AnsweredChunk {
  answer: Answer;
  chunk: Chunk;
}

export class ChunkUploads {
  readonly #parts: ChunkUploadsParts;
  /** Chunks that some request may have delivered. */
  readonly #doubtful = new Set<number>();
  /** Known job ids: no other chunk can have the same job. */
  readonly #jobs = new Set<string>();

  constructor(parts: ChunkUploadsParts) {
    this.#parts = parts;
  }

  /** Registers a job from an earlier process. */
  know(job: string): void {
    this.#jobs.add(job);
  }

  /** Whether a request may have delivered the chunk and sending it again could duplicate rows. */
  isInDoubt({ number, withoutId }: Pick<Chunk, 'number' | 'withoutId'>): boolean {
    return this.#doubtful.has(number) && withoutId > 0 && this.#parts.policy.onUnknown === 'stop';
  }

  /** Records that the chunk is about to be sent, or that its rejects are about to be kept. */
  async recordIntent(chunk: Chunk): Promise<void> {
    const { ledger, context } = this.#parts;
    await ledger.append(intentOf(chunk));
    context.machine.faultPoint('intent');
  }

  /**
   * Sends until the answer is final or retries are used up. Throws failures that end the run, including a Failure
   * `usage` for rows without ids when there is no ledger.
   */
  async send(chunk: Chunk): Promise<AnsweredChunk> {
    const { target, ledger, doubts, slots, policy, context } = this.#parts;
    const { machine, emit, stopping } = context;
    if (chunk.withoutId > 0 && ledger.directory === undefined) throw idsMissing(target);
    const body = await chunk.body;
    const harmless = chunk.withoutId === 0 || policy.onUnknown === 'resend';
    let isOnRecord = false;
    let { isRepeat, isDoubtful = false } = chunk;
    const ask = async (): Promise<Answer> => {
      if (!harmless) doubts.add(chunk);
      if (!isOnRecord) await ledger.append(intentOf(chunk));
      isOnRecord = true;
      machine.faultPoint('intent');
      isDoubtful ||= this.#doubtful.has(chunk.number);
      isRepeat ||= isDoubtful;
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
    const answer = await attempt(ask, {
      purpose: 'send',
      chunk: chunk.number,
      maxRetries: policy.maxRetries,
      harmless,
      machine,
      emit,
      signal: stopping.noNew,
      queue: slots.queueFor(chunk.number),
    });
    return { answer, chunk: { ...chunk, isRepeat, isDoubtful } };
  }

  /**
   * Sends one request. A chunk that the vendor refuses with a Failure was not taken; any other error leaves that
   * open.
   */
  async #ask(chunk: Chunk, body: Body): Promise<Answer> {
    const { target, ledger, context } = this.#parts;
    try {
      const answer = this.#withoutRepeatedJob(await target.send(body, context.stopping.cut));
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

  /**
   * Chunks never share a job: a reply with the job of another chunk is an old reply, repeated by a cache or proxy.
   */
  #withoutRepeatedJob(answer: Answer): Answer {
    if (answer.kind !== 'pending') return answer;
    const { receipt, status } = answer;
    if (!this.#jobs.has(receipt.id)) {
      this.#jobs.add(receipt.id);
      return answer;
    }
    const message = `${status}, but with the id of another import (${receipt.id})`;
    return { kind: 'retry', taken: 'maybe', why: 'transient', message, status };
  }
}
