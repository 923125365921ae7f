import { expect, test } from 'vitest';
import { createTextFormat } from '../../../src/formats/text/text.ts';
import { deliver } from '../../shaping/delivered.ts';
import { places, rowsOf, supplyIn } from '../rows.ts';

const SLABS: [number[]][] = [[[1]], [[5, 2]], [[13]], [[10_000]]];

test.each(SLABS)('a line is a row, in slabs of %j', async (slabSizes) => {
  const text = '\uFEFFone "1"\r\n\n \ttwo\t\\\u0001é\n';
  const delivered = await deliver(supplyIn(createTextFormat(), text, { slabSizes }));
  expect(rowsOf(delivered)).toEqual([{ text: 'one "1"' }, { text: ' \ttwo\t\\\u0001é' }]);
});

test.each(SLABS)('lines that do not begin a row go on with it, in slabs of %j', async (slabSizes) => {
  const text = 'left over\n2024 a\n  at b\r\n\n  at c\r\n2024 d\n\n\n2025 e';
  const supply = supplyIn(createTextFormat(/^20\d\d /), text, { slabSizes });
  const delivered = await deliver(supply, undefined, { maxRows: 1, maxBytes: 1e6 });
  const texts = ['left over', '2024 a\n  at b\r\n\n  at c', '2024 d\n\n', '2025 e'];
  expect(rowsOf(delivered)).toEqual(texts.map((row) => ({ text: row })));
  expect(delivered.blocks.map(({ range }) => range.line)).toEqual([1, 2, 6, 9]);
  for (const { range, text: blockText } of delivered.blocks) {
    expect((await deliver(supply, range)).text).toBe(blockText);
  }
});

test('a carriage return is a line end in front of a line feed alone', async () => {
  for (const [slabSizes] of SLABS) {
    const delivered = await deliver(supplyIn(createTextFormat(/^B/), 'B\r1\r\n2\r\nB3\r', { slabSizes }));
    expect(rowsOf(delivered)).toEqual([{ text: 'B\r1\r\n2' }, { text: 'B3\r' }]);
  }
});

test.each([[3], [50], [10_000]])(
  'a row of too many lines is passed over as one, in slabs of %i',
  async (slabSize) => {
    const long = `BEGIN\n${'more\n'.repeat(100)}`;
    const text = `BEGIN 1\n${long}BEGIN 2\nx\n${long}`;
    const format = createTextFormat(/^BEGIN/);
    const delivered = await deliver(supplyIn(format, text, { slabSizes: [slabSize], maxRowBytes: 100 }));
    expect(rowsOf(delivered)).toEqual([{ text: 'BEGIN 1' }, { text: 'BEGIN 2\nx' }]);
    expect(places(delivered)).toEqual([
      [2, 'row-too-long'],
      [105, 'row-too-long'],
    ]);
    expect(delivered.blocks.at(-1)).toMatchObject({ nextLine: 206, range: { to: text.length } });
  },
);
