/** Shared by all inputs of a run, so that memory and handles do not grow with their number. */
import { KeptCursors } from './packed/cursor.ts';
import { OpenFiles } from './open-files.ts';
import { SlotPool } from './slots.ts';

export interface SharedReading {
  files: OpenFiles;
  cursors: KeptCursors;
  pool: SlotPool;
}

export function shareReading(): SharedReading {
  return { files: new OpenFiles(), cursors: new KeptCursors(), pool: new SlotPool() };
}
