/** The kernel in `src/kernels/deflate`: compression at several times the speed of zlib's level 1, and not larger. */
import wasm from '#kernels/deflate';

/** What the kernel takes at once. */
const INPUT_BYTES = 1024 * 1024;

/** What the kernel exports; addresses are offsets in its memory. */
interface Kernel {
  memory: { buffer: ArrayBuffer };
  reserve(bytes: number): void;
  deflate(length: number): number;
  input: { readonly value: number };
  output: { readonly value: number };
}

/** Raw deflate that ends in a sync flush, in parts. They are the caller's to keep. */
export type CompressNow = (bytes: Uint8Array) => readonly Uint8Array[];

let shared: CompressNow | undefined;

/**
 * The kernel, in one instance of 3 MB for the whole process, since what it compresses at once has no memory of what came
 * before. Undefined on a machine without what it needs (SIMD).
 */
export function deflateKernel(): CompressNow | undefined {
  return (shared ??= createDeflateKernel());
}

function createDeflateKernel(): CompressNow | undefined {
  const kernel = instantiate();
  if (kernel === undefined) return undefined;
  kernel.reserve(INPUT_BYTES);
  const memory = new Uint8Array(kernel.memory.buffer);
  const input = kernel.input.value;
  const output = kernel.output.value;
  return (bytes) => {
    const parts: Uint8Array[] = [];
    for (let from = 0; from < bytes.length; from += INPUT_BYTES) {
      const piece = bytes.subarray(from, from + INPUT_BYTES);
      memory.set(piece, input);
      const length = kernel.deflate(piece.length);
      parts.push(memory.slice(output, output + length));
    }
    return parts;
  };
}

function instantiate(): Kernel | undefined {
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports as Kernel;
  } catch {
    // zlib does the same, if slowly.
    return undefined;
  }
}
