import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { idMember } from '../../src/shaping/ids/ids.ts';
import { RowKernel } from '../../src/shaping/slabs/row-kernel.ts';
import { propertyRuns } from '../property-runs.ts';
import { numbersFrom, randomBytes } from './deflate-cases.ts';

const made = RowKernel.create();
if (made === undefined) throw new Error('the kernel does not run on this machine');
const kernel = made;

it('is that of zlib at every length, wherever the bytes stand', () => {
  const noise = randomBytes(1024, numbersFrom(1));
  for (let length = 0; length <= 700; length++) {
    for (const shift of [0, 1, 15]) {
      const bytes = kernel.load([noise]).subarray(shift, shift + length);
      expect(kernel.checksum(bytes, 0), `${length} bytes`).toBe(crc32(bytes));
      expect(kernel.checksum(bytes, 0x8765_4321), `${length} bytes`).toBe(crc32(bytes, 0x8765_4321));
    }
  }
});

it('is that of zlib of much, and of much in two parts', () => {
  const noise = Buffer.alloc(1_100_000, randomBytes(65_521, numbersFrom(2)));
  fc.assert(
    fc.property(fc.nat(noise.length), fc.nat(), fc.nat(), (length, place, cut) => {
      const from = place % (noise.length - length + 1);
      const bytes = kernel.load([noise.subarray(from, from + length)]);
      const at = cut % (length + 1);
      const expected = crc32(bytes);
      expect(kernel.checksum(bytes)).toBe(expected);
      expect(kernel.checksum(bytes.subarray(at), kernel.checksum(bytes.subarray(0, at)))).toBe(expected);
    }),
    propertyRuns(30),
  );
});

it('is that of zlib in the id of a row of every length', () => {
  const rows = Array.from(
    { length: 600 },
    (_, length) => `{"a":"${'abcdefghijklmnopq'.repeat(40).slice(0, length)}"}`,
  );
  const { exports } = kernel;
  const { bytes: member, idAt } = idMember('id');
  exports.beginRules(Number.NEGATIVE_INFINITY, true, Number.POSITIVE_INFINITY);
  exports.beginReshaping(false, true);
  exports.setMissingIds(1);
  exports.setMember(kernel.lend(member), member.length, idAt);
  const lines = kernel.load([Buffer.from(`${rows.join('\n')}\n`)]);
  exports.limit(rows.length, 1e9, 1e9);
  exports.setOutput(exports.arena.value, 1024 * 1024);
  exports.copy(lines.byteOffset, lines.byteOffset + lines.length, 0, Number.POSITIVE_INFINITY);
  const written = kernel.view(exports.arena.value, exports.outEnd.value).toString().trimEnd().split('\n');
  const ends = written.map((row) => (JSON.parse(row) as { id: string }).id.slice(-8));
  expect(ends).toEqual(rows.map((row) => crc32(row).toString(16).padStart(8, '0')));
});
