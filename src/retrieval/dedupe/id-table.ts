/**
 * A set of 128-bit ids, each with the tag that claimed it. Ids are stored in order of arrival, in blocks that never
 * move. A hash index with one 32-bit word per slot points to them and holds some bits of the hash, so that most
 * mismatches need no look at the id. Takes 20 bytes per id and 7 to 14 for the index; only the index is rebuilt
 * when it grows, at 40 bytes per id for that moment.
 */
import type { IdBatch } from './id-batch.ts';

const initialCapacity = 1024;
const mostFilled = 0.6;
const nearlyFull = 0.9;
const growth = 2;
/** Four words of the id, then its tag. */
const wordsPerId = 5;
const idsPerBlock = 8192;
const bytesPerBlock = idsPerBlock * wordsPerId * 4;
/** Ids looked up together; they and their slots fit into the first-level cache. */
const groupSize = 64;

export class IdTable {
  #blocks: Uint32Array[] = [];
  #size = 0;
  /** Each slot: hash bits above, number of the id (from 1) below; 0 means free. */
  #index = new Uint32Array(initialCapacity);
  /** Mask for the number of the id in a slot. */
  #numberMask = initialCapacity - 1;
  readonly #withdrawn = new Set<number>();
  readonly #hashes = new Uint32Array(groupSize);
  readonly #entries = new Uint32Array(groupSize);

  /** Memory of the table in bytes; when the index is about to grow, including the new one. */
  get bytes(): number {
    const { byteLength, length } = this.#index;
    const isNearlyFull = this.#size > length * mostFilled * nearlyFull;
    return this.#blocks.length * bytesPerBlock + byteLength * (isNearlyFull ? 1 + growth : 1);
  }

  get size(): number {
    return this.#size;
  }

  /** Claims ids for `tag` (above 0), in order, and sets `holders`. Batches lookups to overlap cache misses. */
  claimAll(batch: Pick<IdBatch, 'count' | 'words' | 'holders'>, tag: number): void {
    const { count, holders, words } = batch;
    const hashes = this.#hashes;
    for (let first = 0; first < count; first += groupSize) {
      const end = Math.min(first + groupSize, count);
      for (let id = first; id < end; id++) hashes[id - first] = hashWords(words, 4 * id);
      this.#lookAt(hashes, end - first);
      for (let id = first; id < end; id++) {
        holders[id] = this.#claim(words, { at: 4 * id, hash: hashes[id - first] as number, tag });
      }
    }
  }

  /** Releases the ids of a tag: the next claim of each succeeds. */
  withdraw(tag: number): void {
    this.#withdrawn.add(tag);
  }

  /** Forgets all ids except those of these tags. Frees the old blocks one by one. */
  keepOnly(tags: ReadonlySet<number>): void {
    const blocks = this.#blocks;
    let left = this.#size;
    this.#blocks = [];
    this.#size = 0;
    this.#resizeIndex(initialCapacity);
    for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
      const end = Math.min(left, idsPerBlock) * wordsPerId;
      left -= idsPerBlock;
      for (let at = 0; at < end; at += wordsPerId) {
        const tag = block[at + 4] as number;
        if (tags.has(tag)) this.#claim(block, { at, hash: hashWords(block, at), tag });
      }
    }
    this.#withdrawn.clear();
  }

  /** Prefetches the index slots of a group; storing the XOR of what was read stops the JIT from eliding the reads. */
  #lookAt(hashes: Uint32Array, count: number): void {
    const index = this.#index;
    const mask = index.length - 1;
    for (let id = 0; id < count; id++) {
      this.#entries[id] = index[(hashes[id] as number) & mask] as number;
    }
  }

  #claim(words: Uint32Array, { at, hash, tag }: { at: number; hash: number; tag: number }): number {
    const index = this.#index;
    const mask = index.length - 1;
    const numberMask = this.#numberMask;
    for (let position = hash & mask; ; position = (position + 1) & mask) {
      const entry = index[position] as number;
      if (entry === 0) {
        index[position] = ((hash & ~numberMask) | this.#append(words, at, tag)) >>> 0;
        if (this.#size > index.length * mostFilled) this.#resizeIndex(growth * index.length);
        return 0;
      }
      if (((entry ^ hash) & ~numberMask) !== 0) continue;
      const number = (entry & numberMask) - 1;
      if (this.#isAt(number, words, at)) return this.#holderOf(number, tag);
    }
  }

  /** The tag that holds an id; 0 when it was withdrawn, and `tag` takes it over. */
  #holderOf(number: number, tag: number): number {
    const block = this.#blocks[Math.floor(number / idsPerBlock)] as Uint32Array;
    const tagAt = (number % idsPerBlock) * wordsPerId + 4;
    const holder = block[tagAt] as number;
    if (this.#withdrawn.size === 0 || !this.#withdrawn.has(holder)) return holder;
    block[tagAt] = tag;
    return 0;
  }

  #isAt(number: number, words: Uint32Array, at: number): boolean {
    const block = this.#blocks[Math.floor(number / idsPerBlock)] as Uint32Array;
    const from = (number % idsPerBlock) * wordsPerId;
    return (
      block[from] === words[at] &&
      block[from + 1] === words[at + 1] &&
      block[from + 2] === words[at + 2] &&
      block[from + 3] === words[at + 3]
    );
  }

  /** Stores an id; returns its number, from 1. */
  #append(words: Uint32Array, at: number, tag: number): number {
    const number = this.#size++;
    const to = (number % idsPerBlock) * wordsPerId;
    if (to === 0) this.#blocks.push(new Uint32Array(idsPerBlock * wordsPerId));
    const block = this.#blocks.at(-1) as Uint32Array;
    block[to] = words[at] as number;
    block[to + 1] = words[at + 1] as number;
    block[to + 2] = words[at + 2] as number;
    block[to + 3] = words[at + 3] as number;
    block[to + 4] = tag;
    return number + 1;
  }

  /** Rebuilds the index, batched like claims. May run in the middle of a batch of claims. */
  #resizeIndex(capacity: number): void {
    const index = (this.#index = new Uint32Array(capacity));
    const mask = (this.#numberMask = capacity - 1);
    const hashes = new Uint32Array(groupSize);
    for (let first = 0; first < this.#size; first += groupSize) {
      const block = this.#blocks[Math.floor(first / idsPerBlock)] as Uint32Array;
      const end = Math.min(first + groupSize, this.#size);
      for (let number = first; number < end; number++) {
        hashes[number - first] = hashWords(block, (number % idsPerBlock) * wordsPerId);
      }
      this.#lookAt(hashes, end - first);
      for (let number = first; number < end; number++) {
        const hash = hashes[number - first] as number;
        let position = hash & mask;
        while (index[position] !== 0) position = (position + 1) & mask;
        index[position] = ((hash & ~mask) | (number + 1)) >>> 0;
      }
    }
  }
}

/** Mixes all bits, since ids need not be random (UUID versions 1, 6 and 7 start with the time). */
function hashWords(words: Uint32Array, at: number): number {
  let hash = Math.imul((words[at] as number) ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ (words[at + 1] as number), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ (words[at + 2] as number), 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 16) ^ (words[at + 3] as number), 0x165667b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
