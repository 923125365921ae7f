/** So short a beginning is looked at with whatever comes. */
const FREELY_SEEN_BYTES = 65_536;

/** The beginning of a row that is not over yet, put together from the bytes that bring it. */
export class PartialRow {
  #bytes = Buffer.alloc(0);
  #length = 0;
  /** Bytes that were looked at in vain. */
  #seen = 0;

  get length(): number {
    return this.#length;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /**
   * How much must come before another look is worth it: looking begins at the row's first byte, so that each
   * look takes in twice as much as the last one.
   */
  get wanted(): number {
    return this.#seen < FREELY_SEEN_BYTES ? 0 : Math.max(0, 2 * this.#seen - this.#length);
  }

  /** Whether there are bytes that were not looked at. */
  get hasNew(): boolean {
    return this.#length > this.#seen;
  }

  /** Starts anew with a copy of these bytes, which were looked at. */
  restart(bytes: Uint8Array): void {
    this.#bytes = Buffer.from(bytes);
    this.#length = bytes.length;
    this.#seen = bytes.length;
  }

  /** Adds a copy. What was seen of `bytes` before stays as it is, since others may hold it. */
  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length, this.#length + this.#length / 2));
      grown.set(this.bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
  }

  /** All bytes were looked at, and the row begins at `at` of them. */
  keepFrom(at: number): void {
    if (at > 0) this.restart(this.bytes.subarray(at));
    this.#seen = this.#length;
  }
}
