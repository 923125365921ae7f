/**
 * A set of 128-bit ids, each with the tag that claimed it, by the kernel in `src/kernels/id-set`. Takes 21 to 25 bytes
 * an id, also while it grows.
 */
import wasm from '#kernels/id-set';
import { Failure } from '../../failure.ts';
import type { IdBatch } from './id-batch.ts';

/** What the kernel exports; addresses are offsets in its memory. */
interface Kernel {
  memory: { buffer: ArrayBuffer };
  begin(): void;
  claim(count: number, tag: number, cursor: number): void;
  withdraw(tag: number): void;
  keepOnly(tags: number): void;
  bytes(): number;
  BATCH: Global;
  ids: Global;
  holders: Global;
  cursor: Global;
  size: Global;
  isFull: Global;
}

interface Global {
  readonly value: number;
}

/** The most memory that a set takes: WebAssembly addresses 4 GiB, and a batch must fit behind the limit. */
export const MAX_BYTES = 3 * 2 ** 30;

/** Holds only memory: nothing to close. */
export class IdSet {
  readonly #kernel: Kernel;
  /** Where the next id of a tag goes, for those that may claim more. */
  readonly #cursors = new Map<number, number>();

  constructor() {
    this.#kernel = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports as Kernel;
    this.#kernel.begin();
  }

  /** Memory in use, in bytes; when the index is about to grow, with what it will take. */
  get bytes(): number {
    return this.#kernel.bytes();
  }

  /** Claimed ids. Those that were withdrawn may be among them for a while. */
  get size(): number {
    return this.#kernel.size.value;
  }

  /**
   * Claims ids for `tag` (above 0), in order, and sets `holders`: who held an id before, or 0. Throws a Failure `local`
   * when there is no memory for them.
   */
  claimAll({ count, words, holders }: Pick<IdBatch, 'count' | 'words' | 'holders'>, tag: number): void {
    const kernel = this.#kernel;
    for (let first = 0; first < count; first += kernel.BATCH.value) {
      const end = Math.min(first + kernel.BATCH.value, count);
      // Claiming may grow the memory, and then leaves views of it empty.
      const ids = new Uint32Array(kernel.memory.buffer, kernel.ids.value);
      ids.set(words.subarray(4 * first, 4 * end));
      kernel.claim(end - first, tag, this.#cursors.get(tag) ?? 0);
      this.#cursors.set(tag, kernel.cursor.value);
      if (kernel.isFull.value !== 0) throw outOfMemory();
      holders.set(new Uint32Array(kernel.memory.buffer, kernel.holders.value, end - first), first);
    }
  }

  /** The tag claims no more. */
  settle(tag: number): void {
    this.#cursors.delete(tag);
  }

  /** Releases the ids of a tag, which claims no more: the next claim of each succeeds. */
  withdraw(tag: number): void {
    this.#cursors.delete(tag);
    this.#kernel.withdraw(tag);
  }

  /** Forgets all ids except those of these tags. The memory is used again. */
  keepOnly(tags: ReadonlySet<number>): void {
    const kernel = this.#kernel;
    new Uint32Array(kernel.memory.buffer, kernel.ids.value).set([...tags]);
    kernel.keepOnly(tags.size);
  }
}

function outOfMemory(): Failure {
  return new Failure('local', 'no memory is left for the ids of rows', {
    hint: 'allow less with --dedupe-memory, and ids of earlier windows are forgotten instead',
  });
}
