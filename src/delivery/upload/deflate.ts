/** Compresses blocks independently: the kernel at fast levels, zlib at thorough ones. */
import { constants, createDeflateRaw, type DeflateRaw } from 'node:zlib';
import { deflateKernel } from './deflate-kernel.ts';
import { segmentBytes } from './segments.ts';

/**
 * Compresses one block; calls may overlap. Each result ends in a sync flush, so that concatenated results form one
 * deflate stream.
 */
export type Deflate = (bytes: Uint8Array) => Promise<readonly Uint8Array[]>;

/** Levels up to this one use the kernel, which has a single level. */
const maxFastLevel = 3;

/** Whether blocks may be compressed by a kernel at this level. */
export function isFastLevel(level: number): boolean {
  return level <= maxFastLevel;
}

/** `level`: 1 to 9, as in zlib. Holds only memory; nothing needs closing. */
export function createDeflate(level: number): Deflate {
  let deflate: Deflate | undefined;
  // Where blocks come deflated, there is nothing left to do.
  return (bytes) => (deflate ??= chooseDeflate(level))(bytes);
}

function chooseDeflate(level: number): Deflate {
  const compressNow = isFastLevel(level) ? deflateKernel() : undefined;
  return compressNow === undefined ? createZlibDeflate(level) : async (bytes) => compressNow(bytes);
}

/**
 * zlib in the libuv pool, with reused compressors: each holds a quarter of a megabyte, and one per block would keep
 * the garbage collector busy.
 */
function createZlibDeflate(level: number): Deflate {
  const idle: Compressor[] = [];
  return async (bytes) => {
    const compressor = idle.pop() ?? new Compressor(level);
    const parts = await compressor.compress(bytes);
    // Not reached after an error: a failed compressor is not reused.
    idle.push(compressor);
    return parts;
  };
}

/**
 * At fast levels half of the window and a larger symbol buffer save an eighth of the time, and repetitions are
 * found among neighbouring rows. Thorough levels use the whole window.
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
    // Forgets earlier blocks: the results may be concatenated with those of other compressors, so a block must not
    // refer to them.
    this.#stream.reset();
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }
}
