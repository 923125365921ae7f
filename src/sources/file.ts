/** A plain file, or an object in a bucket, as an input. */
import type { Input, Slab } from '../contracts/input.ts';
import { shrank, type RangedFile } from './ranged-file.ts';
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
    /** Whether all that was asked for so far came whole: what is read ahead behind a gap is no continuation. */
    let isWhole = Promise.resolve(true);
    return readSlabs(pool, from, {
      async fill(buffer) {
        const at = position;
        const room = Math.max(0, Math.min(buffer.length, end - at));
        const wasWhole = isWhole;
        const reading = file.read(buffer.subarray(0, room), at);
        if (isOnDisk) {
          position += room;
          isWhole = Promise.all([wasWhole, reading]).then(
            ([before, length]) => before && length === room,
            () => false,
          );
        }
        const length = await reading;
        if (!(await wasWhole)) throw shrank(file, at);
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
