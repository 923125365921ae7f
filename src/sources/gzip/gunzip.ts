/**
 * Streams gzip in constant memory. Everything that a truncated file decompresses to is delivered before the
 * error is thrown; zlib's own streams drop what they still hold. Before damaged data the last piece may be
 * missing. Other bytes behind complete members lose none of their content.
 */
import { crc32, createInflateRaw } from 'node:zlib';
import type { InflateRaw } from 'node:zlib';
import { Failure } from '../../failure.ts';
import { PieceReader } from '../piece-reader.ts';
import { skipHeader } from './header.ts';

/**
 * The most and the least fed to zlib at a time: data that expands much is fed in smaller pieces. Deflate
 * expands at most 1,032 times.
 */
const maxPieceBytes = 32 * 1024;
const minPieceBytes = 1024;
/** How much output one piece should give, to bound memory. */
const maxGivenBytes = 1024 * 1024;

/** Size of the output buffers of zlib. */
const outputBytes = 256 * 1024;

/** Checksum and length at the end of a member. */
const trailerBytes = 8;

/**
 * The decompressed bytes of one or more gzip members, each possibly followed by zero bytes. `name` is for
 * messages. Throws a Failure `local`, after the last good byte, when the data is truncated, damaged or
 * followed by something else.
 */
export async function* gunzip(
  compressed: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array, void> {
  const input = new PieceReader(compressed);
  const pieces = new Pieces();
  try {
    for (let members = 0; ; members++) {
      await skipZeros(input);
      if ((await input.peek(1)).length === 0) return;
      const header = await skipHeader(input);
      if (header === 'cut') throw cutOff(name);
      if (header === 'none')
        throw members === 0 ? damaged(name, 'no gzip header') : junk(name, input.position);
      yield* inflateMember(input, { name, pieces });
    }
  } finally {
    await input.close();
  }
}

async function* inflateMember(
  input: PieceReader,
  { name, pieces }: { name: string; pieces: Pieces },
): AsyncGenerator<Uint8Array, void> {
  const member = new Member(name);
  try {
    for (;;) {
      const piece = await input.peek(1, pieces.bytes);
      if (piece.length === 0) {
        yield* member.end();
        break;
      }
      const given = member.given;
      const consumed = yield* member.write(piece);
      pieces.gave(member.given - given);
      input.skip(consumed);
      if (consumed < piece.length) break;
    }
  } finally {
    member.destroy();
  }
  const trailer = Buffer.from(await input.peek(trailerBytes, trailerBytes));
  if (trailer.length < trailerBytes) throw cutOff(name);
  input.skip(trailerBytes);
  const isRight =
    trailer.readUInt32LE(0) === member.crc32 && trailer.readUInt32LE(4) === member.given % 2 ** 32;
  if (!isRight) throw damaged(name, 'incorrect data check');
}

async function skipZeros(input: PieceReader): Promise<void> {
  for (;;) {
    const piece = await input.peek(1);
    const zeros = piece.findIndex((byte) => byte !== 0);
    if (zeros === 0 || piece.length === 0) return;
    input.skip(zeros < 0 ? piece.length : zeros);
  }
}

/** How much to feed to zlib next, judging by what it has given so far. */
class Pieces {
  bytes = minPieceBytes;

  gave(bytes: number): void {
    if (bytes > maxGivenBytes) this.bytes = Math.max(this.bytes / 2, minPieceBytes);
    else if (bytes < maxGivenBytes / 4) this.bytes = Math.min(this.bytes * 2, maxPieceBytes);
  }
}

/** The content of one gzip member. */
class Member {
  /** Decompressed bytes so far, and their checksum. */
  given = 0;
  crc32 = 0;
  readonly #engine: InflateRaw;
  readonly #name: string;
  #output: Uint8Array[] = [];
  #error: Error | undefined;
  #settled: (() => void) | undefined;

  constructor(name: string) {
    this.#name = name;
    this.#engine = createInflateRaw({ chunkSize: outputBytes });
    this.#engine.on('data', (bytes: Uint8Array) => {
      this.#output.push(bytes);
      this.given += bytes.length;
      this.crc32 = crc32(bytes, this.crc32);
    });
    this.#engine.on('error', (error: Error) => {
      this.#error = error;
      this.#settled?.();
    });
  }

  /**
   * Delivers what `bytes` decompress to and returns how many of them were used: fewer when the member ends
   * among them.
   */
  async *write(bytes: Uint8Array): AsyncGenerator<Uint8Array, number> {
    const before = this.#engine.bytesWritten;
    yield* this.#step((done) => this.#engine.write(bytes, done));
    return this.#engine.bytesWritten - before;
  }

  /** Delivers the rest; throws when the member is incomplete. */
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
  const isCut = 'code' in error && error.code === 'Z_BUF_ERROR';
  return isCut ? cutOff(name, error) : damaged(name, error.message, error);
}

function cutOff(name: string, cause?: Error): Failure {
  return new Failure('local', `${name} is truncated: unexpected end of gzip data`, {
    hint: 'its whole rows were read; complete the file and run again',
    cause,
  });
}

function damaged(name: string, why: string, cause?: Error): Failure {
  return new Failure('local', `${name} is corrupt: cannot read its gzip data (${why})`, {
    hint: 'the rows before the damage were read',
    cause,
  });
}

function junk(name: string, position: number): Failure {
  return new Failure(
    'local',
    `${name} goes on behind its gzip data with something else, from byte ${position} on`,
    {
      hint: 'all that was compressed was read; cut the rest off, or give it as a file of its own',
    },
  );
}
