/** A few pieces of a kernel's memory, so that what it writes stays where it is until it has left. */
import { SharedBuffer, type BufferPool } from '../../formats/reading/shared-buffer.ts';

/** How far a kernel writes beyond what it returns. */
export const SLACK_BYTES = 64;

/** Divides memory into pieces of the same size. */
export class KernelArenas {
  readonly #free: Buffer[];
  readonly #bytesEach: number;

  constructor(memory: Buffer, bytesEach: number) {
    const count = Math.floor(memory.length / (bytesEach + SLACK_BYTES));
    this.#free = Array.from({ length: count }, (_, index) => {
      const from = index * (bytesEach + SLACK_BYTES);
      return memory.subarray(from, from + bytesEach);
    });
    this.#bytesEach = bytesEach;
  }

  /** The pieces, and what is larger, or more, from `others`. */
  before(others: BufferPool): BufferPool {
    return { take: (minBytes) => this.#take(minBytes) ?? others.take(minBytes) };
  }

  /** The piece that was given back last comes first: others were never touched, and take no memory. */
  #take(minBytes: number): SharedBuffer | undefined {
    const bytes = minBytes > this.#bytesEach ? undefined : this.#free.shift();
    return bytes && new SharedBuffer(bytes, () => this.#free.unshift(bytes));
  }
}
