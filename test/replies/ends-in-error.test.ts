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
    ['a,2026-11-01T00:0Internal server error\n', true],
    ['a,{"error":"gone"}\n', true],
    // Too short, and yet the beginning of a row: it is a reject.
    ['a,2026-11-01T00:00:00Z\n', false],
    ['a,2026-11-01T00:00:00Z,view,error\n', false],
    ['{a},b,c\n', false],
    ['\n', false],
    ['', false],
  ])('%j: %o', (text, expected) => {
    expect(isErrorText({ bytes: Buffer.from(text), header, columns }, columns)).toBe(expected);
  });

  test.each([
    ['c,2026-11-01T00:00:00Z,tInternal server error', true],
    ['c,2026-11-01T00:00:00Z,"tInternal server error"', true],
    ['c,2026-11-01T00:00:00Z,false', false],
    ['c,2026-11-01T00:00:00Z,', false],
    ['c,2026-11-01T00:00:00Z,perhaps', false],
    ['c,an error,perhaps', false],
  ])('is told by the type of its last cell, and what that says: %j', (last, expected) => {
    const typed = [...columns.slice(0, 2), { name: 'dnt', type: 'boolean' as const }];
    const row = { bytes: Buffer.from(`${last}\n`), header, columns: typed };
    expect(isErrorText(row, columns)).toBe(expected);
  });

  test('is a row where the table has one column', () => {
    const narrow = {
      bytes: Buffer.from('a\n'),

      header: Buffer.from('id\n'),
      columns: columns.slice(0, 1),
    };
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
    ['{"id":"aInternal server error\n', true],
    ['{"id":"a",{"message":"upstream closed"}\n', true],
    ['\r\n', false],
  ])('%j: %o', (text, expected) => {
    const line = { bytes: Buffer.from(text), header: Buffer.alloc(0), columns };
    expect(isErrorText(line, columns)).toBe(expected);
  });
});
