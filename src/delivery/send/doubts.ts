/** Chunks being sent whose outcome the ledger does not tell yet. */
import type { RunEvent, Emit } from '../../events.ts';
import { unknownEnd } from './chunk-outcome.ts';
import type { Settling } from './settling.ts';

type DoubtfulChunk = Pick<Settling, 'number' | 'rows' | 'rejected'>;

export class Doubts {
  readonly #chunks = new Map<number, DoubtfulChunk>();

  /** Adds a chunk whose intent is being recorded, if sending it again might duplicate rows. */
  add({ number, rows, rejected }: DoubtfulChunk): void {
    this.#chunks.set(number, { number, rows, rejected });
  }

  /** Removes a chunk that the vendor is recorded not to have. */
  remove(number: number): void {
    this.#chunks.delete(number);
  }

  /** An `emit` that forwards events and removes chunks that have ended or got a job. */
  listenTo(emit: Emit): Emit {
    return (event) => {
      if (ENDS.has(event.type) && 'chunk' in event && event.chunk !== undefined) this.remove(event.chunk);
      emit(event);
    };
  }

  /** Events that report the remaining chunks as unknown, for when the process does not wait for them. */
  ends(): RunEvent[] {
    return [...this.#chunks.values()].map(unknownEnd);
  }
}

const ENDS = new Set<RunEvent['type']>(['chunk-taken', 'chunk-settled', 'chunk-dropped']);
