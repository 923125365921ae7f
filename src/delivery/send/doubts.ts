/** Chunks of which the ledger does not say whether the vendor has them, while they are on their way. */
import type { RunEvent, Emit } from '../../events.ts';
import { unknownEnd } from './chunk-outcome.ts';
import type { Settling } from './settling.ts';

type DoubtfulChunk = Pick<Settling, 'number' | 'rows' | 'rejected'>;

export class Doubts {
  readonly #chunks = new Map<number, DoubtfulChunk>();

  /** Its intent is given to the ledger, and sending it again might double rows. */
  add({ number, rows, rejected }: DoubtfulChunk): void {
    this.#chunks.set(number, { number, rows, rejected });
  }

  /** It is on record that the vendor has none of it. */
  remove(number: number): void {
    this.#chunks.delete(number);
  }

  /** Tells events, and hears from them which chunks have come to their end or to a job. */
  listenTo(emit: Emit): Emit {
    return (event) => {
      if (ENDS.has(event.type) && 'chunk' in event && event.chunk !== undefined) this.remove(event.chunk);
      emit(event);
    };
  }

  /** What becomes of the chunks when nobody waits for them any more. */
  ends(): RunEvent[] {
    return [...this.#chunks.values()].map(unknownEnd);
  }
}

const ENDS = new Set<RunEvent['type']>(['chunk-taken', 'chunk-settled', 'chunk-dropped']);
