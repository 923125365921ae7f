/** Bytes that several holders share: given back when the last one lets go. */
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

/** Buffers that are used again: a few sizes, at most `maxKept` bytes kept for later. */
export class SharedBufferPool {
  readonly #free: Buffer[] = [];
  #freeBytes = 0;
  readonly #maxFreeBytes: number;

  constructor(maxFreeBytes = 16 * 1024 * 1024) {
    this.#maxFreeBytes = maxFreeBytes;
  }

  /** Memory of at least `minBytes` and less than twice that, rounded up to 64 KiB; its content is arbitrary. */
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
