import { describe, expect, test } from 'vitest';
import { readOutputForm } from '../../src/sinks/output-form.ts';
import { readAddress } from '../../src/sinks/postgres/connection.ts';
import { parseKeywords } from '../../src/sinks/postgres/keywords.ts';
import { parseTableName, quoteTable } from '../../src/sinks/postgres/table-name.ts';

describe('--output', () => {
  test.each([
    ['-', { kind: 'stdout' }],
    ['events.csv', { kind: 'file', path: 'events.csv' }],
    ['out/', { kind: 'directory', path: 'out' }],
    ['/', { kind: 'directory', path: '/' }],
    ['.', { kind: 'directory', path: '.' }],
    ['postgres:', { kind: 'postgres', url: undefined }],
    ['postgresql://u@h/d', { kind: 'postgres', url: 'postgresql://u@h/d' }],
  ])('%s', (text, form) => {
    expect(readOutputForm(text)).toEqual(form);
  });

  test.each(['s3://bucket/x', 'https://example.com/', ''])('refuses %j', (text) => {
    expect(() => readOutputForm(text)).toThrow(expect.objectContaining({ kind: 'usage' }) as Error);
  });
});

describe('a database', () => {
  test.each([
    [
      'a URL',
      'postgres://u:p%40ss@h:6543/d',
      {},
      { user: 'u', password: 'p@ss', host: 'h', port: 6543, database: 'd' },
    ],
    [
      'PSQL_CONN_STRING',
      undefined,
      { PSQL_CONN_STRING: "host=h dbname='my base' user=u" },
      { host: 'h', database: 'my base', user: 'u' },
    ],
    [
      'PG variables',
      undefined,
      { PGHOST: 'h', PGDATABASE: 'd', PGUSER: 'u', PGPASSWORD: 'p', PGPORT: '1' },
      { host: 'h', database: 'd', user: 'u', password: 'p', port: 1 },
    ],
    ['a URL and PGPASSWORD', 'postgres://u@h/d', { PGPASSWORD: 'p' }, { host: 'h', password: 'p' }],
    ['a socket', 'postgres:///d?host=/run/postgresql', {}, { host: '/run/postgresql', database: 'd' }],
    ['sslmode', 'postgres://h/d?sslmode=verify-full', {}, { ssl: true }],
  ])('by %s', (_, url, environment, config) => {
    expect(readAddress(url, environment as Record<string, string>).config).toMatchObject(config);
  });

  test('is shown without its password', () => {
    expect(readAddress('postgres://u:hidden@h/d', {}).shown).toBe('postgres://u@h:5432/d');
  });

  test.each(['postgres://h:0/d', 'postgres://h/d?sslmode=perhaps'])('%s is refused', (url) => {
    expect(() => readAddress(url, {})).toThrow(expect.objectContaining({ kind: 'usage' }) as Error);
  });
});

test('keywords with quotes and escapes', () => {
  expect([...parseKeywords(String.raw`host = h  password='it\'s \\ here' user=a\ b`)]).toEqual([
    ['host', 'h'],
    ['password', String.raw`it's \ here`],
    ['user', 'a b'],
  ]);
  expect(() => parseKeywords('secret words')).toThrow(/neither a URL nor keywords/);
  expect(() => parseKeywords("a='b")).toThrow(/neither a URL nor keywords/);
});

describe('the name of a table', () => {
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
