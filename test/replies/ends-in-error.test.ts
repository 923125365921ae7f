import { describe, expect, test } from 'vitest';
import { isErrorText } from '../../src/replies/ends-in-error.ts';
import type { Column } from '../../src/contracts/dataset.ts';

const columns: Column[] = [
  { name: 'id', type: 'text' },
  { name: 'time', type: 'timestamp' },
  { name: 'type', type: 'text' },
];
const header = Buffer.from('id,time,type\n');
const before = Buffer.from('z,2026-11-01T00:00:00Z,view\n');

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
    ['a,2026-11-01T00:00:00Z,view,more\n', false],
    ['{a},b,c\n', false],
    ['\n', false],
    ['', false],
  ])('%j: %o', (text, expected) => {
    expect(isErrorText({ bytes: Buffer.from(text), before, header, columns }, columns)).toBe(expected);
  });

  test.each([
    ['a,2026-11-01T00:00:00Z\r\n', 'b,2026-11-01T00:00:00Z\r\n', false],
    ['a,2026-11-01T00:00:00Z\n', '"b\nb",c\n', false],
    ['a,2026-11-01T00:00:00Z\n', 'b\n', true],
    ['', 'b,2026-11-01T00:00:00Z\n', true],
  ])('may be shorter than the header where the one before it is: %j, %j', (text, last, expected) => {
    const row = { bytes: Buffer.from(last), before: Buffer.from(text), header, columns };
    expect(isErrorText(row, columns)).toBe(expected);
  });

  test.each([
    ['b,2026-11-01T00:00:00Z,true', 'c,2026-11-01T00:00:00Z,tInternal server error', true],
    ['b,2026-11-01T00:00:00Z,true', 'c,2026-11-01T00:00:00Z,"tInternal server error"', true],
    ['b,2026-11-01T00:00:00Z,true', 'c,2026-11-01T00:00:00Z,false', false],
    ['b,2026-11-01T00:00:00Z,true', 'c,2026-11-01T00:00:00Z,', false],
    ['b,2026-11-01T00:00:00Z,maybe', 'c,2026-11-01T00:00:00Z,perhaps', false],
    ['', 'c,2026-11-01T00:00:00Z,perhaps', false],
  ])(
    'is told by the type of its last cell, where the row before it has that: %j, %j',
    (text, last, expected) => {
      const typed = [...columns.slice(0, 2), { name: 'dnt', type: 'boolean' as const }];
      const row = {
        bytes: Buffer.from(`${last}\n`),
        before: Buffer.from(`${text}\n`),
        header,
        columns: typed,
      };
      expect(isErrorText(row, columns)).toBe(expected);
    },
  );

  test('is a row where the table has one column', () => {
    const narrow = {
      bytes: Buffer.from('a\n'),
      before,
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
    ['{"id":"aInternal server error\n', true],
    ['\r\n', false],
  ])('%j: %o', (text, expected) => {
    const line = { bytes: Buffer.from(text), before, header: Buffer.alloc(0), columns };
    expect(isErrorText(line, columns)).toBe(expected);
  });
});
