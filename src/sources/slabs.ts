/**
 * Buffers for reading: a few large ones, reused. A reader lends out a limited number and fills the next one
 * while the consumer works on the last.
 */
import { Condition } from '../concurrency.ts';
import type { Slab } from '../contracts/input.ts';

/** Large enough to make what happens once a slab negligible: the round trip through libuv's thread pool, and between threads. */
const slabBytes = 2 * 1024 * 1024;

/**
 * How many slabs a reader may lend out; for one more it waits for a `release()`. Slabs that are being
 * compressed count.
 */
const slabsPerReader = 3;
/** How many more for each further thread: one that it works on, and one that waits for it or is done. */
const slabsPerThread = 2;

/** Several threads take slabs faster than one after the other comes. */
const fillsAtOnce = 2;

/** Shorter contents are copied, so that thousands of small inputs do not hold thousands of slabs. */
const smallBytes = 64 * 1024;

/** The source of a reader's bytes. */
export interface SlabSource {
  /** Reads the next bytes into `buffer` and returns how many; 0 is the end. */
  fill(buffer: Buffer): Promise<number>;
  /** Whether `fill` may be called again before it has returned; without this never. */
  canFillAhead?(): boolean;
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
  const ahead = [reader.fill()];
  let offset = from;
  try {
    for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) {
      const filled = await next;
      if (filled === undefined) return;
      fillAhead(reader, ahead);
      yield { bytes: filled.bytes, offset, release: filled.release };
      offset += filled.bytes.length;
    }
  } finally {
    reader.close();
    for (const next of ahead) {
      await next.then(
        (unused) => unused?.release(),
        () => undefined,
      );
    }
  }
}

/** Begins the next fill, and more of them where that can be. They are awaited later; until then nobody listens. */
function fillAhead(reader: ReaderSlabs, ahead: Promise<Filled | undefined>[]): void {
  while (ahead.length === 0 || (ahead.length < fillsAtOnce && reader.canFillAhead)) {
    const next = reader.fill();
    next.catch(() => undefined);
    ahead.push(next);
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

  /** Whether another `fill` begins at once, so that it follows those that have begun. */
  get canFillAhead(): boolean {
    return this.#out < this.#pool.lent && !this.#closed && this.#source.canFillAhead?.() === true;
  }

  /** The next bytes, as soon as a slab is free; undefined at the end. */
  async fill(): Promise<Filled | undefined> {
    while (this.#out >= this.#pool.lent && !this.#closed) {
      await this.#changed.wait();
    }
    if (this.#closed) return undefined;
    const buffer = this.#pool.take();
    this.#out++;
    let length = 0;
    try {
      length = await this.#source.fill(buffer);
    } finally {
      if (length === 0) this.#takeBack(buffer);
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
    return {
      bytes: buffer.subarray(0, length),
      release: () => {
        if (released) return;
        released = true;
        this.#takeBack(buffer);
      },
    };
  }

  #lendCopy(buffer: Buffer, length: number): Filled {
    const bytes = Buffer.allocUnsafeSlow(length);
    buffer.copy(bytes, 0, 0, length);
    this.#takeBack(buffer);
    return { bytes, release: () => undefined };
  }

  #takeBack(buffer: Buffer): void {
    this.#out--;
    this.#pool.give(buffer);
    this.#changed.notify();
  }
}
