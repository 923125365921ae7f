import { isLosslessNumber } from 'lossless-json';
import { expect, test } from 'vitest';
import { decodeNdjsonRow } from '../../../src/replies/readers/ndjson-cells.ts';

function decode(text: string): Record<string, unknown> | undefined {
  const bytes = Buffer.from(`[]\n${text}\n[]`);
  return decodeNdjsonRow(bytes, 3, bytes.length - 3);
}

test('a row is its object; numbers that a double holds are numbers, others keep their digits', () => {
  const row = decode('{"a":"é","b":1.5,"c":9007199254740993,"d":[true,null]}');
  expect(row).toMatchObject({ a: 'é', b: 1.5, d: [true, null] });
  expect([isLosslessNumber(row?.['c']), String(row?.['c'])]).toEqual([true, '9007199254740993']);
});

test.each(['[1]', '"x"', '7', 'null', '', '{"a":', '{} {}'])('%j is no row', (text) => {
  expect(decode(text)).toBeUndefined();
});
