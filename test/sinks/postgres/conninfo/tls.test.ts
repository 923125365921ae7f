/** What `sslmode` and its files mean, as libpq documents it; handshakes with a server in this process hold it to that. */
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { connect, createServer, type ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processMask } from '../../../../src/masking/process-mask.ts';
import { makeSelfSignedCertificate } from '../../../../src/sandbox/wire/certificate.ts';
import { ConnectionValues } from '../../../../src/sinks/postgres/conninfo/resolve.ts';
import { planTls } from '../../../../src/sinks/postgres/conninfo/tls.ts';
import { temporaryDirectory } from '../../../vendors/temporary.ts';

const ours = makeSelfSignedCertificate();
const stranger = makeSelfSignedCertificate();

const plan = (values: Record<string, string>, home?: string) =>
  planTls(new ConnectionValues(new Map(Object.entries(values))), home);

/** A home directory with these files in it, by path. */
async function homeWith(files: Record<string, string>): Promise<string> {
  const home = await temporaryDirectory();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(home, name)), { recursive: true });
    await writeFile(join(home, name), text, { mode: 0o600 });
  }
  return home;
}

describe('the channels of a mode', () => {
  test.each([
    ['disable', ['plain']],
    ['allow', ['plain', 'tls']],
    ['prefer', ['tls', 'plain']],
    ['require', ['tls']],
    ['verify-full', ['tls']],
  ])('%s', async (sslmode, channels) => {
    expect(await plan({ sslmode })).toMatchObject({ channels, direct: false });
  });

  test('no file is looked at where there is no TLS', async () => {
    const named = {
      sslrootcert: '/dev/null/missing',
      sslcert: '/dev/null/missing',
      sslcrl: '/dev/null/missing',
    };
    expect(await plan({ sslmode: 'disable', ...named })).toEqual({
      channels: ['plain'],
      options: {},
      direct: false,
    });
  });

  test.each([
    ['disable', false],
    ['allow', false],
    ['prefer', false],
    ['require', true],
    ['verify-full', true],
  ])('TLS without negotiation goes with %s: %s', async (sslmode, goes) => {
    const planned = plan({ sslmode, sslnegotiation: 'direct' });
    if (goes) expect(await planned).toMatchObject({ direct: true });
    else await expect(planned).rejects.toMatchObject({ kind: 'usage' });
  });

  test('negotiation is what happens without a word', async () => {
    expect(await plan({ sslmode: 'require', sslnegotiation: 'postgres' })).toMatchObject({ direct: false });
  });
});

describe('versions of TLS', () => {
  test.each([
    [{}, { minVersion: 'TLSv1.2' }],
    [{ ssl_min_protocol_version: 'TLSv1.3' }, { minVersion: 'TLSv1.3' }],
    [{ ssl_max_protocol_version: 'TLSv1.2' }, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }],
  ])('%j', async (versions, expected) => {
    const { options } = await plan({ sslmode: 'require', ...versions });
    expect(options).toEqual({ rejectUnauthorized: false, ...expected });
  });
});

describe('a server is trusted', () => {
  const server = createServer({ key: ours.key, cert: ours.certificate });
  // A client that refuses the certificate breaks the connection off.
  server
    .on('tlsClientError', () => undefined)
    .on('secureConnection', (socket) => socket.on('error', () => undefined).end());

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    server.close();
    await once(server, 'close');
  });

  async function handshake(options: ConnectionOptions, servername: string): Promise<string> {
    const { port } = server.address() as AddressInfo;
    const socket = connect({ host: '127.0.0.1', port, servername, ...options }).on('error', () => undefined);
    const outcome = await once(socket, 'secureConnect').then(
      () => 'trusted',
      () => 'refused',
    );
    socket.destroy();
    return outcome;
  }

  /** What becomes of a connection to the host of the certificate, and to another. */
  async function outcomes(values: Record<string, string>, home?: string): Promise<string[]> {
    const planned = await plan(values, home).catch((error: unknown) => error);
    if (planned instanceof Error) {
      expect(planned).toMatchObject({ kind: 'usage' });
      return ['no plan', 'no plan'];
    }
    const { options } = planned as Awaited<ReturnType<typeof plan>>;
    return [await handshake(options, 'localhost'), await handshake(options, 'elsewhere.invalid')];
  }

  /** By the root certificate that is there: none, the server's, another's. Of each: the right host, and a wrong one. */
  const anyServer = {
    none: ['trusted', 'trusted'],
    ours: ['trusted', 'trusted'],
    stranger: ['refused', 'refused'],
  };
  test.each([
    ['allow', anyServer],
    ['prefer', anyServer],
    ['require', anyServer],
    ['verify-ca', { ...anyServer, none: ['no plan', 'no plan'] }],
    ['verify-full', { ...anyServer, none: ['refused', 'refused'], ours: ['trusted', 'refused'] }],
  ])('with %s by its root certificate and its host', async (sslmode, expected) => {
    const home = await homeWith({ 'ours.crt': ours.certificate, 'stranger.crt': stranger.certificate });
    const homes = {
      none: home,
      ours: await homeWith({ '.postgresql/root.crt': ours.certificate }),
      stranger: await homeWith({ '.postgresql/root.crt': stranger.certificate }),
    };
    for (const root of ['none', 'ours', 'stranger'] as const) {
      expect([root, await outcomes({ sslmode }, homes[root])]).toEqual([root, expected[root]]);
      if (root === 'none') continue;
      const named = await outcomes({ sslmode, sslrootcert: join(home, `${root}.crt`) }, homes.none);
      expect([root, named]).toEqual([root, expected[root]]);
    }
  });

  test('a root certificate that is named takes the place of the one at home', async () => {
    const home = await homeWith({
      '.postgresql/root.crt': ours.certificate,
      'stranger.crt': stranger.certificate,
    });
    const named = { sslmode: 'verify-full', sslrootcert: join(home, 'stranger.crt') };
    expect(await outcomes(named, home)).toEqual(['refused', 'refused']);
  });

  test.each([
    ['require', ['trusted', 'trusted']],
    ['verify-ca', ['no plan', 'no plan']],
    ['verify-full', ['no plan', 'no plan']],
  ])('with %s and a root certificate that is not there', async (sslmode, expected) => {
    expect(await outcomes({ sslmode, sslrootcert: '/dev/null/missing.crt' })).toEqual(expected);
  });

  test.each([
    ['allow', ['no plan', 'no plan']],
    ['prefer', ['no plan', 'no plan']],
    ['require', ['no plan', 'no plan']],
    ['verify-ca', ['no plan', 'no plan']],
    ['verify-full', ['refused', 'refused']],
  ])('with %s and the authorities of the system', async (sslmode, expected) => {
    const home = await homeWith({ '.postgresql/root.crt': ours.certificate });
    expect(await outcomes({ sslmode, sslrootcert: 'system' }, home)).toEqual(expected);
  });
});

describe('certificates that were revoked', () => {
  const revoked = '-----BEGIN X509 CRL-----';

  test.each([
    ['the list at home is looked at', { '.postgresql/root.crl': revoked }, {}, { crl: revoked }],
    [
      'another is named',
      { '.postgresql/root.crl': 'other', 'mine.crl': revoked },
      { sslcrl: 'mine.crl' },
      { crl: revoked },
    ],
    ['there is no list', {}, {}, {}],
  ])('%s', async (_, files, { sslcrl }: { sslcrl?: string }, expected) => {
    const home = await homeWith({ '.postgresql/root.crt': ours.certificate, ...files });
    const list = sslcrl === undefined ? {} : { sslcrl: join(home, sslcrl) };
    const { options } = await plan({ sslmode: 'verify-full', ...list }, home);
    expect(options).toEqual({ ca: ours.certificate, minVersion: 'TLSv1.2', ...expected });
  });

  test('a list that is named and not there is an error', async () => {
    const home = await homeWith({ '.postgresql/root.crt': ours.certificate });
    const planned = plan({ sslmode: 'require', sslcrl: join(home, 'missing.crl') }, home);
    await expect(planned).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('sslcrl') as string,
    });
  });
});

describe('a client identifies itself', () => {
  const { certificate, key } = ours;
  const atHome = { '.postgresql/postgresql.crt': certificate, '.postgresql/postgresql.key': key };
  const elsewhere = { 'mine.crt': stranger.certificate, 'mine.key': stranger.key };
  const named = { sslcert: 'mine.crt', sslkey: 'mine.key' };

  /** The plan with the paths of `files` below the home directory. */
  async function identified(
    home: string,
    { files = {}, values = {} }: { files?: Record<string, string>; values?: Record<string, string> },
  ) {
    const paths = Object.entries(files).map(([keyword, name]) => [keyword, join(home, name)] as const);
    const { options } = await plan(
      { sslmode: 'require', ...Object.fromEntries<string>(paths), ...values },
      home,
    );
    const { cert, key: clientKey, passphrase } = options;
    return { cert, key: clientKey, passphrase };
  }

  const nobody = { cert: undefined, key: undefined, passphrase: undefined };

  test('with nothing, where there is no certificate', async () => {
    expect(await identified(await homeWith({}), {})).toEqual(nobody);
  });

  test('with what is at home', async () => {
    expect(await identified(await homeWith(atHome), {})).toEqual({ ...nobody, cert: certificate, key });
  });

  test('with what is named', async () => {
    const home = await homeWith({ ...atHome, ...elsewhere });
    expect(await identified(home, { files: named })).toEqual({
      ...nobody,
      cert: stranger.certificate,
      key: stranger.key,
    });
  });

  test('with nothing, when it is told to', async () => {
    const home = await homeWith(atHome);
    expect(await identified(home, { values: { sslcertmode: 'disable' } })).toEqual(nobody);
    expect(await identified(home, { values: { sslcertmode: 'allow' } })).toMatchObject({ cert: certificate });
  });

  test('with a key under a password, which is a secret from then on', async () => {
    const identity = await identified(await homeWith(atHome), {
      values: { sslpassword: 'swordfish-of-key' },
    });
    expect(identity).toMatchObject({ passphrase: 'swordfish-of-key' });
    expect(processMask.text('a swordfish-of-key')).not.toContain('swordfish');
  });

  test.each([
    ['a certificate that is named and not there', { sslcert: 'missing.crt', sslkey: 'mine.key' }, 'sslcert'],
    ['a key that is not there', { sslcert: 'mine.crt', sslkey: 'missing.key' }, 'sslkey'],
    ['a key that is looked for at home', { sslcert: 'mine.crt' }, 'sslkey'],
  ])('%s is an error', async (_, files, keyword) => {
    const planned = identified(await homeWith(elsewhere), { files });
    await expect(planned).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(keyword) as string,
    });
  });

  /** The owner's group may read a key of root only. */
  const group = process.getuid?.() === 0;
  test.each([
    [0o600, true],
    [0o400, true],
    [0o640, group],
    [0o660, false],
    [0o604, false],
    [0o601, false],
  ])('with a key of mode %o: %s', async (mode, isTaken) => {
    const home = await homeWith(elsewhere);
    await chmod(join(home, 'mine.key'), mode);
    const planned = identified(home, { files: named });
    if (isTaken) expect(await planned).toMatchObject({ key: stranger.key });
    else await expect(planned).rejects.toMatchObject({ kind: 'usage' });
  });
});
