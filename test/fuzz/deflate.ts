/**
 * Compresses made-up blocks and the files of a folder until a time is over, and holds each against zlib's inflate:
 * `npm run fuzz -- --seconds 60 --seed 1 /usr/share`.
 */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inflateRawSync } from 'node:zlib';
import { deflateKernel } from '../../src/delivery/upload/deflate-kernel.ts';
import {
  mixed,
  numbersFrom,
  periodic,
  repeatedAt,
  unlikeItsSample,
  type Numbers,
} from '../kernels/deflate-cases.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } },
});
const end = Date.now() + Number(values.seconds) * 1_000;
const compress = deflateKernel();
if (compress === undefined) throw new Error('the kernel does not run on this machine');

let blocks = 0;
let bytesIn = 0;
let bytesOut = 0;

for (const block of blocksOf(Number(values.seed), positionals)) {
  const parts = compress(block.bytes);
  const back = inflateRawSync(Buffer.concat([...parts, Uint8Array.of(3, 0)]));
  if (Buffer.compare(back, block.bytes) !== 0) throw new Error(`${block.name} does not come back`);
  blocks += 1;
  bytesIn += block.bytes.length;
  bytesOut += parts.reduce((sum, part) => sum + part.length, 0);
  if (Date.now() > end) break;
}
console.log(`${blocks} blocks, ${bytesIn} bytes to ${bytesOut}: all came back`);

interface NamedBlock {
  name: string;
  bytes: Buffer;
}

function* blocksOf(firstSeed: number, folders: readonly string[]): Generator<NamedBlock> {
  for (const folder of folders) yield* filesOf(folder);
  for (let seed = firstSeed; ; seed++) {
    yield { name: `seed ${seed}`, bytes: makeBlock(numbersFrom(seed)) };
  }
}

function makeBlock(below: Numbers): Buffer {
  const kind = below(8);
  if (kind === 0) return periodic(1 + below(2_000), 1 + below(100_000), below);
  if (kind === 1) return repeatedAt(1 + below(70_000), 1 + below(1_000), below);
  if (kind === 2) return unlikeItsSample(below(4), below).subarray(0, 1 + below(600_000));
  return mixed(1 + below(1_300_000), below);
}

/** The files of a folder and of those in it, a megabyte at a time; what cannot be read is passed over. */
function* filesOf(folder: string): Generator<NamedBlock> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(1024 * 1024);
      for (let offset = 0; ;) {
        const length = readSync(file, bytes, 0, bytes.length, offset);
        if (length === 0) break;
        yield { name: `${path} at ${offset}`, bytes: bytes.subarray(0, length) };
        offset += length;
      }
    } finally {
      closeSync(file);
    }
  }
}
