/** Deflate by the kernel in `src/kernels/deflate`: several times faster than zlib level 1, with output no larger. */
import wasm from '#kernels/deflate';

/** Largest input of one call. */
const INPUT_BYTES = 1024 * 1024;

/** Exports of the kernel; addresses are offsets in its memory. */
interface Kernel {
  memory: { buffer: ArrayBuffer };
  reserve(bytes: number): void;
  deflate(length: number): number;
  input: { readonly value: number };
  output: { readonly value: number };
}

/** Compresses to raw deflate that ends in a sync flush, in parts that belong to the caller. */
export type CompressNow = (bytes: Uint8Array) => readonly Uint8Array[];

let shared: CompressNow | undefined;

/**
 * The kernel, as one 3 MB instance for the whole process: calls share no state. Undefined where WebAssembly SIMD is
 * missing.
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
    // zlib replaces it, more slowly.
    return undefined;
  }
}
