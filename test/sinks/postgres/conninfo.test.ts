/** Connection strings, read without a server. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAddress } from '../../../src/sinks/postgres/conninfo/address.ts';
import { parseConninfo } from '../../../src/sinks/postgres/conninfo/parse.ts';
import { findPassword } from '../../../src/sinks/postgres/conninfo/password-file.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { conninfoContext } from './conninfo-context.ts';

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
  ])('%s', (text, expected) => {
    expect(Object.fromEntries(parseConninfo(text))).toEqual(expected);
  });

  test.each(['secret words=a b', "a='secret", 'postgres://u:secret%zz@h', 'postgres://h?secret', '=secret'])(
    '%s is refused, and shown to nobody',
    (text) => {
      const thrown = caught(() => parseConninfo(text));
      expect(thrown).toMatchObject({ kind: 'usage' });
      if (!text.includes('?')) expect(String(thrown)).not.toContain('secret');
    },
  );
});

describe('an address', () => {
  test.each([
    [
      'from PSQL_CONN_STRING',
      undefined,
      { PSQL_CONN_STRING: 'host=h user=u dbname=d' },
      'postgres://u@h:5432/d',
    ],
    [
      'from libpq variables',
      undefined,
      { PGHOST: 'h', PGPORT: '1', PGUSER: 'u', PGDATABASE: 'd' },
      'postgres://u@h:1/d',
    ],
    [
      'of the user of the process, and a database of the same name',
      'host=h',
      {},
      'postgres://clerk@h:5432/clerk',
    ],
    ['of several hosts', 'host=a,b port=1,2', {}, 'postgres://clerk@a:1,b:2/clerk'],
    ['without its password', 'postgres://u:hidden@h/d', {}, 'postgres://u@h:5432/d'],
  ])('%s', async (_, text, environment, shown) => {
    expect((await readAddress(text, conninfoContext({ environment }))).shown).toBe(shown);
  });

  test.each([
    ['hots=h', {}, '"hots"'],
    ['postgres://h/d?sslmod=require', {}, '"sslmod"'],
    ['sslmode=perhaps', {}, 'sslmode'],
    ['postgres://h:0/d', {}, 'port'],
    ['host=a,b,c port=1,2', {}, '2 ports'],
    ['connect_timeout=soon', {}, 'connect_timeout'],
    ['requirepeer=postgres', {}, '"requirepeer"'],
    ['host=h', { PGREQUIREAUTH: 'scram-sha-256' }, 'PGREQUIREAUTH'],
    ['host=h', { PGSSLMODE: 'perhaps' }, 'PGSSLMODE'],
    ['gssencmode=require', {}, 'gssencmode'],
    ['channel_binding=require', {}, 'channel_binding'],
    ['sslmode=verify-ca', {}, 'root certificate'],
    ['sslnegotiation=direct', {}, 'sslnegotiation'],
    ['service=nowhere', {}, '"nowhere"'],
    ['constructor=a', {}, '"constructor"'],
  ])('with %s is refused by name', async (text, environment, named) => {
    const reading = readAddress(text, conninfoContext({ environment }));
    await expect(reading).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(named) as string,
    });
  });

  test('says which keywords change nothing', async () => {
    const notices: string[] = [];
    const onNotice = (_: string, message: string) => notices.push(message);
    await readAddress(
      'host=h keepalives_count=3 client_encoding=UTF8 krbsrvname=p',
      conninfoContext({ onNotice }),
    );
    expect(notices).toEqual([
      expect.stringContaining('keepalives_count has no effect'),
      expect.stringContaining('krbsrvname has no effect'),
    ]);
  });

  test('waits for thirty seconds, or as long as is said', async () => {
    const timeoutOf = async (text: string) =>
      (await readAddress(text, conninfoContext())).config.connectionTimeoutMillis;
    expect(
      await Promise.all(
        ['host=h', 'connect_timeout=1', 'connect_timeout=9', 'connect_timeout=0'].map(timeoutOf),
      ),
    ).toEqual([30_000, 2_000, 9_000, 0]);
  });
});

describe('a password file', () => {
  const question = { host: 'h', port: 5432, database: 'd', user: 'u' };

  async function ask(text: string, mode = 0o600) {
    const notices: string[] = [];
    const path = join(await temporaryDirectory(), 'pgpass');
    await writeFile(path, text);
    await chmod(path, mode);
    const password = await findPassword(path, question, (code) => notices.push(code));
    return { password, notices };
  }

  test.each([
    ['h:5432:d:u:right', 'right'],
    ['*:*:*:*:right', 'right'],
    ['# h:5432:d:u:wrong\n\nother:*:*:*:wrong\nh:*:d:*:right\n*:*:*:*:wrong', 'right'],
    [String.raw`h:5432:d:u:a\:b\\c`, String.raw`a:b\c`],
    ['h:5432:d:u:a:b', 'a:b'],
    ['h:5432:d:other:wrong', undefined],
    ['h:5432:d:u', undefined],
  ])('%j', async (text, password) => {
    expect((await ask(text)).password).toBe(password);
  });

  test('that others may read is not used, which is said', async () => {
    expect(await ask('*:*:*:*:right', 0o640)).toEqual({
      password: undefined,
      notices: ['password-file-ignored'],
    });
  });
});

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
