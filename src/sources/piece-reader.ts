/** Reads pieces with lookahead. */
export class PieceReader {
  /** Bytes consumed so far. */
  position = 0;
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /**
   * The next bytes, without consuming them: as many as are available, at least `least` unless the end comes
   * first, at most `most`. Valid until the next call.
   */
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

  /** Consumes bytes that were peeked. */
  skip(count: number): void {
    this.#rest = this.#rest.subarray(count);
    this.position += count;
  }

  /** Everything that is not consumed yet. */
  async *rest(): AsyncGenerator<Uint8Array, void> {
    const held = this.#rest;
    this.#rest = new Uint8Array(0);
    if (held.length > 0) yield held;
    yield* { [Symbol.asyncIterator]: () => this.#pieces };
  }

  /** Closes the source. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
