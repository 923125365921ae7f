/** A plain file, or an object in a bucket, as an input. */
import type { Input, Slab } from '../contracts/input.ts';
import type { RangedFile } from './ranged-file.ts';
import type { SharedReading } from './shared-reading.ts';
import { readSlabs } from './slabs.ts';

/** `read` seeks, so several readers may work at once. `close` closes the file. */
export function fileInput(file: RangedFile, { pool }: Pick<SharedReading, 'pool'>): Input {
  let furthest = 0;

  function read(from: number, to = file.size): AsyncIterable<Slab> {
    const end = Math.min(to, file.size);
    let position = from;
    return readSlabs(pool, from, {
      async fill(buffer) {
        const room = Math.max(0, Math.min(buffer.length, end - position));
        const length = await file.read(buffer.subarray(0, room), position);
        position += length;
        furthest = Math.max(furthest, position);
        return length;
      },
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
