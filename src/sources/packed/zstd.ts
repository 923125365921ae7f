/** Zstandard, by Node where it can. */
import { Readable } from 'node:stream';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { unreadable } from './random-access.ts';

export async function* unzstd(
  pieces: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array, void> {
  // Node has it since 22.15.
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };
  const unpacked =
    createZstdDecompress === undefined ? decoded(pieces) : piped(pieces, createZstdDecompress());
  try {
    yield* unpacked;
  } catch (cause) {
    throw unreadable(name, 'zstd', cause);
  }
}

async function* piped(pieces: AsyncIterable<Uint8Array>, engine: Transform): AsyncGenerator<Uint8Array> {
  const source = Readable.from(copies(pieces));
  source.on('error', (error) => engine.destroy(error));
  yield* source.pipe(engine) as AsyncIterable<Uint8Array>;
}

async function* decoded(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  const given: Uint8Array[] = [];
  const engine = new Decompress((bytes) => {
    if (bytes.length > 0) given.push(Uint8Array.from(bytes));
  });
  for await (const piece of copies(pieces)) {
    engine.push(piece);
    yield* given.splice(0);
  }
  engine.push(new Uint8Array(0), true);
  yield* given.splice(0);
}

/** Copies each piece, because the library keeps a reference to it. */
async function* copies(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Uint8Array.from(piece);
}
