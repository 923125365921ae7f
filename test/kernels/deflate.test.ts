import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deflateKernel } from '../../src/delivery/upload/deflate-kernel.ts';
import {
  eventRows,
  mixed,
  numbersFrom,
  periodic,
  randomBytes,
  repeatedAt,
  skewed,
  unlikeItsSample,
} from './deflate-cases.ts';

const compress = deflateKernel();
const mebibyte = 1024 * 1024;

/** Compresses, holds the result against zlib's inflate and against the bound on its size, and returns the size. */
function roundTrip(bytes: Uint8Array): number {
  const parts = compress?.(bytes) ?? [];
  const stream = Buffer.concat([...parts, Uint8Array.of(3, 0)]);
  expect(Buffer.compare(inflateRawSync(stream), bytes)).toBe(0);
  const length = stream.length - 2;
  expect(length).toBeLessThanOrEqual(storedLength(bytes.length) * 1.001 + 8);
  return length;
}

/** What blocks that are only stored would take. */
function storedLength(length: number): number {
  return length + 5 * Math.ceil(length / 65_535);
}

it('runs on this machine', () => {
  expect(compress).toBeDefined();
});

describe('gives back what went in', () => {
  it('of no bytes, and of few', () => {
    const below = numbersFrom(1);
    for (let length = 0; length <= 300; length++) {
      roundTrip(Buffer.alloc(length, 0x61));
      roundTrip(randomBytes(length, below));
      roundTrip(randomBytes(length, below, 3));
    }
  });

  it.each([257, 258, 259, 260, 261, 515, 516, 517, 518, 519, 1_000])('of matches of %i bytes', (length) => {
    const below = numbersFrom(length);
    for (const distance of [length, 1_024, 32_760, 32_767, 32_768, 32_769, 65_535, 65_536, 65_537, 131_072]) {
      roundTrip(repeatedAt(distance, length, below));
    }
  });

  it('of every short period', () => {
    const below = numbersFrom(2);
    for (let period = 1; period < 300; period += period < 40 ? 1 : 7)
      roundTrip(periodic(period, 2_000 + below(1_000), below));
  });

  it('of a block of zeros, of noise, and of more than the kernel takes at once', () => {
    const below = numbersFrom(3);
    roundTrip(Buffer.alloc(mebibyte));
    roundTrip(randomBytes(mebibyte, below));
    roundTrip(mixed(2 * mebibyte + 17, below));
  });

  it('of counts that ask for codes beyond the limit', () => {
    roundTrip(skewed(numbersFrom(4)));
  });

  it.each([0, 1, 2, 3])('of rows unlike the sample that the code is made from (%i)', (phase) => {
    roundTrip(unlikeItsSample(phase, numbersFrom(phase)));
  });

  it('of any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 4_096 }), (bytes) => void roundTrip(bytes)));
  });

  it('of any mixture, whatever the kernel did before', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 200_000 }), (seed, length) => {
        roundTrip(mixed(length, numbersFrom(seed)));
      }),
      { numRuns: 30 },
    );
  });
});

it('makes events no larger than zlib at its fastest level does', () => {
  const rows = eventRows(2 * mebibyte, numbersFrom(5));
  let zlib = 0;
  for (let from = 0; from < rows.length; from += mebibyte) {
    const piece = rows.subarray(from, from + mebibyte);
    zlib += deflateRawSync(piece, { level: 1, finishFlush: constants.Z_SYNC_FLUSH }).length;
  }
  expect(roundTrip(rows)).toBeLessThan(zlib * 1.03);
});
