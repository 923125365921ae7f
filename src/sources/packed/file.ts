/** A packed file as an input. Offsets are in the unpacked bytes. */
import type { Input, Slab } from '../../contracts/input.ts';
import { Cursor } from './cursor.ts';
import type { Packed } from './packing.ts';
import type { SharedReading } from '../shared-reading.ts';
import type { RangedFile } from '../ranged-file.ts';
import { readSlabs } from '../slabs.ts';

/**
 * A packed file cannot be entered in the middle: a reader continues from where an earlier one stopped if that
 * is not beyond its own start, else it starts over. `close` closes the file.
 */
export function packedInput(file: RangedFile, packed: Packed, shared: SharedReading): Input {
  const { cursors, pool } = shared;
  let furthest = 0;

  async function* read(from: number, to = Number.MAX_SAFE_INTEGER): AsyncGenerator<Slab> {
    const cursor =
      cursors.take(file, from) ??
      new Cursor(file, { packed, onRead: (position) => (furthest = Math.max(furthest, position)) });
    // A cursor that failed, or was left in the middle of a step, is of no use to anybody.
    let reusable = true;
    try {
      yield* readSlabs(pool, from, {
        async fill(buffer) {
          reusable = false;
          await cursor.skipTo(from);
          const room = Math.max(0, Math.min(buffer.length, to - cursor.position));
          const length = await cursor.fill(buffer.subarray(0, room));
          reusable = true;
          return length;
        },
        stop: () => undefined,
      });
    } finally {
      if (reusable) await cursors.keep(cursor);
      else await cursor.close();
    }
  }

  return {
    path: file.path,
    kind: 'gzip',
    sourceBytes: file.size,
    version: file.version,
    readSourceBytes: () => furthest,
    read,
    modifiedMs: () => file.modifiedMs(),
    settledUpTo: async () => undefined,
    async close() {
      await cursors.forget(file);
      await file.forget();
    },
  };
}
