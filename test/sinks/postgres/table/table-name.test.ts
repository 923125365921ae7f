/** Names of tables: read as SQL reads them, and written so that SQL reads the same. */
import { describe, expect, test } from 'vitest';
import { parseTableName, quoteName, quoteTable } from '../../../../src/sinks/postgres/table/table-name.ts';

const longest = 'é'.repeat(31) + 'x';

describe('a name', () => {
  test.each<[string, string | undefined, string]>([
    ['events', undefined, 'events'],
    ['Scarf.Events', 'scarf', 'events'],
    ['"My Schema"."Events"', 'My Schema', 'Events'],
    ['a."B.c"', 'a', 'B.c'],
    ['"a ""b"""', undefined, 'a "b"'],
    ['"""".x', '"', 'x'],
    ['_a$1', undefined, '_a$1'],
    // PostgreSQL folds letters of ASCII alone.
    ['ÄRGER_Äb', undefined, 'Ärger_Äb'],
    [longest, undefined, longest],
    [`"${longest}".${longest}`, longest, longest],
  ])('%s', (text, schema, table) => {
    expect(parseTableName(text)).toEqual({ schema, table });
  });

  test.each([
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    'a.b.c',
    '1a',
    '$a',
    'a-b',
    'a b',
    ' a',
    'a ',
    '"a',
    'a"',
    '""',
    '"a"b',
    `${longest}x`,
    `a.${longest}x`,
    `"${longest}x".a`,
  ])('%j is none', (text) => {
    expect(() => parseTableName(text)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: `"${text}" is not a table name: expected TABLE or SCHEMA.TABLE`,
      }),
    );
  });

  test('is quoted for statements', () => {
    expect([quoteName('a'), quoteName('a"b"')]).toEqual(['"a"', '"a""b"""']);
    expect(quoteTable({ schema: undefined, table: 'T' })).toBe('"T"');
    expect(quoteTable({ schema: 'a.b', table: 'c"' })).toBe('"a.b"."c"""');
  });
});
