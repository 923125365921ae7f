/** Compresses one block: finds its matches stretch by stretch, and writes each with codes of its own. */
import { beginBits, out, pending, pendingBits, putStored, putSyncFlush, resumeBits } from './bits.ts';
import { buildCodes, estimatedBits } from './codes.ts';
import { encode } from './encode.ts';
import { beginHints } from './hints.ts';
import { putHeader } from './header.ts';
import { beginMatches, continueMatches, findMatches } from './matches.ts';

/** Maximum length of a stretch. It keeps symbol counts below the limit of the sort. */
const MAX_STRETCH: usize = 1_048_576;
/** Approximate size of a header. */
const HEADER_BYTES: usize = 100;

/**
 * Compresses `[from, to)` to `output`, which has room for twice as much; returns the length of what was
 * written. Reads and writes may exceed their ranges by less than 128 bytes.
 */
export function compress(from: usize, to: usize, output: usize): usize {
  beginBits(output);
  beginMatches(from);
  for (let done = from; done < to;) {
    const until = findMatches(from, min(to, done + MAX_STRETCH));
    putStretch(done, until);
    continueMatches(until);
    done = until;
  }
  beginHints();
  putSyncFlush();
  return out - output;
}

/** Writes a stretch with its own codes, or stored where codes would not make it smaller. */
function putStretch(from: usize, to: usize): void {
  const bytes = to - from;
  buildCodes(from, to);
  if (((estimatedBits >> 3) as usize) + HEADER_BYTES < bytes) {
    const start = out;
    const startPending = pending;
    const startBits = pendingBits;
    putHeader();
    encode(from, to);
    if (out - start <= bytes) return;
    // The codes were derived from a sample that did not represent the rest.
    resumeBits(start, startPending, startBits);
  }
  putStored(from, to);
}
