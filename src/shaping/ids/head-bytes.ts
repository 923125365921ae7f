/**
 * The first bytes of an input, recorded while it is read: ids are derived from them, and they contain the
 * header of a table.
 */
export class HeadBytes {
  static readonly maxBytes = 65_536;

  #bytes = Buffer.alloc(0);

  /** The bytes known so far: at least every byte before a row, for rows at offsets up to `maxBytes`. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Appends what `bytes`, at `offset` of the input, add to the known beginning. */
  note(offset: number, bytes: Uint8Array): void {
    const known = this.#bytes.length;
    const room = HeadBytes.maxBytes - known;
    if (room === 0 || offset > known || offset + bytes.length <= known) return;
    this.#bytes = Buffer.concat([this.#bytes, bytes.subarray(known - offset, known - offset + room)]);
  }
}
