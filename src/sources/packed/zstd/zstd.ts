/** Zstandard, by Node where it can. */
import { Readable } from 'node:stream';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { unreadable } from '../random-access.ts';
import { Xxh64 } from './xxh64.ts';
import { cutFrames } from './frames.ts';

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

/** The library passes over checksums, so what it decodes is held against them here. */
async function* decoded(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  const given: Uint8Array[] = [];
  const engine = new Decompress((bytes) => {
    if (bytes.length > 0) given.push(Uint8Array.from(bytes));
  });
  let hash = new Xxh64();
  for await (const { kind, bytes, isFirst } of cutFrames(copies(pieces))) {
    if (isFirst) hash = new Xxh64();
    engine.push(bytes);
    for (const unpacked of given) hash.update(unpacked);
    yield* given.splice(0);
    if (kind === 'checksum') checkSum(bytes, hash.digest());
  }
  engine.push(new Uint8Array(0), true);
  yield* given.splice(0);
}

/** A frame ends with the low half of its checksum; where fewer bytes are left, the decoder says that it is cut off. */
function checkSum(bytes: Uint8Array, digest: bigint): void {
  if (bytes.length < 4) return;
  const found = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (found !== Number(digest & 0xffffffffn)) throw new Error('incorrect checksum');
}

/** Copies each piece, because the library keeps a reference to it. */
async function* copies(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Uint8Array.from(piece);
}
