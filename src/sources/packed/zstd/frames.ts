/** The frames of zstd data, with the checksums in them (RFC 8878, section 3.1.1). */

/** `frame`: bytes of a frame of data; `checksum`: those that end it, if it has one; `other`: bytes that hold no data. */
export interface FramePiece {
  kind: 'frame' | 'checksum' | 'other';
  bytes: Uint8Array;
  /** It begins a frame of data. */
  isFirst: boolean;
}

const dataMagic = 0xfd2fb528;
const skippedMagic = 0x184d2a50;
const idSizes = [0, 1, 2, 4] as const;
const contentSizes = [0, 2, 4, 8] as const;

/** Cuts packed bytes where frames, blocks and checksums end. What is no frame comes as it is, for the decoder to refuse. */
export async function* cutFrames(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<FramePiece, void> {
  const source = new Source(pieces);
  for (;;) {
    const magic = await source.take(4);
    if (magic.length === 0) return;
    const number = magic.length < 4 ? 0 : numberOf(magic);
    if (number === dataMagic) yield* cutFrame(source, magic);
    else {
      yield { kind: 'other', bytes: magic, isFirst: false };
      const isSkipped = (number & ~0xf) >>> 0 === skippedMagic;
      const length = isSkipped ? await source.take(4) : new Uint8Array(0);
      yield { kind: 'other', bytes: length, isFirst: false };
      const left = length.length < 4 ? Infinity : numberOf(length);
      for await (const bytes of source.pass(isSkipped ? left : Infinity)) {
        yield { kind: 'other', bytes, isFirst: false };
      }
    }
  }
}

async function* cutFrame(source: Source, magic: Uint8Array): AsyncGenerator<FramePiece, void> {
  const first = await source.take(1);
  const descriptor = first[0] ?? 0;
  const isOneSegment = (descriptor & 0x20) !== 0;
  const contentSize = contentSizes[(descriptor >> 6) as 0 | 1 | 2 | 3] || (isOneSegment ? 1 : 0);
  const idSize = idSizes[(descriptor & 3) as 0 | 1 | 2 | 3];
  const rest = await source.take((isOneSegment ? 0 : 1) + idSize + contentSize);
  yield { kind: 'frame', bytes: Buffer.concat([magic, first, rest]), isFirst: true };
  for (let isLast = false; !isLast;) {
    const header = await source.take(3);
    yield { kind: 'frame', bytes: header, isFirst: false };
    if (header.length < 3) return;
    const block = numberOf(header);
    isLast = (block & 1) === 1;
    // A block of one byte repeated has only that byte.
    const length = ((block >> 1) & 3) === 1 ? 1 : block >> 3;
    for await (const bytes of source.pass(length)) yield { kind: 'frame', bytes, isFirst: false };
  }
  if ((descriptor & 4) !== 0) yield { kind: 'checksum', bytes: await source.take(4), isFirst: false };
}

function numberOf(bytes: Uint8Array): number {
  return bytes.reduceRight((number, byte) => number * 256 + byte, 0);
}

/** Packed bytes, a given number of them at a time. */
class Source {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** So many bytes, fewer at the end. */
  async take(length: number): Promise<Uint8Array> {
    const taken: Uint8Array[] = [];
    for await (const bytes of this.pass(length)) taken.push(bytes);
    return Buffer.concat(taken);
  }

  async *pass(length: number): AsyncGenerator<Uint8Array, void> {
    for (let left = length; left > 0;) {
      if (this.#piece.length === 0) {
        const next = await this.#pieces.next();
        if (next.done === true) return;
        this.#piece = next.value;
      }
      const bytes = this.#piece.subarray(0, left);
      this.#piece = this.#piece.subarray(bytes.length);
      left -= bytes.length;
      if (bytes.length > 0) yield bytes;
    }
  }
}
