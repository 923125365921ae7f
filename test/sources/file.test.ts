import { appendFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Input, Slab } from '../../src/contracts/input.ts';
import { fileInput } from '../../src/sources/file.ts';
import type { RangedFile } from '../../src/sources/ranged-file.ts';
import { SlabPool } from '../../src/sources/slabs.ts';
import { bytesOf, numberedBytes, openIn, openOne, outcomeOf, temporaryDirectory } from './reading.ts';

const directory = temporaryDirectory();
const sample = numberedBytes(5_500_000);

async function openSample(bytes = sample): Promise<Input> {
  await writeFile(join(directory.path, 'sample.log'), bytes);
  return openOne(directory.path, 'sample.log');
}

describe('ranges of a plain file', () => {
  it.each([
    [0, undefined],
    [0, 10],
    [2_097_152, 2_097_153],
    [2_097_151, 5_000_000],
    [5_499_999, undefined],
    [5_500_000, undefined],
    [9_000_000, undefined],
    [5, 5],
    [5_400_000, 9_000_000],
  ])('from %d to %s', async (from, to) => {
    const input = await openSample();
    expect((await bytesOf(input, from, to)).equals(sample.subarray(from, to))).toBe(true);
    await input.close();
  });

  it('are right for several readers at once', async () => {
    const input = await openSample();
    const range = fc.tuple(fc.nat(sample.length), fc.nat(sample.length));
    const ranges = fc.array(range, { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(ranges, async (pairs) => {
        const all = await Promise.all(pairs.map(([from, to]) => bytesOf(input, from, to)));
        return all.every((bytes, index) => {
          const [from, to] = pairs[index] ?? [0, 0];
          return bytes.equals(sample.subarray(from, Math.max(from, to)));
        });
      }),
      { numRuns: 20 },
    );
    await input.close();
  });

  it('are counted by the furthest byte read', async () => {
    const input = await openSample();
    expect([input.sourceBytes, input.readSourceBytes()]).toEqual([5_500_000, 0]);
    await bytesOf(input, 0, 3_000_000);
    await bytesOf(input, 0, 10);
    expect(input.readSourceBytes()).toBe(3_000_000);
  });
});

describe('slabs', () => {
  it('keep their bytes until they are released, and at most three are out', async () => {
    const slabBytes = 2 * 1024 * 1024;
    const long = numberedBytes(4 * slabBytes);
    const input = await openSample(long);
    const reader = input.read(0)[Symbol.asyncIterator]();
    const held: Slab[] = [];
    for (let count = 0; count < 3; count++) {
      const next = await reader.next();
      if (next.done !== true) held.push(next.value);
    }
    for (const { bytes, offset } of held) {
      expect(Buffer.compare(bytes, long.subarray(offset, offset + bytes.length))).toBe(0);
    }
    let fourth: unknown;
    const waiting = reader.next().then((next) => (fourth = next));
    await bytesOf(input, 0, 2_000_000);
    expect(fourth).toBeUndefined();
    held[0]?.release();
    await waiting;
    expect(fourth).toMatchObject({ done: false, value: { offset: 3 * slabBytes } });
    await input.close();
  });

  it('are given back when a reader stops early, and twice releasing one is harmless', async () => {
    const input = await openSample();
    for (let round = 0; round < 5; round++) {
      for await (const slab of input.read(0)) {
        slab.release();
        slab.release();
        break;
      }
    }
    const [one, two] = await Promise.all([bytesOf(input), bytesOf(input)]);
    expect(one.equals(sample) && two.equals(sample)).toBe(true);
  });

  it('let a reader stop while it holds all of them', async () => {
    const input = await openSample();
    let count = 0;
    for await (const _slab of input.read(0)) if (++count === 3) break;
    expect(count).toBe(3);
  });
});

describe('a file that changes', () => {
  it('is read to the size it had when it was opened', async () => {
    const input = await openSample(Buffer.from('first\n'));
    await appendFile(join(directory.path, 'sample.log'), 'second\n');
    expect((await bytesOf(input)).toString()).toBe('first\n');
  });

  it.each([2_000_000, 2_097_152, 4_194_304, 5_300_000, 5_499_999])(
    'is a failure that names it when it becomes shorter (%d bytes), behind the bytes that are left',
    async (left) => {
      const input = await openSample();
      await truncate(join(directory.path, 'sample.log'), left);
      const { bytes, error } = await outcomeOf(input);
      expect(bytes.equals(sample.subarray(0, left))).toBe(true);
      expect(error).toMatchObject({
        kind: 'local',
        message: 'sample.log shrank while it was being read',
      });
    },
  );

  it('is a failure behind a gap, though it has grown again where it is read ahead', async () => {
    const slab = 2_097_152;
    const file: RangedFile = {
      path: 'sample.log',
      size: 4 * slab,
      absolutePath: '/logs/sample.log',
      version: undefined,
      read: async (buffer, position) => (position === slab ? 100_000 : buffer.length),
      modifiedMs: async () => undefined,
      forget: async () => undefined,
    };
    const { bytes, error } = await outcomeOf(fileInput(file, { pool: new SlabPool() }));
    expect(bytes).toHaveLength(slab + 100_000);
    expect(error).toMatchObject({ kind: 'local', message: 'sample.log shrank while it was being read' });
  });

  it('is read on under another name once it is open', async () => {
    const input = await openSample();
    await bytesOf(input, 0, 10);
    await rename(join(directory.path, 'sample.log'), join(directory.path, 'sample.log.1'));
    await writeFile(join(directory.path, 'sample.log'), 'another file');
    expect((await bytesOf(input)).equals(sample)).toBe(true);
  });

  it('is a failure when another file took its place before it was read', async () => {
    const input = await openSample();
    await rename(join(directory.path, 'sample.log'), join(directory.path, 'sample.log.1'));
    await writeFile(join(directory.path, 'sample.log'), 'another file');
    const { error } = await outcomeOf(input);
    expect(error).toMatchObject({ kind: 'local' });
    expect(String(error)).toContain('sample.log was replaced');
  });

  it('is a failure when it is gone', async () => {
    const input = await openSample();
    await rename(join(directory.path, 'sample.log'), join(directory.path, 'sample.log.1'));
    const { error } = await outcomeOf(input);
    expect(error).toMatchObject({ kind: 'local', message: expect.stringContaining('ENOENT') as string });
  });
});

it('reads more files than are kept open, again and again', async () => {
  const names = Array.from({ length: 600 }, (_, index) => `file-${String(index).padStart(3, '0')}`);
  await Promise.all(names.map((name) => writeFile(join(directory.path, name), name)));
  const inputs = await openIn(directory.path, ['file-*']);
  for (let round = 0; round < 2; round++) {
    const contents = await Promise.all(inputs.map((input) => bytesOf(input)));
    expect(contents.map(String)).toEqual(names);
  }
  await Promise.all(inputs.map((input) => input.close()));
});
