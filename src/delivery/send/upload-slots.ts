import { Condition } from '../../concurrency.ts';

/**
 * Who may upload now. Two bounds: requests in flight, and chunks that the vendor has taken and not yet
 * settled, of which others may hold some (Scarf counts active imports per account, not per client).
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

  /** Chunks of ours that are on their way or taken. */
  get active(): number {
    return this.#uploads + this.#open;
  }

  get others(): number {
    return this.#others;
  }

  /** Whether others hold every place, so that only asking again can tell when one is free. */
  get isFullOfOthers(): boolean {
    return this.#others >= this.#maxOpen;
  }

  /** Whether an upload has to wait for a job to end, ours or that of others. */
  get isFull(): boolean {
    return this.active + this.#others >= this.#maxOpen;
  }

  /** Resolves when an upload may start, and takes the place; false when waiting was ended. */
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

  /** Resolves when an upload could start, or when waiting was ended. Takes nothing. */
  async untilRoom(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#hasRoom) await this.#changed.wait(signal);
  }

  get #hasRoom(): boolean {
    return this.#uploads < this.#maxUploads && this.active + this.#others < this.#maxOpen;
  }

  /** The upload ended: with a job that keeps its place, or for good. */
  leave(next: 'taken' | 'over'): void {
    this.#uploads -= 1;
    if (next === 'taken') this.#open += 1;
    this.#changed.notify();
  }

  /** A job from an earlier run keeps a place. */
  adopt(): void {
    this.#open += 1;
  }

  /** A job ended. */
  settled(): void {
    this.#open -= 1;
    this.#changed.notify();
  }

  othersHold(count: number): void {
    this.#others = count;
    this.#changed.notify();
  }
}
