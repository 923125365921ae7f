/** Bytes that come in pieces, looked at before they are taken. */
export class PieceReader {
  /** Bytes taken so far. */
  position = 0;
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next bytes, as many as are at hand: at least `least` unless the end comes before, at most `most`. Valid until the next call. */
  async peek(least: number, most = Number.MAX_SAFE_INTEGER): Promise<Uint8Array> {
    while (this.#rest.length < least) {
      // A piece is the source's again once the next is asked for.
      const kept = Buffer.from(this.#rest);
      const next = await this.#pieces.next();
      if (next.done === true) {
        this.#rest = kept;
        break;
      }
      this.#rest = kept.length === 0 ? next.value : Buffer.concat([kept, next.value]);
    }
    return this.#rest.length > most ? this.#rest.subarray(0, most) : this.#rest;
  }

  /** Takes bytes that were looked at. */
  skip(count: number): void {
    this.#rest = this.#rest.subarray(count);
    this.position += count;
  }

  /** All that was not taken yet. */
  async *rest(): AsyncGenerator<Uint8Array, void> {
    const held = this.#rest;
    this.#rest = new Uint8Array(0);
    if (held.length > 0) yield held;
    yield* { [Symbol.asyncIterator]: () => this.#pieces };
  }

  /** Gives the source up. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
