/** Up to this size, an incomplete row is scanned again whenever bytes arrive. */
const FREELY_SEEN_BYTES = 65_536;

/** The beginning of an incomplete row, collected from the slabs it spans. */
export class PartialRow {
  #bytes = Buffer.alloc(0);
  #length = 0;
  /** Bytes that were scanned without finding the end of the row. */
  #seen = 0;

  get length(): number {
    return this.#length;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /**
   * How many more bytes make another scan worthwhile. Each scan begins at the first byte of the row, so each
   * covers at least twice as much as the last one: the total work stays linear.
   */
  get wanted(): number {
    return this.#seen < FREELY_SEEN_BYTES ? 0 : Math.max(0, 2 * this.#seen - this.#length);
  }

  /** Whether there are bytes that were not scanned. */
  get hasNew(): boolean {
    return this.#length > this.#seen;
  }

  /** Replaces the content with a copy of these bytes, which were scanned already. */
  restart(bytes: Uint8Array): void {
    this.#bytes = Buffer.from(bytes);
    this.#length = bytes.length;
    this.#seen = bytes.length;
  }

  /** Appends a copy. Bytes returned by `bytes` earlier do not change, because sinks may still hold them. */
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

  /** Marks all bytes as scanned and drops those before `at`, where the incomplete row begins. */
  keepFrom(at: number): void {
    if (at > 0) this.restart(this.bytes.subarray(at));
    this.#seen = this.#length;
  }
}
