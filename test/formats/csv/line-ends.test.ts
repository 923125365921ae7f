import { expect, test } from 'vitest';
import { newlineIn, withoutReturn } from '../../../src/formats/csv/line-ends.ts';

test('a line end behind the bytes is none', () => {
  const bytes = Buffer.from('\na\nb\n');
  expect([
    newlineIn(bytes, 0, 5),
    newlineIn(bytes, 1, 5),
    newlineIn(bytes, 1, 2),
    newlineIn(bytes, 3, 4),
  ]).toEqual([0, 2, -1, -1]);
  expect(newlineIn(Buffer.from('ab'), 0, 2)).toBe(-1);
});

test('a carriage return belongs to the line end, but not one in front of the line', () => {
  const bytes = Buffer.from('\ra\r\n');
  expect([withoutReturn(bytes, 0, 3), withoutReturn(bytes, 0, 2), withoutReturn(bytes, 1, 1)]).toEqual([
    2, 2, 1,
  ]);
});
