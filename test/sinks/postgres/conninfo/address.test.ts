/** Where a connection goes, from its string and what stands around it; no server is asked. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { processMask } from '../../../../src/masking/process-mask.ts';
import { channelsTo, readAddress } from '../../../../src/sinks/postgres/conninfo/address.ts';
import { temporaryDirectory } from '../../../vendors/temporary.ts';
import { conninfoContext } from './context.ts';

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

  test('shows nothing of a password that stands where the port is', async () => {
    await expect(readAddress('postgres://u:secret', conninfoContext({}))).rejects.toMatchObject({
      kind: 'usage',
      message: expect.not.stringContaining('secret') as string,
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

describe('the servers of an address', () => {
  /** As `host hostaddr:port`, without the address where there is none. */
  async function serversOf(text: string): Promise<string[]> {
    const { servers } = await readAddress(text, conninfoContext());
    return servers.map(
      ({ host, hostaddr, port }) => `${host}${hostaddr === undefined ? '' : ` ${hostaddr}`}:${port}`,
    );
  }

  test.each([
    ['', ['localhost:5432']],
    ['port=1', ['localhost:1']],
    ['host=a,b', ['a:5432', 'b:5432']],
    ['host=a,b port=7', ['a:7', 'b:7']],
    ['host=a,b port=7,', ['a:7', 'b:5432']],
    ["host='a , b'", ['a:5432', 'b:5432']],
    ['host=a,,b port=1', ['a:1', 'localhost:1', 'b:1']],
    ['hostaddr=127.0.0.1,::1', ['127.0.0.1 127.0.0.1:5432', '::1 ::1:5432']],
    ['host=a,b hostaddr=127.0.0.1,', ['a 127.0.0.1:5432', 'b:5432']],
    ['host=a port=65535', ['a:65535']],
  ])('%s', async (text, expected) => {
    expect(await serversOf(text)).toEqual(expected);
  });

  test.each([
    ['host=a,b hostaddr=127.0.0.1', '2 hosts'],
    ['hostaddr=127.0.0.1 port=1,2', '2 ports'],
    ['host=@abstract', '@abstract'],
    ['port=0', 'port'],
    ['port=-1', 'port'],
    ['port=65536', 'port'],
    ['port=1.5', 'port'],
    ['port=postgres', 'port'],
  ])('%s is refused', async (text, named) => {
    await expect(serversOf(text)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(named) as string,
    });
  });

  test('are asked in a random order when that is wished', async () => {
    const orderOf = async (text: string) => {
      const draws = [0, 0.99];
      const context = conninfoContext({ random: () => draws.shift() ?? 0 });
      return (await readAddress(text, context)).servers.map(({ host }) => host).join('');
    };
    expect(await orderOf('host=a,b,c load_balance_hosts=random')).toBe('cba');
    expect(await orderOf('host=a,b,c load_balance_hosts=disable')).toBe('abc');
    expect(await orderOf('host=a,b,c')).toBe('abc');
  });

  test.each([
    ['a host', { host: 'h', hostaddr: undefined }, ['tls', 'plain']],
    ['the directory of a socket', { host: '/run', hostaddr: undefined }, ['plain']],
    ['an address, whatever the host is called', { host: '/run', hostaddr: '127.0.0.1' }, ['tls', 'plain']],
  ])('%s is spoken to by its channels', (_, server, expected) => {
    const tls = { channels: ['tls', 'plain'] as const, options: {}, direct: false };
    expect(channelsTo({ ...server, port: 1, password: undefined }, tls)).toEqual(expected);
  });
});

describe('the password of a server', () => {
  /** Of each server, when the file at home has these lines. */
  async function passwordsOf(text: string, lines = '', environment: Record<string, string> = {}) {
    const homeDirectory = await temporaryDirectory();
    await writeFile(join(homeDirectory, '.pgpass'), lines, { mode: 0o600 });
    const { servers } = await readAddress(text, conninfoContext({ homeDirectory, environment }));
    return servers.map(({ password }) => password);
  }

  test.each([
    ['host=h', '', {}, [undefined]],
    ['host=a,b password=mine-1', '*:*:*:*:file-1', {}, ['mine-1', 'mine-1']],
    ['host=a', '*:*:*:*:file-1', { PGPASSWORD: 'variable-1' }, ['variable-1']],
    ['host=a,b port=1,2', 'a:1:*:*:file-1\nb:2:*:*:file-2', {}, ['file-1', 'file-2']],
    ['host=a dbname=d', '*:*:d:clerk:file-1', {}, ['file-1']],
    ['host=a dbname=e', '*:*:d:clerk:file-1', {}, [undefined]],
    ['host=/tmp', 'localhost:5432:*:*:file-1', {}, ['file-1']],
    ['host=/var/run/postgresql', 'localhost:5432:*:*:file-1', {}, ['file-1']],
    ['host=/run/postgresql', 'localhost:5432:*:*:file-1', {}, ['file-1']],
    ['host=/elsewhere', 'localhost:5432:*:*:file-1\n/elsewhere:*:*:*:file-2', {}, ['file-2']],
    ['hostaddr=127.0.0.1', '127.0.0.1:*:*:*:file-1', {}, ['file-1']],
  ])('%s with %j', async (text, lines, environment, expected) => {
    expect(await passwordsOf(text, lines, environment)).toEqual(expected);
    for (const password of expected)
      if (password !== undefined) expect(processMask.text(password)).not.toBe(password);
  });

  test('is in no file when this user has no home', async () => {
    const { servers } = await readAddress('host=h', conninfoContext({ homeDirectory: undefined }));
    expect(servers).toMatchObject([{ password: undefined }]);
  });
});

describe('what is said of an address', () => {
  test.each([
    ['host=/run/db port=1 user=u dbname=d', 'postgres://u@%2Frun%2Fdb:1/d'],
    ['host=::1 user=u dbname=d', 'postgres://u@[::1]:5432/d'],
    ["host=h user='a b' dbname='c/d'", 'postgres://a%20b@h:5432/c%2Fd'],
  ])('%s is shown as a URL', async (text, shown) => {
    expect((await readAddress(text, conninfoContext())).shown).toBe(shown);
  });

  test.each([
    ['postgres://h', { PSQL_CONN_STRING: 'host=other' }, '--output', 'h'],
    [undefined, { PSQL_CONN_STRING: 'host=h' }, 'PSQL_CONN_STRING', 'h'],
    [undefined, { PSQL_CONN_STRING: '', PGHOST: 'h' }, 'PGHOST and PGPORT', 'h'],
    [undefined, {}, 'PGHOST and PGPORT', 'localhost'],
  ])('%s with %j came from %s', async (text, environment, setting, host) => {
    const address = await readAddress(text, conninfoContext({ environment }));
    expect(address).toMatchObject({ setting, servers: [{ host }] });
  });
});

describe('how a connection is made', () => {
  test.each([
    [
      'host=h',
      {},
      {
        user: 'clerk',
        database: 'clerk',
        application_name: 'scarf-cli',
        options: undefined,
        keepAlive: true,
        keepAliveInitialDelayMillis: 0,
      },
    ],
    ['user=u', {}, { user: 'u', database: 'u' }],
    ["user='' dbname=''", { PGUSER: 'u' }, { user: 'clerk', database: 'clerk' }],
    ['keepalives=0', {}, { keepAlive: false }],
    ['keepalives=1 keepalives_idle=7', {}, { keepAlive: true, keepAliveInitialDelayMillis: 7_000 }],
    ['fallback_application_name=f', {}, { application_name: 'f' }],
    ["fallback_application_name=''", {}, { application_name: 'scarf-cli' }],
    ['fallback_application_name=f application_name=a', {}, { application_name: 'a' }],
    ["options='-c a=b'", { PGOPTIONS: '-c c=d' }, { options: '-c a=b' }],
    ['host=h', { PGOPTIONS: '-c c=d' }, { options: '-c c=d' }],
    ['connect_timeout=-1', {}, { connectionTimeoutMillis: 0 }],
    ["connect_timeout=' 3 '", {}, { connectionTimeoutMillis: 3_000 }],
    ['connect_timeout=2', {}, { connectionTimeoutMillis: 2_000 }],
  ])('%s with %j', async (text, environment, config) => {
    expect((await readAddress(text, conninfoContext({ environment }))).config).toMatchObject(config);
  });

  test.each([
    ['host=h', {}, 'any', ['tls', 'plain']],
    ['target_session_attrs=primary', {}, 'primary', ['tls', 'plain']],
    ["target_session_attrs='' sslmode=''", {}, 'any', ['tls', 'plain']],
    ['sslmode=disable', { PGSSLMODE: 'require' }, 'any', ['plain']],
    ['host=h', { PGREQUIRESSL: '1' }, 'any', ['tls']],
    ['host=h', { PGREQUIRESSL: '0' }, 'any', ['tls', 'plain']],
    ['host=h', { PGREQUIRESSL: '1', PGSSLMODE: 'disable' }, 'any', ['plain']],
    // "PostgreSQL 17 documentation, 32.1.2", 2024: `system` makes verify-full the default.
    ['sslrootcert=system', {}, 'any', ['tls']],
    ['host=h', { PGSSLROOTCERT: 'system' }, 'any', ['tls']],
  ])('%s with %j accepts servers that are %s', async (text, environment, sessionAttributes, channels) => {
    const address = await readAddress(text, conninfoContext({ environment }));
    expect(address).toMatchObject({ sessionAttributes, tls: { channels } });
  });

  test.each([
    ['a user that nobody names', { userName: () => undefined }, 'usage'],
    ['a root certificate that cannot be read', { environment: { PGSSLROOTCERT: '/' } }, 'local'],
  ])('%s is an error', async (_, over, kind) => {
    await expect(readAddress('host=h', conninfoContext(over))).rejects.toMatchObject({ kind });
  });

  test('a keyword without effect is named once, unless it is empty', async () => {
    const notices: string[] = [];
    const onNotice = (code: string, message: string) => notices.push(`${code}: ${message}`);
    const environment = { PGKRBSRVNAME: '', PGCLIENTENCODING: 'LATIN1', PGREQUIREPEER: '' };
    for (const encoding of ["''", 'auto', 'utf8', 'UTF-8', 'Unicode'])
      await readAddress(`client_encoding=${encoding}`, conninfoContext({ onNotice, environment }));
    expect(notices).toEqual([]);
    await readAddress('host=h', conninfoContext({ onNotice, environment }));
    expect(notices).toEqual([
      expect.stringMatching(/^keyword-without-effect: client_encoding has no effect: /) as string,
    ]);
  });
});
