/** A plain file, or an object in a bucket, as an input. */
import type { Input, Slab } from '../contracts/input.ts';
import type { RangedFile } from './ranged-file.ts';
import type { SharedReading } from './shared-reading.ts';
import { readSlabs } from './slabs.ts';

/** `read` seeks, so several readers may work at once. `close` closes the file. */
export function fileInput(file: RangedFile, { pool }: Pick<SharedReading, 'pool'>): Input {
  // Of a bucket comes what is there; of a disk what was asked for, or the file is not what it was.
  const isOnDisk = file.absolutePath !== undefined;
  let furthest = 0;

  function read(from: number, to = file.size): AsyncIterable<Slab> {
    const end = Math.min(to, file.size);
    let position = from;
    return readSlabs(pool, from, {
      async fill(buffer) {
        const at = position;
        const room = Math.max(0, Math.min(buffer.length, end - at));
        if (isOnDisk) position += room;
        const length = await file.read(buffer.subarray(0, room), at);
        if (!isOnDisk) position += length;
        furthest = Math.max(furthest, at + length);
        return length;
      },
      canFillAhead: () => isOnDisk && position < end,
      stop: () => undefined,
    });
  }

  return {
    path: file.path,
    kind: 'file',
    sourceBytes: file.size,
    version: file.version,
    readSourceBytes: () => furthest,
    read,
    modifiedMs: () => file.modifiedMs(),
    settledUpTo: async () => undefined,
    close: () => file.forget(),
  };
}
