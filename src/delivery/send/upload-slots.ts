import { Condition } from '../../concurrency.ts';

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

  constructor(limits: { uploads: number; open: number }) {
    this.#maxUploads = limits.uploads;
    this.#maxOpen = limits.open;
  }

  /** Chunks of this process that are in flight or taken. */
  get active(): number {
    return this.#uploads + this.#open;
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

  /** Waits for a slot and takes it; false when `signal` ended the wait. */
  async enter(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (this.#hasRoom) {
        this.#uploads += 1;
        return true;
      }
      await this.#changed.wait(signal);
    }
    return false;
  }

  /** Resolves when a slot is free or `signal` is aborted. Takes nothing. */
  async untilRoom(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#hasRoom) await this.#changed.wait(signal);
  }

  get #hasRoom(): boolean {
    return this.#uploads < this.#maxUploads && this.active + this.#others < this.#maxOpen;
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
    this.#changed.notify();
  }

  othersHold(count: number): void {
    this.#others = count;
    this.#changed.notify();
  }
}
