/** Tells one reader how far a file has come that still grows, and whether what it was told still holds. */
import { Condition } from '../../concurrency.ts';
import type { TailStep } from '../../contracts/window.ts';

export class TailSignal {
  #bytes = 0;
  #told = 0;
  #end: 'whole' | 'withdrawn' | undefined;
  readonly #changed = new Condition();

  /** So many bytes are there, whole rows. */
  growTo(bytes: number): void {
    this.#bytes = bytes;
    this.#changed.notify();
  }

  /** Before bytes are taken back. */
  cutTo(bytes: number): void {
    if (bytes < this.#told) this.end('withdrawn');
    this.#bytes = bytes;
  }

  /** The first end counts. */
  end(end: 'whole' | 'withdrawn'): void {
    this.#end ??= end;
    this.#changed.notify();
  }

  /** Waits for more. */
  async next(): Promise<TailStep> {
    for (;;) {
      if (this.#end === 'withdrawn') return { kind: 'withdrawn' };
      const from = this.#told;
      if (this.#bytes > from) return { kind: 'rows', from, to: (this.#told = this.#bytes) };
      if (this.#end === 'whole') return { kind: 'whole' };
      await this.#changed.wait();
    }
  }
}
