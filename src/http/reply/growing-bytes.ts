const byteOrderMark = '\ufeff';

/** Collects bytes from pieces of any size in one buffer that doubles, up to a limit. */
export class GrowingBytes {
  readonly #maxBytes: number;
  #buffer = Buffer.allocUnsafeSlow(0);
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** How many bytes arrived, including those beyond the limit. */
  get length(): number {
    return this.#length;
  }

  /** Whether the limit was exceeded; then nothing is kept. */
  get isTooLong(): boolean {
    return this.#length > this.#maxBytes;
  }

  add(piece: Uint8Array): void {
    const before = this.#length;
    this.#length += piece.length;
    if (this.isTooLong) {
      this.#buffer = Buffer.allocUnsafeSlow(0);
      return;
    }
    if (this.#length > this.#buffer.length) this.#grow(before);
    this.#buffer.set(piece, before);
  }

  /** The content as UTF-8, without a byte order mark before it; empty when it was too long. */
  text(): string {
    const text = this.isTooLong ? '' : this.#buffer.toString('utf8', 0, this.#length);
    return text.startsWith(byteOrderMark) ? text.slice(1) : text;
  }

  /** Starts over, in the same memory. */
  clear(): void {
    this.#length = 0;
  }

  #grow(used: number): void {
    const wanted = Math.max(this.#length, Math.min(this.#buffer.length * 2, this.#maxBytes));
    const larger = Buffer.allocUnsafeSlow(wanted);
    this.#buffer.copy(larger, 0, 0, used);
    this.#buffer = larger;
  }
}
