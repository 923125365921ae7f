import type { Input, Slab } from '../../src/contracts/input.ts';

export interface MemoryInput extends Input {
  /** Slabs that were read and not released. */
  openSlabs(): number;
}

/**
 * An input in memory. Its slabs are of the sizes given, in turn; a released slab is overwritten, so that
 * whoever still looks at it sees garbage.
 */
export function memoryInput(
  content: string | Uint8Array,
  slabSizes: readonly number[] = [1 << 20],
  { isShared = false } = {},
): MemoryInput {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  let open = 0;

  async function* read(from: number, to = bytes.length): AsyncGenerator<Slab> {
    const end = Math.min(to, bytes.length);
    let at = from;
    for (let index = 0; at < end; index++) {
      const size = Math.max(1, slabSizes[index % slabSizes.length] ?? 1);
      const piece = bytes.subarray(at, Math.min(end, at + size));
      const slabBytes = Buffer.from(
        isShared ? new SharedArrayBuffer(piece.length) : new ArrayBuffer(piece.length),
      );
      slabBytes.set(piece);
      open++;
      yield {
        bytes: slabBytes,
        offset: at,
        release: () => {
          open--;
          slabBytes.fill('#');
        },
      };
      at += slabBytes.length;
    }
  }

  return {
    path: 'memory',
    sourceBytes: bytes.length,
    readSourceBytes: () => bytes.length,
    kind: 'file',
    read,
    settledUpTo: async () => undefined,
    close: async () => undefined,
    openSlabs: () => open,
  };
}
