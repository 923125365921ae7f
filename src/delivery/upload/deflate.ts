/** Compression of blocks, each on its own, by the kernel at the fast levels and by zlib at the thorough ones. */
import { constants, createDeflateRaw, type DeflateRaw } from 'node:zlib';
import { deflateKernel } from './deflate-kernel.ts';
import { segmentBytes } from './segments.ts';

/**
 * Compresses a block on its own; several may be at work at once. What it gives, in order, ends in a sync flush, so
 * that the results of several blocks, one behind the other, are one deflate stream.
 */
export type Deflate = (bytes: Uint8Array) => Promise<readonly Uint8Array[]>;

/** Levels up to this one are the kernel's, which knows only one. */
const maxFastLevel = 3;

/** `level` is as zlib counts, 1 to 9. Holds memory only, nothing that must be closed. */
export function createDeflate(level: number): Deflate {
  const compressNow = level <= maxFastLevel ? deflateKernel() : undefined;
  return compressNow === undefined ? createZlibDeflate(level) : async (bytes) => compressNow(bytes);
}

/**
 * zlib in libuv's pool, by a few compressors that are used again: each holds a quarter of a megabyte, and making
 * one for every block would keep the garbage collector busy.
 */
function createZlibDeflate(level: number): Deflate {
  const idle: Compressor[] = [];
  return async (bytes) => {
    const compressor = idle.pop() ?? new Compressor(level);
    const parts = await compressor.compress(bytes);
    // Only one that did not fail is used again.
    idle.push(compressor);
    return parts;
  };
}

/**
 * At the fast levels half of deflate's window and a larger block of symbols save an eighth of the time, and rows
 * find what they repeat among their neighbours. Levels that are asked for their size keep the whole window.
 */
const FAST = { windowBits: 14, memLevel: 9 };
const THOROUGH = { windowBits: 15, memLevel: 9 };

class Compressor {
  readonly #stream: DeflateRaw;
  #parts: Uint8Array[] = [];
  #fail: (error: Error) => void = () => undefined;

  constructor(level: number) {
    const size = level <= maxFastLevel ? FAST : THOROUGH;
    const flush = constants.Z_SYNC_FLUSH;
    this.#stream = createDeflateRaw({ level, flush, chunkSize: segmentBytes, ...size });
    this.#stream.on('data', (part: Uint8Array) => this.#parts.push(part));
    this.#stream.on('error', (error) => this.#fail(error));
  }

  async compress(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    await new Promise<void>((resolve, reject) => {
      this.#fail = reject;
      this.#stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    // What one block repeats of another would not be found: blocks may change places between compressors.
    this.#stream.reset();
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }
}
