import type { Input, BufferSlot } from '../../src/contracts/input.ts';

export interface MemoryInput extends Input {
  /** Slots that were read and not released. */
  openSlots(): number;
}

/**
 * An input in memory. Its slots are of the sizes given, in turn; a released slot is overwritten, so that
 * whoever still looks at it sees garbage.
 */
export function memoryInput(
  content: string | Uint8Array,
  slotSizes: readonly number[] = [1 << 20],
  { isShared = false } = {},
): MemoryInput {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  let open = 0;

  async function* read(from: number, to = bytes.length): AsyncGenerator<BufferSlot> {
    const end = Math.min(to, bytes.length);
    let at = from;
    for (let index = 0; at < end; index++) {
      const size = Math.max(1, slotSizes[index % slotSizes.length] ?? 1);
      const piece = bytes.subarray(at, Math.min(end, at + size));
      const slotBytes = Buffer.from(
        isShared ? new SharedArrayBuffer(piece.length) : new ArrayBuffer(piece.length),
      );
      slotBytes.set(piece);
      open++;
      yield {
        bytes: slotBytes,
        offset: at,
        release: () => {
          open--;
          slotBytes.fill('#');
        },
      };
      at += slotBytes.length;
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
    openSlots: () => open,
  };
}
