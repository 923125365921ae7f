/** A row that is longer than allowed: skipped up to the end of a line, without keeping any of it. */
import type { Region } from '../../contracts/format.ts';
import { newlineIn, withoutReturn } from './line-ends.ts';

/**
 * `at`: where to continue. `row`: its range and its line ends, once its end is found; `from` is negative when the row
 * began in earlier bytes.
 */
export interface Passed {
  at: number;
  row: { from: number; to: number; lines: number } | undefined;
}

export class LongRow {
  /** Bytes skipped so far, or -1 when no row is being skipped. */
  #bytes = -1;
  /** Line ends among them. */
  #lines = 0;

  /** Whether a row is being skipped. */
  get isOpen(): boolean {
    return this.#bytes >= 0;
  }

  /**
   * Begins to skip the row at `at`, which has this many line ends and does not end before `to`. Returns where to
   * continue.
   */
  begin(bytes: Buffer, { at, to }: { at: number; to: number }, lines: number): number {
    this.#bytes = 0;
    this.#lines = lines;
    return this.#passAll(bytes, at, to);
  }

  /** Skips all but a carriage return at the end, to which a newline may belong. */
  #passAll(bytes: Buffer, at: number, to: number): number {
    const end = withoutReturn(bytes, at, to);
    this.#bytes += end - at;
    return end;
  }

  /** Continues to the end of the line, where the row ends. */
  pass(bytes: Buffer, { from: at, to, final }: Region): Passed {
    const newline = newlineIn(bytes, at, to);
    if (newline < 0 && !final) return { at: this.#passAll(bytes, at, to), row: undefined };
    const from = at - this.#bytes;
    const end = withoutReturn(bytes, at, newline < 0 ? to : newline);
    const lines = this.#lines + (newline < 0 ? 0 : 1);
    this.#bytes = -1;
    return { at: newline < 0 ? to : newline + 1, row: { from, to: end, lines } };
  }
}
