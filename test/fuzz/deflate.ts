/** Blocks that are compressed, and the files of a folder, held against zlib's inflate. */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { deflateKernel } from '../../src/delivery/upload/deflate-kernel.ts';
import { mixed, periodic, repeatedAt, unlikeItsSample, type Numbers } from '../kernels/deflate-cases.ts';
import type { FuzzTarget } from './target.ts';

/** `folders`: their files, and those in their folders, come before what is made up. */
export function deflateTarget(folders: readonly string[]): FuzzTarget {
  const compress = deflateKernel();
  if (compress === undefined) throw new Error('the kernel does not run on this machine');
  const files = folders.flatMap((folder) => [...filesOf(folder)]);
  return {
    attempt(below) {
      const path = files.pop();
      const counts = { inputs: 1, bytes: 0, packed: 0 };
      for (const block of path === undefined ? [makeBlock(below)] : megabytesOf(path)) {
        const parts = compress(block);
        const back = inflateRawSync(Buffer.concat([...parts, Uint8Array.of(3, 0)]));
        if (Buffer.compare(back, block) !== 0) throw new Error(`${path ?? 'a block'} does not come back`);
        counts.bytes += block.length;
        counts.packed += parts.reduce((sum, part) => sum + part.length, 0);
      }
      return Promise.resolve(counts);
    },
  };
}

function makeBlock(below: Numbers): Buffer {
  const kind = below(8);
  if (kind === 0) return periodic(1 + below(2_000), 1 + below(100_000), below);
  if (kind === 1) return repeatedAt(1 + below(70_000), 1 + below(1_000), below);
  if (kind === 2) return unlikeItsSample(below(4), below).subarray(0, 1 + below(600_000));
  return mixed(1 + below(1_300_000), below);
}

function* filesOf(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) yield join(entry.parentPath, entry.name);
  }
}

/** A file, a megabyte at a time. */
function* megabytesOf(path: string): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(1024 * 1024);
    for (let offset = 0; ;) {
      const length = readSync(file, bytes, 0, bytes.length, offset);
      if (length === 0) return;
      yield bytes.subarray(0, length);
      offset += length;
    }
  } finally {
    closeSync(file);
  }
}
