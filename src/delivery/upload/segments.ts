/**
 * Reusable memory for request bodies, in segments of one size. The segment that was returned first is handed out
 * first, so that each rests as long as possible between two uses.
 */
import { Condition } from '../../concurrency.ts';

/** Bytes of one segment. */
export const segmentBytes = 256 * 1024;

export interface SegmentPool {
  take(): Uint8Array;
  /** Returns segments to the pool. The caller keeps no view of them. */
  give(segments: readonly Uint8Array[]): void;
  /** Leaves segments to the garbage collector: a socket may still be reading them. */
  forget(segments: readonly Uint8Array[]): void;
  /** Resolves once at most `bytes` are taken, or `signal` is aborted. Never rejects. */
  untilTaken(bytes: number, signal: AbortSignal): Promise<void>;
}

/** A pool that grows to the largest number of segments in use at once. */
export function createSegmentPool(): SegmentPool {
  const free: Uint8Array[] = [];
  const returned = new Condition();
  let taken = 0;
  const putBack = (count: number) => {
    taken -= count;
    returned.notify();
  };
  return {
    take: () => {
      taken += 1;
      return free.shift() ?? new Uint8Array(new ArrayBuffer(segmentBytes));
    },
    give: (segments) => {
      free.push(...segments);
      putBack(segments.length);
    },
    forget: (segments) => putBack(segments.length),
    untilTaken: async (bytes, signal) => {
      while (taken * segmentBytes > bytes && !signal.aborted) await returned.wait(signal);
    },
  };
}

/** Writes bytes consecutively into segments of a pool. */
export class SegmentWriter {
  readonly #pool: SegmentPool;
  readonly #whole: Uint8Array[] = [];
  #used = segmentBytes;
  #isLetGo = false;
  byteLength = 0;

  constructor(pool: SegmentPool) {
    this.#pool = pool;
  }

  /** Does nothing behind `release` and `abandon`: what was still being compressed would take memory for ever. */
  write(bytes: Uint8Array): void {
    if (this.#isLetGo) return;
    let from = 0;
    while (from < bytes.length) {
      if (this.#used === segmentBytes) {
        this.#whole.push(this.#pool.take());
        this.#used = 0;
      }
      const last = this.#whole[this.#whole.length - 1] as Uint8Array;
      const length = Math.min(segmentBytes - this.#used, bytes.length - from);
      last.set(bytes.subarray(from, from + length), this.#used);
      this.#used += length;
      from += length;
    }
    this.byteLength += bytes.length;
  }

  /** The written bytes, in order, as views of the segments. */
  views(): Uint8Array[] {
    return this.#whole.map((segment, index) =>
      index === this.#whole.length - 1 ? segment.subarray(0, this.#used) : segment,
    );
  }

  /** Returns the segments to the pool. */
  release(): void {
    this.#pool.give(this.#whole);
    this.#letGo();
  }

  /** Leaves the segments to the garbage collector: a socket may still be reading them. */
  abandon(): void {
    this.#pool.forget(this.#whole);
    this.#letGo();
  }

  #letGo(): void {
    this.#whole.length = 0;
    this.#isLetGo = true;
  }
}
