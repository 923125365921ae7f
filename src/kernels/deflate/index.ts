/**
 * Raw deflate, RFC 1951, of one block at a time, made for rows of text: fast matches where fields begin, one Huffman code
 * for each stretch of them, a sync flush at the end. Blocks know nothing of each other, and what they give, one behind the
 * other, is one stream. AssemblyScript, compiled to WebAssembly; `inflate` of zlib is its judge in the tests.
 */
import { beginBits, out, pending, pendingBits, putStored, putSyncFlush, resumeBits } from './bits.ts';
import { buildCodes, estimatedBits } from './codes.ts';
import { encode } from './encode.ts';
import { putHeader } from './header.ts';
import { beginMatches, continueMatches, findMatches } from './matches.ts';

/** Bytes that share codes at the most: their counts stay below what a sort of them takes. */
const MAX_STRETCH: usize = 1_048_576;
/** About what a header takes. */
const HEADER_BYTES: usize = 100;
/** How far reads and writes go beyond what they are about. */
const SLACK: usize = 128;

/** Where bytes are to be put, and where they are written to. */
export let input: usize = 0;
export let output: usize = 0;

/** To be called once. Blocks have at most `bytes`; what becomes of one takes less than twice as many. */
export function reserve(bytes: usize): void {
  input = heap.alloc(bytes + SLACK);
  output = heap.alloc(2 * bytes + SLACK);
}

/** Compresses the first `length` bytes of the input; returns how many bytes of the output that gave. */
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

/** A stretch with codes of its own, or as it is where they would not make it smaller. */
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
    // The codes are made from a sample, and the rest was unlike it.
    resumeBits(start, startPending, startBits);
  }
  putStored(from, to);
}
