import { describe, expect, test } from 'vitest';
import { isErrorText } from '../../src/replies/ends-in-error.ts';
import type { Column } from '../../src/contracts/dataset.ts';

const columns: Column[] = [
  { name: 'id', type: 'text' },
  { name: 'time', type: 'timestamp' },
  { name: 'type', type: 'text' },
];
const header = Buffer.from('id,time,type\n');

describe('the last row of a table', () => {
  test.each([
    ['Internal server error\n', true],
    ['"upstream, or what is behind it, timed out"\r\n', true],
    ['{"error":"internal"}\n', true],
    ['{"error":"internal","code":500}\n', true],
    ['<html>a, b</html>\n', true],
    ['a,2026-11-01T00:00:00Z,view\n', false],
    ['a,,\n', false],
    // Too short, and yet the beginning of a row: it is a reject.
    ['a,2026-11-01T00:00:00Z\n', false],
    ['{a},b,c\n', false],
    ['\n', false],
    ['', false],
  ])('%j: %o', (text, expected) => {
    expect(isErrorText({ bytes: Buffer.from(text), header, columns }, columns)).toBe(expected);
  });

  test('is a row where the table has one column', () => {
    const narrow = { bytes: Buffer.from('a\n'), header: Buffer.from('id\n'), columns: columns.slice(0, 1) };
    expect(isErrorText(narrow, columns)).toBe(false);
  });
});

describe('the last line of NDJSON', () => {
  test.each([
    ['Internal server error\n', true],
    ['"error"\n', true],
    ['[1]\n', true],
    ['{"error":"internal"}\n', true],
    ['{"error":"of a row","id":"a"}\n', false],
    ['{"id":"a"}\n', false],
    ['{}\n', false],
    // Damaged, and yet the beginning of a row: it is a reject.
    ['{"id":\n', false],
    ['\r\n', false],
  ])('%j: %o', (text, expected) => {
    expect(isErrorText({ bytes: Buffer.from(text), header: Buffer.alloc(0), columns }, columns)).toBe(
      expected,
    );
  });
});
