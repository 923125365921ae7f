import type { Machine } from '../../machine.ts';
import type { Chunk } from './chunks.ts';

/** Bytes of rows between two collections: ten milliseconds of work each, in every two seconds of the fastest run. */
const bytesBetween = 1_000_000_000;

/**
 * Collects old objects now and then; to be called for each chunk. Left to itself, V8 lets 5 MB of them pile up, however
 * few are in use: what belongs to an upload lives too long to be collected as new.
 */
export function collectNowAndThen(
  machine: Pick<Machine, 'collectGarbage'>,
): (chunk: Pick<Chunk, 'pieces'>) => void {
  let bytes = 0;
  return ({ pieces }) => {
    for (const piece of pieces) bytes += piece.bytes;
    if (bytes < bytesBetween) return;
    bytes = 0;
    machine.collectGarbage();
  };
}
