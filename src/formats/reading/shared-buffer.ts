/** Bytes with several holders: `giveBack` is called when the last one releases them. */
export class SharedBuffer {
  readonly bytes: Buffer;
  #holders = 1;
  readonly #giveBack: () => void;

  constructor(bytes: Buffer, giveBack: () => void = () => undefined) {
    this.bytes = bytes;
    this.#giveBack = giveBack;
  }

  hold(): void {
    this.#holders++;
  }

  release(): void {
    if (--this.#holders === 0) this.#giveBack();
  }
}

/** Where memory is taken from. It returns there when its last holder releases it. */
export interface BufferPool {
  /** A buffer of at least `minBytes`, with arbitrary content. */
  take(minBytes: number): SharedBuffer;
}

/** Buffers for reuse, in a few sizes. Keeps at most `maxFreeBytes` unused. */
export class SharedBufferPool implements BufferPool {
  readonly #free: Buffer[] = [];
  #freeBytes = 0;
  readonly #maxFreeBytes: number;

  constructor(maxFreeBytes = 16 * 1024 * 1024) {
    this.#maxFreeBytes = maxFreeBytes;
  }

  /**
   * A buffer of at least `minBytes`, with arbitrary content. Sizes are multiples of 64 KiB; a reused buffer
   * is less than twice as large as needed.
   */
  take(minBytes: number): SharedBuffer {
    const wanted = Math.ceil(minBytes / 65_536) * 65_536;
    const index = this.#free.findIndex((bytes) => bytes.length >= wanted && bytes.length < 2 * wanted);
    const [found] = index < 0 ? [] : this.#free.splice(index, 1);
    this.#freeBytes -= found?.length ?? 0;
    const bytes = found ?? Buffer.allocUnsafeSlow(wanted);
    return new SharedBuffer(bytes, () => this.#keep(bytes));
  }

  #keep(bytes: Buffer): void {
    if (this.#freeBytes + bytes.length > this.#maxFreeBytes) return;
    this.#free.push(bytes);
    this.#freeBytes += bytes.length;
  }
}
