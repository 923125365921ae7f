/**
 * Buffers for reading: a few large ones, reused. A reader lends out a limited number and fills the next one
 * while the consumer works on the last.
 */
import { Condition } from '../concurrency.ts';
import type { Slab } from '../contracts/input.ts';

/** Large enough to make the round trip through libuv's thread pool negligible, small enough for the CPU cache. */
const slabBytes = 1024 * 1024;

/**
 * How many slabs a reader may lend out; for one more it waits for a `release()`. Slabs that are being
 * compressed count.
 */
const slabsPerReader = 6;
/** How many more for each further thread: one that it works on, one that waits for it, one that is done. */
const slabsPerThread = 3;

/** Shorter contents are copied, so that thousands of small inputs do not hold thousands of slabs. */
const smallBytes = 64 * 1024;

/** The source of a reader's bytes. */
export interface SlabSource {
  /** Reads the next bytes into `buffer` and returns how many; 0 is the end. Not called again before it has returned. */
  fill(buffer: Buffer): Promise<number>;
  /** Makes a waiting `fill` return soon. */
  stop(): void;
}

/** Free buffers, shared by all readers of a run. Keeps as many as one reader uses. */
export class SlabPool {
  readonly #free: Buffer[] = [];
  readonly #isShared: boolean;
  /** How many slabs one reader may lend out. */
  readonly lent: number;

  /** `threads`: how many work on slabs, and see their memory. */
  constructor(threads = 1) {
    this.#isShared = threads > 1;
    this.lent = slabsPerReader + slabsPerThread * (threads - 1);
  }

  take(): Buffer {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    return this.#isShared ? Buffer.from(new SharedArrayBuffer(slabBytes)) : Buffer.allocUnsafeSlow(slabBytes);
  }

  give(buffer: Buffer): void {
    if (this.#free.length < this.lent) this.#free.push(buffer);
  }
}

/**
 * The bytes of `source` as slabs, the first of them at offset `from`. What was filled before `source` throws
 * is delivered first. Stopping the iteration stops the source.
 */
export async function* readSlabs(pool: SlabPool, from: number, source: SlabSource): AsyncGenerator<Slab> {
  const reader = new ReaderSlabs(pool, source);
  let offset = from;
  let ahead = reader.fill();
  try {
    for (;;) {
      const filled = await ahead;
      if (filled === undefined) return;
      ahead = reader.fill();
      // It is awaited in the next round or in `finally`; until then nobody listens.
      ahead.catch(() => undefined);
      yield { bytes: filled.bytes, offset, release: filled.release };
      offset += filled.bytes.length;
    }
  } finally {
    reader.close();
    await ahead.then(
      (unused) => unused?.release(),
      () => undefined,
    );
  }
}

interface Filled {
  bytes: Uint8Array;
  release(this: void): void;
}

/** The slabs of one reader. */
class ReaderSlabs {
  readonly #pool: SlabPool;
  readonly #source: SlabSource;
  #out = 0;
  #closed = false;
  readonly #changed = new Condition();

  constructor(pool: SlabPool, source: SlabSource) {
    this.#pool = pool;
    this.#source = source;
  }

  /** The next bytes, as soon as a slab is free; undefined at the end. */
  async fill(): Promise<Filled | undefined> {
    while (this.#out >= this.#pool.lent && !this.#closed) {
      await this.#changed.wait();
    }
    if (this.#closed) return undefined;
    const buffer = this.#pool.take();
    let length = 0;
    try {
      length = await this.#source.fill(buffer);
    } finally {
      if (length === 0) this.#pool.give(buffer);
    }
    if (length === 0) return undefined;
    return length < smallBytes ? this.#lendCopy(buffer, length) : this.#lend(buffer, length);
  }

  close(): void {
    this.#closed = true;
    this.#source.stop();
    this.#changed.notify();
  }

  #lend(buffer: Buffer, length: number): Filled {
    let released = false;
    this.#out++;
    return {
      bytes: buffer.subarray(0, length),
      release: () => {
        if (released) return;
        released = true;
        this.#out--;
        this.#pool.give(buffer);
        this.#changed.notify();
      },
    };
  }

  #lendCopy(buffer: Buffer, length: number): Filled {
    const bytes = Buffer.allocUnsafeSlow(length);
    buffer.copy(bytes, 0, 0, length);
    this.#pool.give(buffer);
    return { bytes, release: () => undefined };
  }
}
