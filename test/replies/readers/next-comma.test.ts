import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextComma } from '../../../src/replies/readers/next-comma.ts';
import { propertyRuns } from '../../property-runs.ts';

test('is the first comma of the range, in any bytes, at any place', () => {
  // A comma, its neighbours, and bytes that borrow from one another when four are looked at once.
  const byte = fc.constantFrom(0x2c, 0x2b, 0x2d, 0x00, 0xff, 0xac, 0x61, 0x7f, 0x80);
  const cases = fc.record({
    content: fc.array(byte, { maxLength: 24 }),
    before: fc.nat({ max: 5 }),
    behind: fc.array(byte, { maxLength: 4 }),
  });
  fc.assert(
    fc.property(cases, ({ content, before, behind }) => {
      const bytes = Buffer.from([...Array.from({ length: before }, () => 0x2c), ...content, ...behind]);
      const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const end = before + content.length;
      const found = content.indexOf(0x2c);
      expect(nextComma({ bytes, words }, before, end)).toBe(found < 0 ? end : before + found);
    }),
    propertyRuns(500),
  );
});
