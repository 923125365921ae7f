/** Zstandard, by Node where it can. */
import { pipeline, Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { unreadable } from '../random-access.ts';
import { Xxh64 } from './xxh64.ts';
import { cutFrames, type FramePiece } from './frames.ts';

/** What is in whole frames. Throws when it is damaged. */
export type ZstdDecoder = (frames: AsyncIterable<FramePiece>) => AsyncIterable<Uint8Array>;

/** Closes `pieces`. Throws a Failure when they are damaged, end too early, or go on behind their last frame. */
export async function* unzstd(
  pieces: AsyncIterable<Uint8Array>,
  name: string,
  decode: ZstdDecoder = nodeDecoder() ?? decodeByLibrary,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* decode(cutFrames(copies(pieces)));
  } catch (cause) {
    throw unreadable(name, 'zstd', cause);
  }
}

/** Undefined before Node.js 22.15. */
export function nodeDecoder(): ZstdDecoder | undefined {
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };
  if (createZstdDecompress === undefined) return undefined;
  return (frames) => {
    // Before Node.js 26 it ends silently within a frame, and passes over what is behind one in the same write.
    const engine = createZstdDecompress();
    return pipeline(Readable.from(writesOf(frames)), engine, () => undefined);
  };
}

const writeBytes = 64 * 1024;

/** Pieces joined to the size of a write, in none of which a frame ends but at its end. */
async function* writesOf(frames: AsyncIterable<FramePiece>): AsyncGenerator<Uint8Array> {
  const pending: Uint8Array[] = [];
  let pendingBytes = 0;
  for await (const { bytes, isFirst } of frames) {
    if (pendingBytes > 0 && (isFirst || pendingBytes + bytes.length > writeBytes)) {
      yield Buffer.concat(pending.splice(0));
      pendingBytes = 0;
    }
    pending.push(bytes);
    pendingBytes += bytes.length;
  }
  if (pendingBytes > 0) yield Buffer.concat(pending);
}

/** The library passes over checksums, so what it decodes is held against them here. */
export async function* decodeByLibrary(frames: AsyncIterable<FramePiece>): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  const given: Uint8Array[] = [];
  const engine = new Decompress((bytes) => {
    if (bytes.length > 0) given.push(Uint8Array.from(bytes));
  });
  let hash = new Xxh64();
  for await (const { kind, bytes, isFirst } of frames) {
    if (isFirst) hash = new Xxh64();
    engine.push(bytes);
    for (const unpacked of given) hash.update(unpacked);
    yield* given.splice(0);
    if (kind === 'checksum') checkSum(bytes, hash.digest());
  }
  engine.push(new Uint8Array(0), true);
  yield* given.splice(0);
}

/** A frame ends with the low half of its checksum. */
function checkSum(bytes: Uint8Array, digest: bigint): void {
  const found = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (found !== Number(digest & 0xffffffffn)) throw new Error('incorrect checksum');
}

/** Copies each piece, because the library keeps a reference to it. */
async function* copies(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Uint8Array.from(piece);
}
