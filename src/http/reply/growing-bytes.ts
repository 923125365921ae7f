/** Bytes that come in pieces of any size, a single one among them: kept in one buffer that doubles, up to a bound. */
export class GrowingBytes {
  readonly #maxBytes: number;
  #buffer = Buffer.allocUnsafeSlow(0);
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** How many bytes came, those beyond the bound included. */
  get length(): number {
    return this.#length;
  }

  /** Whether more came than are kept; then nothing is. */
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

  /** What came as UTF-8; empty when it was too long. */
  text(): string {
    return this.isTooLong ? '' : this.#buffer.toString('utf8', 0, this.#length);
  }

  /** Begins anew, in the same memory. */
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
