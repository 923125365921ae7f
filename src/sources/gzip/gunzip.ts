/**
 * Gzip as a stream of pieces in flat memory. All that the bytes of a cut file give is delivered before
 * the error is thrown, which zlib's own streams do not promise: they drop what they hold. Before damage
 * the last piece may be missing.
 */
import { createGunzip } from 'node:zlib';
import type { Gunzip } from 'node:zlib';
import { Failure } from '../../failure.ts';

/** Fed to zlib at a time, at most and at least: what expands much comes in smaller pieces. Deflate expands at most 1,032 times. */
const maxPieceBytes = 32 * 1024;
const minPieceBytes = 1024;
/** What one piece should give, for memory's sake. */
const maxGivenBytes = 1024 * 1024;

/** Output that zlib allocates at a time. */
const outputBytes = 256 * 1024;

/** Whether an input that begins with these bytes is gzip (RFC 1952, 2.3.1). */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * The decompressed bytes of one or more gzip members, with zero bytes allowed behind each. `name` is for
 * messages. Throws a Failure of kind `local` behind the last good byte when the data is cut or damaged.
 */
export async function* gunzip(
  compressed: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array, void> {
  const pieces = new Pieces();
  let member: Member | undefined;
  try {
    for await (const bytes of compressed) {
      let rest = bytes;
      while (rest.length > 0) {
        if (member === undefined) rest = skipZeros(rest);
        if (rest.length === 0) break;
        member ??= new Member(name);
        const piece = rest.subarray(0, pieces.bytes);
        const given = member.given;
        const consumed = yield* member.write(piece);
        pieces.gave(member.given - given);
        if (consumed < piece.length) member = member.destroy();
        rest = rest.subarray(consumed);
      }
    }
    if (member) yield* member.end();
  } finally {
    member?.destroy();
  }
}

/** How much is fed to zlib at a time, by what it gave so far. */
class Pieces {
  bytes = minPieceBytes;

  gave(bytes: number): void {
    if (bytes > maxGivenBytes) this.bytes = Math.max(this.bytes / 2, minPieceBytes);
    else if (bytes < maxGivenBytes / 4) this.bytes = Math.min(this.bytes * 2, maxPieceBytes);
  }
}

/** One gzip member, and those that follow it without padding: zlib goes on with them by itself. */
class Member {
  /** Decompressed bytes so far. */
  given = 0;
  readonly #engine: Gunzip;
  readonly #name: string;
  #output: Uint8Array[] = [];
  #error: Error | undefined;
  #settled: (() => void) | undefined;

  constructor(name: string) {
    this.#name = name;
    this.#engine = createGunzip({ chunkSize: outputBytes });
    this.#engine.on('data', (bytes: Uint8Array) => {
      this.#output.push(bytes);
      this.given += bytes.length;
    });
    this.#engine.on('error', (error: Error) => {
      this.#error = error;
      this.#settled?.();
    });
  }

  /** Delivers what `bytes` give and returns how many of them were used: fewer when the member has ended. */
  async *write(bytes: Uint8Array): AsyncGenerator<Uint8Array, number> {
    const before = this.#engine.bytesWritten;
    yield* this.#step((done) => this.#engine.write(bytes, done));
    return this.#engine.bytesWritten - before;
  }

  /** Delivers what is left; throws when the member is not whole. */
  async *end(): AsyncGenerator<Uint8Array, void> {
    yield* this.#step((done) => {
      this.#engine.once('end', done);
      this.#engine.end();
    });
  }

  destroy(): undefined {
    this.#engine.destroy();
  }

  async *#step(start: (done: () => void) => void): AsyncGenerator<Uint8Array, void> {
    await new Promise<void>((resolve) => {
      this.#settled = resolve;
      start(resolve);
    });
    yield* this.#output.splice(0);
    if (this.#error) throw explain(this.#name, this.#error);
  }
}

function explain(name: string, error: Error): Failure {
  if ('code' in error && error.code === 'Z_BUF_ERROR') {
    return new Failure('local', `${name} is cut off: its gzip data ends too early`, {
      hint: 'its whole rows were read; complete the file and run again',
      cause: error,
    });
  }
  return new Failure('local', `${name} is damaged: its gzip data cannot be read (${error.message})`, {
    hint: 'the rows before the damage were read',
    cause: error,
  });
}

function skipZeros(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  return start === -1 ? new Uint8Array(0) : bytes.subarray(start);
}
