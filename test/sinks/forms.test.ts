import { describe, expect, test } from 'vitest';
import { readOutputForm } from '../../src/sinks/output-form.ts';
import { parseTableName, quoteTable } from '../../src/sinks/postgres/table/table-name.ts';

describe('--output', () => {
  test.each([
    ['-', { kind: 'stdout' }],
    ['events.csv', { kind: 'file', path: 'events.csv' }],
    ['out/', { kind: 'directory', path: 'out' }],
    ['/', { kind: 'directory', path: '/' }],
    ['.', { kind: 'directory', path: '.' }],
    ['postgres:', { kind: 'postgres', url: undefined }],
    ['postgresql://u@h/d', { kind: 'postgres', url: 'postgresql://u@h/d' }],
    ['postgres:service=prod', { kind: 'postgres', url: 'service=prod' }],
    ['postgres:analytics', { kind: 'postgres', url: 'analytics' }],
  ])('%s', (text, form) => {
    expect(readOutputForm(text)).toEqual(form);
  });

  test.each(['s3://bucket', 'https://example.com/', ''])('refuses %j', (text) => {
    expect(() => readOutputForm(text)).toThrow(expect.objectContaining({ kind: 'usage' }) as Error);
  });
});

describe('a table name', () => {
  test.each([
    ['events', '"events"'],
    ['analytics.Events', '"analytics"."events"'],
    ['"my.schema"."T"', '"my.schema"."T"'],
    ['Public."Ev""ents"', '"public"."Ev""ents"'],
    ['Événements_2', '"Événements_2"'],
    ['"events"', '"events"'],
  ])('%s', (text, quoted) => {
    expect(quoteTable(parseTableName(text))).toBe(quoted);
  });

  test.each(['a.b.c', '', '.', 'a.', '.b', '""', '"a', 'a"b"', 'my-table', 'My Schema.t', 'a'.repeat(64)])(
    '%j is none',
    (text) => {
      expect(() => parseTableName(text)).toThrow(expect.objectContaining({ kind: 'usage' }) as Error);
    },
  );
});
