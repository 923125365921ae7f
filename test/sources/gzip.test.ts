import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGzip, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Input } from '../../src/contracts/input.ts';
import { gunzip } from '../../src/sources/gzip/gunzip.ts';
import { bytesOf, numberedBytes, openIn, openOne, outcomeOf, temporaryDirectory } from './reading.ts';
import { propertyRuns } from '../property-runs.ts';

const directory = temporaryDirectory();
const sample = numberedBytes(3_300_000);
const packed = gzipSync(sample, { level: 1 });

async function openGzip(bytes: Uint8Array): Promise<Input> {
  await writeFile(join(directory.path, 'sample'), bytes);
  return openOne(directory.path, 'sample');
}

describe('a gzip file', () => {
  it.each([
    [0, undefined],
    [0, 10],
    [1_048_576, 1_048_577],
    [3_299_999, undefined],
    [3_300_000, undefined],
    [9_000_000, undefined],
    [2_000_000, 2_000_000],
  ])('from %d to %s', async (from, to) => {
    const input = await openGzip(packed);
    expect((await bytesOf(input, from, to)).equals(sample.subarray(from, to))).toBe(true);
    await input.close();
  });

  it('goes on from where an earlier reader stopped', async () => {
    const input = await openGzip(packed);
    await bytesOf(input, 0, 1_500_000);
    const read = input.readSourceBytes();
    expect(read).toBeLessThanOrEqual(packed.length);
    for (const [from, to] of [
      [1_500_000, 1_500_001],
      [1_600_000, 1_700_000],
      [1_700_000, 3_300_000],
      [5, 100],
      [3_000_000, undefined],
    ] as const) {
      expect((await bytesOf(input, from, to)).equals(sample.subarray(from, to))).toBe(true);
    }
    expect(input.readSourceBytes()).toBe(packed.length);
    await input.close();
  });

  it('can be read by several readers at once, and left early', async () => {
    const input = await openGzip(packed);
    const first = input.read(0)[Symbol.asyncIterator]();
    const begun = await first.next();
    if (begun.done !== true) begun.value.release();
    const others = await Promise.all([
      bytesOf(input, 100, 2_000_000),
      bytesOf(input, 0, 50),
      bytesOf(input, 3_000_000),
    ]);
    await first.return?.();
    expect(others.map((bytes) => bytes.length)).toEqual([1_999_900, 50, 300_000]);
    expect((await bytesOf(input, 1_000_000)).equals(sample.subarray(1_000_000))).toBe(true);
    await input.close();
  });

  it('may be empty, or hold an empty member', async () => {
    expect(await bytesOf(await openGzip(gzipSync('')))).toHaveLength(0);
    const members = Buffer.concat([gzipSync(''), gzipSync('a'), gzipSync(''), gzipSync('b')]);
    expect((await bytesOf(await openGzip(members))).toString()).toBe('ab');
  });
});

it('takes flat memory for many files that were begun', async () => {
  const bytes = gzipSync(numberedBytes(600_000), { level: 1 });
  const names = Array.from({ length: 300 }, (_, index) => `file-${index}`);
  await Promise.all(names.map((name) => writeFile(join(directory.path, name), bytes)));
  const inputs = await openIn(directory.path, ['file-*']);
  const before = process.memoryUsage.rss();
  for (const input of inputs) expect(await bytesOf(input, 0, 65_536)).toHaveLength(65_536);
  expect(process.memoryUsage.rss() - before).toBeLessThan(80_000_000);
});

describe('members, padding and cuts', () => {
  const parts = ['first member\n', 'second, longer than the first\n'.repeat(9), 'third\n'];
  const padded = Buffer.concat(parts.flatMap((part) => [gzipSync(part), Buffer.alloc(700)]));
  const joined = Buffer.concat(parts.map((part) => gzipSync(part)));

  it('reads members and padding, however the bytes arrive', async () => {
    const cuts = fc.array(fc.nat(padded.length), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(padded, joined), cuts, async (bytes, places) => {
        const { text, error } = await unpacked(pieces(bytes, places));
        return text === parts.join('') && error === undefined;
      }),
      propertyRuns(100),
    );
  });

  it('reads members and padding from a file', async () => {
    expect((await bytesOf(await openGzip(padded))).toString()).toBe(parts.join(''));
  });

  it('delivers all that the bytes hold before it says that they are cut off', async () => {
    for (let length = 2; length < joined.length; length++) {
      const { text, error } = await unpacked(pieces(joined.subarray(0, length), []));
      expect(parts.join('').startsWith(text)).toBe(true);
      const whole = parts.map(
        (_, index) => Buffer.concat(parts.slice(0, index + 1).map((p) => gzipSync(p))).length,
      );
      if (whole.includes(length)) expect(error).toBeUndefined();
      else
        expect(error).toMatchObject({
          kind: 'local',
          message: expect.stringContaining('truncated') as string,
        });
      const members = whole.filter((end) => end <= length).length;
      expect(text.length).toBeGreaterThanOrEqual(parts.slice(0, members).join('').length);
    }
  });

  it('keeps little back of a large file that is cut off', async () => {
    const cut = Math.floor(packed.length / 2);
    const { bytes, error } = await outcomeOf(await openGzip(packed.subarray(0, cut)));
    expect(error).toMatchObject({
      kind: 'local',
      message: 'sample is truncated: unexpected end of gzip data',
    });
    expect(sample.subarray(0, bytes.length).equals(bytes)).toBe(true);
    expect(bytes.length).toBeGreaterThan(1_500_000);
  });

  it('says the same each time it is read', async () => {
    const input = await openGzip(packed.subarray(0, 30_000));
    const first = await outcomeOf(input);
    const again = await outcomeOf(input, 1000);
    expect(again.bytes.equals(first.bytes.subarray(1000))).toBe(true);
    expect(again.error).toMatchObject({ kind: 'local' });
    await input.close();
  });

  it.each([
    [
      'text behind the last member',
      Buffer.concat([gzipSync('good\n'), Buffer.from('garbage')]),
      'good\n',
      'from byte 25 on',
    ],
    [
      'text behind padding',
      Buffer.concat([gzipSync('good\n'), Buffer.alloc(9), Buffer.from('garbage')]),
      'good\n',
      'from byte 34 on',
    ],
    ['a wrong checksum', withByte(gzipSync('good\n'), -6, 0xff), 'good\n', 'sample is corrupt'],
    ['a damaged header', withByte(gzipSync('good\n'), 2, 0x07), '', 'sample is corrupt'],
  ])('says so: %s', async (_name, bytes, text, message) => {
    const outcome = await outcomeOf(await openGzip(bytes));
    expect(outcome.error).toMatchObject({
      kind: 'local',
      message: expect.stringContaining(message) as string,
    });
    expect(outcome.bytes.toString()).toBe(text);
  });
});

it('takes flat memory for data that expands a thousand times', async () => {
  const expanded = 400_000_000;
  const block = Buffer.alloc(1_000_000, 'a');
  const gzip = createGzip();
  const compressed: Buffer[] = [];
  gzip.on('data', (bytes: Buffer) => compressed.push(bytes));
  for (let written = 0; written < expanded; written += block.length) {
    if (!gzip.write(block)) await new Promise((resolve) => gzip.once('drain', resolve));
  }
  await new Promise((resolve) => gzip.once('end', resolve).end());
  const input = await openGzip(Buffer.concat(compressed));
  const before = process.memoryUsage.rss();
  let highest = before;
  let bytes = 0;
  const hash = createHash('sha1');
  for await (const slab of input.read(0)) {
    bytes += slab.bytes.length;
    hash.update(slab.bytes.subarray(0, 1));
    highest = Math.max(highest, process.memoryUsage.rss());
    slab.release();
  }
  expect(bytes).toBe(expanded);
  expect(highest - before).toBeLessThan(150_000_000);
});

async function unpacked(source: AsyncIterable<Uint8Array>): Promise<{ text: string; error: unknown }> {
  let text = '';
  try {
    for await (const bytes of gunzip(source, 'sample')) text += Buffer.from(bytes).toString('latin1');
  } catch (error) {
    return { text, error };
  }
  return { text, error: undefined };
}

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const to of [...cuts].sort((left, right) => left - right).concat(bytes.length)) {
    yield bytes.subarray(from, to);
    from = to;
  }
}

function withByte(bytes: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.at(at) === value ? value ^ 1 : value, at < 0 ? changed.length + at : at);
  return changed;
}
