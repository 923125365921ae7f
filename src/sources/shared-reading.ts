/** Shared by all inputs of a run, so that memory and handles do not grow with their number. */
import type { ObjectReader } from '../contracts/storage.ts';
import { ObjectPieces } from './object-file.ts';
import { KeptCursors } from './packed/cursor.ts';
import { OpenFiles } from './open-files.ts';
import { SlabPool } from './slabs.ts';

export interface SharedReading {
  files: OpenFiles;
  /** Undefined where inputs are only files. */
  objects: { reader: ObjectReader; pieces: ObjectPieces } | undefined;
  cursors: KeptCursors;
  pool: SlabPool;
}

export function shareReading({
  objects: reader,
  threads,
}: {
  objects?: ObjectReader | undefined;
  threads?: number;
}): SharedReading {
  return {
    files: new OpenFiles(),
    objects: reader === undefined ? undefined : { reader, pieces: new ObjectPieces(reader) },
    cursors: new KeptCursors(),
    pool: new SlabPool(threads),
  };
}
