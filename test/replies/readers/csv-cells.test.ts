import { expect, test } from 'vitest';
import { decodeCsvRow, splitCsvRow } from '../../../src/replies/readers/csv-cells.ts';

test.each([
  ['', ['']],
  ['\n', ['']],
  ['a', ['a']],
  ['a,b\r\n', ['a', 'b']],
  [',\n', ['', '']],
  ['a,\n', ['a', '']],
  ['"a",\n', ['a', '']],
  ['"",b\n', ['', 'b']],
  ['"a""b",c\n', ['a"b', 'c']],
  ['"""",c\n', ['"', 'c']],
  ['"a\n,b",c\n', ['a\n,b', 'c']],
  ['"a"b,c\n', ['ab', 'c']],
  ['"a" ,c\n', ['a ', 'c']],
  ['"a,b\n', ['a,b']],
  ['"a,b""\n', ['a,b"']],
  ['a"b,c"\n', ['a"b', 'c"']],
  ['a\rb,c\r\n', ['a\rb', 'c']],
])('%j has the cells %j', (row, cells) => {
  expect(splitCsvRow(row)).toEqual(cells);
});

test('the cells of one row among others', () => {
  const bytes = Buffer.from('é,1\n東,"2\n"\r\nx,3\n');
  const from = bytes.indexOf('東');
  expect(decodeCsvRow(bytes, from, bytes.indexOf('x'))).toEqual(['東', '2\n']);
});
