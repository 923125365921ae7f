/**
 * Raw deflate (RFC 1951), one block at a time, tuned for rows of text: fast matches where fields begin, one
 * Huffman code per stretch, a sync flush at the end. Blocks are independent of each other, and their
 * concatenated outputs form one stream. AssemblyScript, compiled to WebAssembly; tests verify it with zlib's
 * `inflate`.
 */
import { compress } from './compress.ts';

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
  return compress(input, input + length, output);
}
