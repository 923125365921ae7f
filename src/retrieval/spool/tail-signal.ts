/** Tells one reader how far a file has come that still grows, and whether what it was told still holds. */
import { Condition } from '../../concurrency.ts';
import type { TailStep } from '../../contracts/window.ts';
import { Failure } from '../../failure.ts';

export class TailSignal {
  #bytes = 0;
  #told = 0;
  #state: 'growing' | 'whole' | 'withdrawn' = 'growing';
  readonly #changed = new Condition();

  /** So many bytes are there, whole rows. */
  growTo(bytes: number): void {
    this.#refuseWhole();
    this.#bytes = bytes;
    this.#changed.notify();
  }

  /** Before bytes are taken back. */
  cutTo(bytes: number): void {
    this.#refuseWhole();
    if (bytes < this.#told) this.end('withdrawn');
    this.#bytes = bytes;
  }

  /** The first end counts. */
  end(end: 'whole' | 'withdrawn'): void {
    if (this.#state === 'growing') this.#state = end;
    this.#changed.notify();
  }

  /** Waits for more. */
  async next(): Promise<TailStep> {
    for (;;) {
      if (this.#state === 'withdrawn') return { kind: 'withdrawn' };
      const from = this.#told;
      if (this.#bytes > from) return { kind: 'rows', from, to: (this.#told = this.#bytes) };
      if (this.#state === 'whole') return { kind: 'whole' };
      await this.#changed.wait();
    }
  }

  /** Who was told that this was all does not look again. */
  #refuseWhole(): void {
    if (this.#state === 'whole')
      throw new Failure('bug', 'a partition changed after it was said to be whole');
  }
}
