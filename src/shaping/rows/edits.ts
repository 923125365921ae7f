/** Edits to the text of one row, applied while it is copied. Reused from row to row. */
export class Edits {
  #count = 0;
  readonly #at: number[] = [];
  readonly #until: number[] = [];
  readonly #text: Uint8Array[] = [];
  /** Bytes by which the row grows; negative when it shrinks. */
  growth = 0;

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
    this.growth = 0;
  }

  /**
   * Replaces `[at, until)` by `text`. Edits must not overlap; an insertion precedes a replacement at the same
   * offset.
   */
  replace(at: number, until: number, text: Uint8Array): void {
    let index = this.#count++;
    for (; index > 0 && this.#until[index - 1]! > at; index--) {
      this.#at[index] = this.#at[index - 1]!;
      this.#until[index] = this.#until[index - 1]!;
      this.#text[index] = this.#text[index - 1]!;
    }
    this.#at[index] = at;
    this.#until[index] = until;
    this.#text[index] = text;
    this.growth += text.length - (until - at);
  }

  /** Writes `source[from, to)` with the edits applied into `out` at `outAt`; returns the offset after it. */
  write(source: Buffer, range: { from: number; to: number }, out: Buffer, outAt: number): number {
    let done = range.from;
    let end = outAt;
    for (let index = 0; index < this.#count; index++) {
      const text = this.#text[index]!;
      end = copyBytes(source, { from: done, to: this.#at[index]! }, out, end);
      out.set(text, end);
      end += text.length;
      done = this.#until[index]!;
    }
    return copyBytes(source, { from: done, to: range.to }, out, end);
  }
}

/** Below this length a loop is faster than a view and a native copy. */
const SHORT_BYTES = 24;

/** Copies `source[from, to)` to `out` at `outAt`; returns the offset after the copy. */
export function copyBytes(
  source: Buffer,
  { from, to }: { from: number; to: number },
  out: Buffer,
  outAt: number,
): number {
  const length = to - from;
  if (length < SHORT_BYTES) {
    for (let index = 0; index < length; index++) out[outAt + index] = source[from + index]!;
  } else {
    out.set(new Uint8Array(source.buffer, source.byteOffset + from, length), outAt);
  }
  return outAt + length;
}
