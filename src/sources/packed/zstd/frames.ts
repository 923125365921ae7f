/** The frames of zstd data, with the checksums in them (RFC 8878, section 3.1.1). */

/** A piece of a frame of data: `checksum` is what ends it, if it has one. */
export interface FramePiece {
  kind: 'frame' | 'checksum';
  bytes: Uint8Array;
  /** It begins a frame. */
  isFirst: boolean;
}

const dataMagic = 0xfd2fb528;
const skippedMagic = 0x184d2a50;
const idSizes = [0, 1, 2, 4] as const;
const contentSizes = [0, 2, 4, 8] as const;

/**
 * Cuts packed bytes where frames, blocks and checksums end, and leaves out frames without data. Throws when the bytes end
 * within a frame, or when something else is behind one: decoders do not agree on telling either.
 */
export async function* cutFrames(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<FramePiece, void> {
  const source = new Source(pieces);
  try {
    while (!(await source.isAtEnd())) {
      const magic = await source.take(4);
      const number = numberOf(magic);
      if (number === dataMagic) yield* cutFrame(source, magic);
      else if ((number & ~0xf) >>> 0 === skippedMagic) await skip(source);
      else throw new Error('not a frame');
    }
  } finally {
    await source.close();
  }
}

async function skip(source: Source): Promise<void> {
  for await (const _ of source.pass(numberOf(await source.take(4))));
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

  async isAtEnd(): Promise<boolean> {
    while (this.#piece.length === 0) {
      const next = await this.#pieces.next();
      if (next.done === true) return true;
      this.#piece = next.value;
    }
    return false;
  }

  /** No more is taken. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  /** So many bytes. Throws when there are fewer. */
  async take(length: number): Promise<Uint8Array> {
    const taken: Uint8Array[] = [];
    for await (const bytes of this.pass(length)) taken.push(bytes);
    return Buffer.concat(taken);
  }

  /** So many bytes, as they come. Throws when there are fewer. */
  async *pass(length: number): AsyncGenerator<Uint8Array, void> {
    for (let left = length; left > 0;) {
      if (await this.isAtEnd()) throw new Error('unexpected end');
      const bytes = this.#piece.subarray(0, left);
      this.#piece = this.#piece.subarray(bytes.length);
      left -= bytes.length;
      yield bytes;
    }
  }
}
