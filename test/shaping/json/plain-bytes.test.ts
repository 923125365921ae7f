import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endOfPlainBytes } from '../../../src/shaping/json/plain-bytes.ts';
import { propertyRuns } from '../../property-runs.ts';

const isSpecial = (byte: number): boolean => byte < 0x20 || byte === 0x22 || byte === 0x5c;

/** Mostly the bytes around those that end a run, where a trick with whole words would go wrong. */
const someByte = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(0x1f, 0x20, 0x21, 0x22, 0x23, 0x5b, 0x5c, 0x5d, 0x7f, 0x80, 0x9f, 0xa2, 0xdc, 0xff),
);

test('finds the first byte that does not stand for itself', () => {
  fc.assert(
    fc.property(fc.array(someByte, { maxLength: 24 }), fc.nat(4), fc.nat(4), (row, front, behind) => {
      // Quotes around the range would mislead whoever leaves it.
      const bytes = Buffer.from([
        ...Array<number>(front).fill(0x22),
        ...row,
        ...Array<number>(behind).fill(0x22),
      ]);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const first = row.findIndex(isSpecial);
      const expected = front + (first < 0 ? row.length : first);
      expect(endOfPlainBytes(bytes, view, front, front + row.length)).toBe(expected);
    }),
    propertyRuns(2000),
  );
});
