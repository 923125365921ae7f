/** From options to a table: how its columns are named, and what stands in front of it. */
import { expect, test } from 'vitest';
import { createFormat, type FormatSettings } from '../../../src/formats/options.ts';
import { deliver } from '../../shaping/delivered.ts';
import { rowsOf, supplyIn } from '../rows.ts';

function formatOf(content: string, settings: Partial<FormatSettings>) {
  const head = { bytes: Buffer.from(content), isWhole: true };
  return createFormat({ format: 'csv', empty: 'omit', ...settings }, { path: 'a', head });
}

async function read(
  content: string,
  settings: Partial<FormatSettings>,
  slabSizes: readonly number[] = [1000],
) {
  return deliver(supplyIn(formatOf(content, settings), content, { slabSizes }));
}

test.each([
  ['first', 'a,b\n1,2\n', [{ a: '1', b: '2' }]],
  ['none', 'a,b\n', [{ column1: 'a', column2: 'b' }]],
  ['x, y', 'a,b\n', [{ x: 'a', y: 'b' }]],
  ['fields', '#Version: 1.0\n#Fields: a b\n1,2\n', [{ a: '1', b: '2' }]],
  ['fields:x,y', '#Version: 1.0\n#Fields: a b\n1,2\n', [{ a: '1', b: '2' }]],
  ['fields:x,y', '1,2\n#Fields: a b\n', [{ x: '1', y: '2' }]],
])('--header %s of %j', async (header, content, rows) => {
  for (const slab of [1, 7, 1000]) {
    const delivered = await read(content, { header }, [slab]).catch((error: unknown) => ({ thrown: error }));
    expect('text' in delivered ? rowsOf(delivered) : delivered).toEqual(rows);
  }
});

test('a line of fields that is missing is an error, one that changes them in the middle too', async () => {
  expect(() => formatOf('1,2\n', { header: 'fields' })).toThrow(/#Fields/);
  const content = '#Fields: a b\n1,2\n#Fields: a b\n3,4\n';
  expect(rowsOf(await read(content, { header: 'fields' }))).toEqual([
    { a: '1', b: '2' },
    { a: '3', b: '4' },
  ]);
  const changed = await read(`${content}#Fields: b a\n5,6\n`, { header: 'fields' });
  expect(changed.thrown).toMatchObject({ kind: 'usage' });
  expect(changed.text).not.toContain('5');
});

test('rejects of a table that is named by a line of fields begin with that line', () => {
  const format = formatOf('#Version: 1.0\n#Fields: a b\n1,2\n', { header: 'fields' });
  expect(Buffer.from(format.preamble(Buffer.from('1,2\n'))).toString()).toBe('#Fields: a b\n');
});

test.each([
  [{}, 'sep=;\na;b\n1;2\n'],
  [{ delimiter: ';' }, 'sep=;\na;b\n1;2\n'],
  [{ delimiter: ';' }, 'sep=,\na;b\n1;2\n'],
])('with %j sep= is no row', async (settings, content) => {
  expect(rowsOf(await read(content, settings))).toEqual([{ a: '1', b: '2' }]);
});

test('none unsets quote and escape', async () => {
  const content = 'a,b\n"1,\\2\n';
  expect(rowsOf(await read(content, { quote: 'none', escape: 'none' }))).toEqual([{ a: '"1', b: '\\2' }]);
});
