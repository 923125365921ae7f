import { describe, expect, test } from 'vitest';
import { judgeLastRow } from '../../src/replies/ends-in-error.ts';
import type { Column } from '../../src/contracts/dataset.ts';

const columns: Column[] = [
  { name: 'id', type: 'text' },
  { name: 'time', type: 'timestamp' },
  { name: 'type', type: 'text' },
];
const header = Buffer.from('id,time,type\n');

describe('the last row of a table', () => {
  test.each([
    ['Internal server error\n', 'error'],
    ['"upstream, or what is behind it, timed out"\r\n', 'error'],
    ['{"error":"internal"}\n', 'error'],
    ['{"error":"internal","code":500}\n', 'error'],
    ['<html>a, b</html>\n', 'error'],
    ['a,2026-11-01T00:00:00Z,view\n', 'row'],
    ['a,,\n', 'row'],
    ['a,2026-11-01T00:0Internal server error\n', 'doubtful'],
    ['a,{"error":"gone"}\n', 'doubtful'],
    // Too short, and yet the beginning of a row: it is a reject.
    ['a,2026-11-01T00:00:00Z\n', 'row'],
    ['a,2026-11-01T00:00:00Z,view,error\n', 'row'],
    ['{a},b,c\n', 'row'],
    ['\n', 'row'],
    ['', 'row'],
  ])('%j: %o', (text, expected) => {
    expect(judgeLastRow({ bytes: Buffer.from(text), header, columns }, columns)).toBe(expected);
  });

  test.each([
    ['c,2026-11-01T00:00:00Z,tInternal server error', 'doubtful'],
    ['c,2026-11-01T00:00:00Z,"tInternal server error"', 'doubtful'],
    ['c,2026-11-01T00:00:00Z,false', 'row'],
    ['c,2026-11-01T00:00:00Z,', 'row'],
    ['c,2026-11-01T00:00:00Z,perhaps', 'row'],
    ['c,an error,perhaps', 'row'],
  ])('is told by the type of its last cell, and what that says: %j', (last, expected) => {
    const typed = [...columns.slice(0, 2), { name: 'dnt', type: 'boolean' as const }];
    const row = { bytes: Buffer.from(`${last}\n`), header, columns: typed };
    expect(judgeLastRow(row, columns)).toBe(expected);
  });

  test('is a row where the table has one column', () => {
    const narrow = {
      bytes: Buffer.from('a\n'),

      header: Buffer.from('id\n'),
      columns: columns.slice(0, 1),
    };
    expect(judgeLastRow(narrow, columns)).toBe('row');
  });
});

describe('the last line of NDJSON', () => {
  test.each([
    ['Internal server error\n', 'error'],
    ['"error"\n', 'error'],
    ['[1]\n', 'error'],
    ['{"error":"internal"}\n', 'error'],
    ['{"error":"of a row","id":"a"}\n', 'row'],
    ['{"id":"a"}\n', 'row'],
    ['{}\n', 'row'],
    // Damaged, and yet the beginning of a row: it is a reject.
    ['{"id":\n', 'row'],
    ['{"id":"aInternal server error\n', 'doubtful'],
    ['{"id":"a",{"message":"upstream closed"}\n', 'doubtful'],
    ['\r\n', 'row'],
  ])('%j: %o', (text, expected) => {
    const line = { bytes: Buffer.from(text), header: Buffer.alloc(0), columns };
    expect(judgeLastRow(line, columns)).toBe(expected);
  });
});
