/** The first bytes of an input, noted as they stream by: ids are made of them, a CSV header stands in them. */
export class HeadBytes {
  static readonly maxBytes = 65_536;

  #bytes = Buffer.alloc(0);

  /** What is known so far: at least every byte in front of a row at an offset up to `maxBytes`. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Takes what `bytes`, which stand at `offset` of the input, add to the beginning. */
  note(offset: number, bytes: Uint8Array): void {
    const known = this.#bytes.length;
    const room = HeadBytes.maxBytes - known;
    if (room === 0 || offset > known || offset + bytes.length <= known) return;
    this.#bytes = Buffer.concat([this.#bytes, bytes.subarray(known - offset, known - offset + room)]);
  }
}
