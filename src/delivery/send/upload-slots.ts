import { Condition } from '../../concurrency.ts';
import type { SlotQueue } from './attempt.ts';

/** After so many times one chunk more enters in between: with fewer, a process that is lucky twice takes half the slots. */
const standBacksPerEntry = 3;

/**
 * Limits uploads. Two bounds: requests in flight, and chunks taken but not yet settled, some of which other clients
 * may hold (Scarf counts active imports per account, not per client).
 */
export class UploadSlots {
  readonly #maxUploads: number;
  readonly #maxOpen: number;
  readonly #changed = new Condition();
  #uploads = 0;
  #open = 0;
  #others = 0;
  /** How many chunks wait for a slot here. */
  #awaited = 0;
  /**
   * Chunks that the vendor had no slot for, in order of refusal, each with a controller that is aborted when a slot
   * seems to be free. They hold a slot of this process, but none at the vendor.
   */
  readonly #refused = new Map<number, AbortController>();
  /** How many chunks may enter before one yields to other processes: all, until others compete. */
  #entriesLeft = Number.POSITIVE_INFINITY;
  /** How often a chunk has yielded since the vendor last refused one. */
  #stoodBack = 0;

  constructor(limits: { uploads: number; open: number }) {
    this.#maxUploads = limits.uploads;
    this.#maxOpen = limits.open;
  }

  /** Chunks of this process that are in flight or taken. */
  get active(): number {
    return this.#uploads + this.#open;
  }

  /** Uploads that the vendor may have taken, or be about to, before this process knows of it. */
  get inFlight(): number {
    return this.#uploads - this.#refused.size;
  }

  get others(): number {
    return this.#others;
  }

  /** Whether other clients hold every slot, so that only polling shows when one is free. */
  get isFullOfOthers(): boolean {
    return this.#others >= this.#maxOpen;
  }

  /** Whether an upload has to wait for a job to end, here or elsewhere. */
  get isFull(): boolean {
    return this.active + this.#others >= this.#maxOpen;
  }

  /** Whether a chunk waits for a job to end, here or elsewhere. */
  get isAwaited(): boolean {
    return this.isFull && this.#awaited + this.#refused.size > 0;
  }

  /**
   * Waits for a slot and takes it; false if `signal` ended the wait. Once other processes compete, it calls `standBack`,
   * which pauses briefly: otherwise the process that first sees free slots would take them all. The longer the vendor
   * refuses nothing, the more chunks enter between pauses.
   */
  async enter(signal: AbortSignal, standBack: () => Promise<unknown>): Promise<boolean> {
    this.#awaited += 1;
    while (!signal.aborted && !this.#mayEnter) {
      if (!this.#hasRoom) {
        if (this.#others > 0) this.#meetOthers();
        await this.#changed.wait(signal);
      } else {
        this.#entriesLeft = 1 + Math.floor(this.#stoodBack / standBacksPerEntry);
        this.#stoodBack += 1;
        await standBack();
      }
    }
    this.#awaited -= 1;
    if (signal.aborted) return false;
    this.#uploads += 1;
    this.#entriesLeft -= 1;
    return true;
  }

  /** Those who wait beside this process may want the next slots as well. */
  #meetOthers(): void {
    if (this.#entriesLeft === Number.POSITIVE_INFINITY) this.#entriesLeft = 0;
  }

  get #mayEnter(): boolean {
    return this.#hasRoom && this.#entriesLeft > 0;
  }

  /** Resolves when a slot is free or `signal` is aborted. Takes nothing. */
  async untilRoom(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#hasRoom) await this.#changed.wait(signal);
  }

  get #hasRoom(): boolean {
    return this.#uploads < this.#maxUploads && this.active + this.#others < this.#maxOpen;
  }

  /** For a chunk that entered, should the vendor have no slot for it. */
  queueFor(chunk: number): SlotQueue {
    return {
      refused: () => this.#refuse(chunk),
      turn: (signal) => this.#turn(chunk, signal),
      leave: () => {
        if (this.#refused.delete(chunk)) this.#changed.notify();
      },
    };
  }

  /** Others hold all slots that this process does not, however few a poll showed. */
  #refuse(chunk: number): AbortSignal {
    const room = new AbortController();
    this.#refused.set(chunk, room);
    this.#entriesLeft = 0;
    this.#stoodBack = 0;
    this.#others = Math.max(this.#others, this.#maxOpen - this.#held);
    return room.signal;
  }

  /**
   * Waits while a chunk that was refused earlier asks as well, unless there seems to be room for both: one question
   * at a time is enough to learn that there is none.
   */
  async #turn(chunk: number, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const [first] = this.#refused.keys();
      if (first === chunk || this.#refused.get(chunk)?.signal.aborted !== false) return true;
      await this.#changed.wait(signal);
    }
    return false;
  }

  /** How many slots this process holds at the vendor. */
  get #held(): number {
    return this.active - this.#refused.size;
  }

  /** Tells as many refused chunks as there seems to be room for. */
  #showRoom(): void {
    const room = Math.max(this.#maxOpen - this.#others - this.#held, 0);
    for (const waiting of [...this.#refused.values()].slice(0, room)) waiting.abort();
    this.#changed.notify();
  }

  /** Ends an upload: `taken` keeps the slot for its job, `over` frees it. */
  leave(next: 'taken' | 'over'): void {
    this.#uploads -= 1;
    if (next === 'taken') this.#open += 1;
    this.#changed.notify();
  }

  /** Takes a slot for a job that this process did not upload in that slot. */
  adopt(): void {
    this.#open += 1;
  }

  /** Frees the slot of a job. */
  settled(): void {
    this.#open -= 1;
    this.#showRoom();
  }

  othersHold(count: number): void {
    this.#others = count;
    this.#showRoom();
  }
}
