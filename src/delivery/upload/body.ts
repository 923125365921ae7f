/**
 * Builds a request body out of blocks. Blocks are compressed independently, yet the result is one gzip member: a
 * reader that stops after the first member would lose the rest.
 */
import { crc32 } from 'node:zlib';
import type { Target } from '../../contracts/target.ts';
import type { Block, Body, Deflated } from '../../records.ts';
import { combineCrc32 } from './crc-combine.ts';
import { createDeflate, isFastLevel, type Deflate } from './deflate.ts';
import { SegmentWriter, type SegmentPool } from './segments.ts';

export interface BodyBuilder {
  /** Adds a block; releases it once its bytes are no longer needed. */
  add(block: Block): void;
  /** Resolves when at most `blocks` blocks are still being compressed. */
  settledTo(blocks: number): Promise<void>;
  /** Bytes on the wire so far, without those still being compressed. */
  readonly wireLength: number;
  /** Bytes before compression so far. */
  readonly rawLength: number;
  /** Completes the body. Rejects when compression fails. */
  finish(): Promise<Body>;
  /** Returns the memory to the pool. Nothing may read the body any more. */
  release(): void;
  /** Leaves the memory to the garbage collector: a socket may still be reading the body. */
  abandon(): void;
}

export interface BodyOptions {
  framing: Target['framing'];
  gzip: boolean;
  deflate: Deflate;
  /** Blocks may come deflated, as they leave. */
  takesDeflated: boolean;
}

/** How bodies are built for a target, at a level of 1 to 9. */
export function bodyOptions({ framing, gzip }: Pick<Target, 'framing' | 'gzip'>, level: number): BodyOptions {
  const takesDeflated = gzip && isFastLevel(level) && isPlain(framing);
  return { framing, gzip, deflate: createDeflate(level), takesDeflated };
}

/** RFC 1952: magic, deflate, no flags, no time, unknown system. */
const gzipHeader = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
/** An empty final deflate block, after parts that each end in a sync flush. */
const deflateEnd = Uint8Array.of(3, 0);
const newline = 0x0a;

/** Starts a body. Its memory comes from `pool` and returns there with `release`. */
export function startBody(pool: SegmentPool, options: BodyOptions): BodyBuilder {
  return new PooledBody(pool, options);
}

class PooledBody implements BodyBuilder {
  readonly #options: BodyOptions;
  readonly #writer: SegmentWriter;
  readonly #frame: ReturnType<typeof createFraming>;
  /** Resolve in the order of the bytes, each when its part is written. */
  readonly #compressing: Promise<void>[] = [];
  /** The last of them. */
  #order: Promise<void> = Promise.resolve();
  #events = 0;
  #crc32 = 0;
  rawLength = 0;

  constructor(pool: SegmentPool, options: BodyOptions) {
    this.#options = options;
    this.#writer = new SegmentWriter(pool);
    this.#frame = createFraming(options.framing);
    if (options.gzip) this.#writer.write(gzipHeader);
  }

  get wireLength(): number {
    return this.#writer.byteLength;
  }

  add(block: Block): void {
    this.#events += block.events;
    if (block.deflated !== undefined) {
      this.#putDeflated(block.deflated, () => block.release());
      return;
    }
    const bytes = this.#frame.block(block.bytes);
    const knownCrc32 = bytes === block.bytes ? block.bytesCrc32 : undefined;
    this.#put(bytes, () => block.release(), knownCrc32);
  }

  async settledTo(blocks: number): Promise<void> {
    while (this.#compressing.length > blocks) await this.#compressing.shift();
  }

  async finish(): Promise<Body> {
    this.#put(this.#frame.end(), () => undefined);
    await this.#order;
    const { gzip } = this.#options;
    if (gzip) {
      this.#writer.write(deflateEnd);
      this.#writer.write(gzipTrailer(this.#crc32, this.rawLength));
    }
    return {
      segments: this.#writer.views(),
      byteLength: this.#writer.byteLength,
      rawLength: this.rawLength,
      encoding: gzip ? 'gzip' : 'identity',
      events: this.#events,
    };
  }

  release(): void {
    this.#writer.release();
  }

  abandon(): void {
    this.#writer.abandon();
  }

  #put(bytes: Uint8Array, release: () => void, knownCrc32?: number): void {
    if (bytes.length === 0) {
      release();
      return;
    }
    this.rawLength += bytes.length;
    if (!this.#options.gzip) {
      this.#writer.write(bytes);
      release();
      return;
    }
    this.#crc32 =
      knownCrc32 === undefined
        ? crc32(bytes, this.#crc32)
        : combineCrc32(this.#crc32, knownCrc32, bytes.length);
    const parts = this.#options.deflate(bytes).finally(release);
    // Awaiting the order reports a failure; this only prevents an unhandled rejection.
    parts.catch(() => undefined);
    this.#inOrder(this.#order.then(async () => (await parts).forEach((part) => this.#writer.write(part))));
  }

  #putDeflated({ bytes, rawLength, crc32: blockCrc32 }: Deflated, release: () => void): void {
    this.rawLength += rawLength;
    this.#crc32 = combineCrc32(this.#crc32, blockCrc32, rawLength);
    this.#inOrder(this.#order.then(() => this.#writer.write(bytes)).finally(release));
  }

  #inOrder(written: Promise<void>): void {
    this.#order = written;
    written.catch(() => undefined);
    this.#compressing.push(written);
  }
}

function gzipTrailer(checksum: number, rawLength: number): Uint8Array {
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, checksum, true);
  trailer.setUint32(4, rawLength % 2 ** 32, true);
  return new Uint8Array(trailer.buffer);
}

/** Whether a body is the rows as blocks hold them. */
function isPlain({ head, between, tail }: Target['framing']): boolean {
  return head === '' && between === '\n' && tail === '\n';
}

interface Framing {
  block(bytes: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

/**
 * Blocks hold rows that end in a newline. Where the target wants just that, blocks are sent unchanged; otherwise
 * each newline, which JSON never contains inside a row, is replaced by the separator.
 */
function createFraming({ head, between, tail }: Target['framing']): Framing {
  if (isPlain({ head, between, tail })) {
    return { block: (bytes) => bytes, end: () => new Uint8Array() };
  }
  let before = head;
  return {
    block(bytes) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const parts: Uint8Array[] = [];
      for (let from = 0; from < text.length;) {
        const to = text.indexOf(newline, from);
        parts.push(Buffer.from(before), text.subarray(from, to));
        before = between;
        from = to + 1;
      }
      return Buffer.concat(parts);
    },
    end: () => Buffer.from(before === head ? head + tail : tail),
  };
}
