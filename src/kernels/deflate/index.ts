/**
 * Raw deflate (RFC 1951), one block at a time, tuned for rows of text: fast matches where fields begin, one
 * Huffman code per stretch, a sync flush at the end. Blocks are independent of each other, and their
 * concatenated outputs form one stream. AssemblyScript, compiled to WebAssembly; tests verify it with zlib's
 * `inflate`.
 */
import { beginBits, out, pending, pendingBits, putStored, putSyncFlush, resumeBits } from './bits.ts';
import { buildCodes, estimatedBits } from './codes.ts';
import { encode } from './encode.ts';
import { putHeader } from './header.ts';
import { beginMatches, continueMatches, findMatches } from './matches.ts';

/** Maximum length of a stretch. It keeps symbol counts below the limit of the sort. */
const MAX_STRETCH: usize = 1_048_576;
/** Approximate size of a header. */
const HEADER_BYTES: usize = 100;
/** How far reads and writes may exceed their range. */
const SLACK: usize = 128;

/** Addresses of the input and output buffers. */
export let input: usize = 0;
export let output: usize = 0;

/**
 * Must be called once, before all else. A block has at most `bytes` bytes; its output is less than twice as
 * long.
 */
export function reserve(bytes: usize): void {
  input = heap.alloc(bytes + SLACK);
  output = heap.alloc(2 * bytes + SLACK);
}

/** Compresses the first `length` bytes of the input; returns the length of the output. */
export function deflate(length: usize): usize {
  const end = input + length;
  beginBits(output);
  beginMatches(input);
  for (let done = input; done < end;) {
    const until = findMatches(input, min(end, done + MAX_STRETCH));
    putStretch(done, until);
    continueMatches(until);
    done = until;
  }
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
