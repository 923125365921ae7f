/** Tells one reader how far a growing file has come, and whether what it has read is still valid. */
import { Condition } from '../../concurrency.ts';
import type { TailStep } from '../../contracts/window.ts';
import { Failure } from '../../failure.ts';

export class TailSignal {
  #bytes = 0;
  #told = 0;
  #state: 'growing' | 'whole' | 'withdrawn' = 'growing';
  readonly #changed = new Condition();

  /** `bytes` bytes are readable, all of complete rows. */
  growTo(bytes: number): void {
    this.#refuseWhole();
    this.#bytes = bytes;
    this.#changed.notify();
  }

  /** Called before the file is cut: withdraws it if the reader was told of bytes beyond the cut. */
  cutTo(bytes: number): void {
    this.#refuseWhole();
    if (bytes < this.#told) this.end('withdrawn');
    this.#bytes = bytes;
  }

  /** Ends the signal; only the first call counts. */
  end(end: 'whole' | 'withdrawn'): void {
    if (this.#state === 'growing') this.#state = end;
    this.#changed.notify();
  }

  /** Waits until there are more rows or an end. */
  async next(): Promise<TailStep> {
    for (;;) {
      if (this.#state === 'withdrawn') return { kind: 'withdrawn' };
      const from = this.#told;
      if (this.#bytes > from) return { kind: 'rows', from, to: (this.#told = this.#bytes) };
      if (this.#state === 'whole') return { kind: 'whole' };
      await this.#changed.wait();
    }
  }

  /** A reader that was told `whole` does not look again, so later changes are a bug. */
  #refuseWhole(): void {
    if (this.#state === 'whole')
      throw new Failure('bug', 'a partition changed after it was said to be whole');
  }
}
