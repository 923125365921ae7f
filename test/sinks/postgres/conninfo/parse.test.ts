/** Connection strings, read as psql reads them. */
import { describe, expect, test } from 'vitest';
import { parseConninfo } from '../../../../src/sinks/postgres/conninfo/parse.ts';

describe('a connection string', () => {
  test.each([
    ['postgres://u:p%40ss@h:6543/d', { user: 'u', password: 'p@ss', host: 'h', port: '6543', dbname: 'd' }],
    ['postgresql://', {}],
    ['postgres:///d?host=/run/postgresql', { dbname: 'd', host: '/run/postgresql' }],
    ['postgres://%2Frun%2Fpostgresql/d', { host: '/run/postgresql', dbname: 'd' }],
    ['postgres://[::1]:5433,h2/d', { host: '::1,h2', port: '5433,', dbname: 'd' }],
    ['postgres://h/a?dbname=b&ssl=true', { host: 'h', dbname: 'b', sslmode: 'require' }],
    ['postgres://u:a:b@h', { user: 'u', password: 'a:b', host: 'h' }],
    ['postgres://h?options=-c%20search_path%3Da', { host: 'h', options: '-c search_path=a' }],
    ['analytics', { dbname: 'analytics' }],
    [
      String.raw`host = h  password='it\'s \\ here' user=a\ b`,
      { host: 'h', password: String.raw`it's \ here`, user: 'a b' },
    ],
    [`host='' dbname=d`, { host: '', dbname: 'd' }],
    ['  host=h\tport=1\n', { host: 'h', port: '1' }],
    ['host=a host=b', { host: 'b' }],
    ['user= dbname=d', { user: 'dbname=d' }],
    [`options='-c a=b' user=x`, { options: '-c a=b', user: 'x' }],
    [`user=it's`, { user: "it's" }],
    ['user=a\\ b\\\\c', { user: 'a b\\c' }],
    ['', { dbname: '' }],
    ['POSTGRES://h', { host: 'h' }],
    ['PostgreSQL://h', { host: 'h' }],
    ['postgres://h/d?', { host: 'h', dbname: 'd' }],
    ['postgres://h/d?port=1&user=a%26b', { host: 'h', dbname: 'd', port: '1', user: 'a&b' }],
    ['postgres://h?ssl=false', { host: 'h', ssl: 'false' }],
    ['postgres://h?sslmode=true', { host: 'h', sslmode: 'true' }],
    ['postgres://@h', { host: 'h' }],
    ['postgres://:p@h', { password: 'p', host: 'h' }],
    ['postgres://u:@h', { user: 'u', password: '', host: 'h' }],
    ['postgres://u@', { user: 'u' }],
    ['postgres://u%3Aa@h', { user: 'u:a', host: 'h' }],
    ['postgres://:5433', { port: '5433' }],
    ['postgres://a,b:2', { host: 'a,b', port: ',2' }],
    ['postgres://[fe80::1%25eth0]/d', { host: 'fe80::1%eth0', dbname: 'd' }],
    ['postgres://h:1?user=a@b', { host: 'h', port: '1', user: 'a@b' }],
    ['postgres://h/a@b', { host: 'h', dbname: 'a@b' }],
    ['postgres://h/a/b', { host: 'h', dbname: 'a/b' }],
    ['postgres://h/%64', { host: 'h', dbname: 'd' }],
    ['postgres://h?application_name=a/b@c', { host: 'h', application_name: 'a/b@c' }],
  ])('%s', (text, expected) => {
    expect(Object.fromEntries(parseConninfo(text))).toEqual(expected);
  });

  test.each([
    'secret words=a b',
    "a='secret",
    'postgres://u:secret%zz@h',
    'postgres://h?secret',
    '=secret',
    'postgres://u:secret%00@h',
    'postgres://h?user=secret=b',
    "a='secret'b",
    'user=secret\\',
    'postgres://u:p@secret@h',
    'postgres://u:secret/x@h/d',
    'postgres://u:12/secret@h/d',
  ])('%s is refused, and shown to nobody', (text) => {
    const thrown = caught(() => parseConninfo(text));
    expect(thrown).toMatchObject({ kind: 'usage' });
    if (!text.includes('?')) expect(String(thrown)).not.toContain('secret');
  });
});

test('a login that a question mark cut is refused, and shown to nobody', () => {
  const thrown = caught(() => parseConninfo('postgres://u:p?secret@h/d'));
  expect(thrown).toMatchObject({ kind: 'usage' });
  expect(String(thrown)).not.toContain('secret');
});

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
