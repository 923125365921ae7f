/** Connections to a real server, held against those that psql makes with the same string and variables. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeSelfSignedCertificate } from '../../../../src/sandbox/wire/certificate.ts';
import { readAddress } from '../../../../src/sinks/postgres/conninfo/address.ts';
import { connect } from '../../../../src/sinks/postgres/session/connection.ts';
import { withClient } from '../../../postgres-server.ts';
import { findPostgres, useOwnPostgres } from '../../../use-postgres.ts';
import { conninfoContext } from '../conninfo/context.ts';

const run = promisify(execFile);
const programs = findPostgres();
const ofServer = makeSelfSignedCertificate();
const ofClient = makeSelfSignedCertificate();
const ofStranger = makeSelfSignedCertificate();

/** Each role is let in in one way only. */
const rules = `
local all peer_user peer map=here
local all all trust
hostssl all cert_user 127.0.0.1/32 cert map=here
hostssl all tls_user 127.0.0.1/32 trust
hostnossl all plain_user 127.0.0.1/32 trust
host all password_user 127.0.0.1/32 scram-sha-256
host all postgres 127.0.0.1/32 trust
`;
const names = `
here ${userInfo().username} peer_user
here "scarf-cli sandbox" cert_user
`;

/** Who and where we are, and what was set. */
const question = `select concat_ws(' ', current_database(), current_user, coalesce(inet_server_port()::text, 'socket'),
  'ssl=' || (select ssl from pg_stat_ssl where pid = pg_backend_pid()), current_setting('search_path'),
  nullif(nullif(current_setting('application_name'), 'psql'), 'scarf-cli'))`;

type Variables = Record<string, string>;

describe.skipIf(programs === undefined)('a connection', () => {
  const server = useOwnPostgres(programs ?? '', {
    socket: true,
    files: {
      'server.crt': ofServer.certificate,
      'server.key': ofServer.key,
      'clients.crt': ofClient.certificate,
      'pg_hba.conf': rules,
      'pg_ident.conf': names,
    },
    settings: { ssl: 'on', ssl_ca_file: 'clients.crt' },
  });
  let home = '';

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'scarf-cli-'));
    await mkdir(join(home, 'dot'));
    const files = {
      'root.crt': ofServer.certificate,
      'stranger.crt': ofStranger.certificate,
      'client.crt': ofClient.certificate,
      'client.key': ofClient.key,
      'open.key': ofClient.key,
      passwords: `127.0.0.1:*:*:password_user:a\\:b\n`,
      'open-passwords': `*:*:*:*:a\\:b\n`,
      'services.conf': `# ours\n[other]\nhost=127.0.0.2\n[mine]\nhost=127.0.0.1\nport=${server.port}\ndbname=postgres\nuser=postgres\n`,
      'bad-services.conf': `[mine]\nhots=127.0.0.1\n`,
      'dot/.pg_service.conf': `[home]\nhost=127.0.0.1\nport=${server.port}\nuser=password_user\ndbname=postgres\n`,
      'dot/.pgpass': `127.0.0.1:${server.port}:postgres:password_user:a\\:b\n`,
    };
    for (const [name, text] of Object.entries(files))
      await writeFile(join(home, name), text, { mode: 0o600 });
    for (const name of ['open.key', 'open-passwords']) await chmod(join(home, name), 0o644);
    const roles = ['peer_user', 'cert_user', 'tls_user', 'plain_user'].map(
      (role) => `create role ${role} login`,
    );
    await withClient(`postgres://postgres@127.0.0.1:${server.port}/postgres`, (client) =>
      client.query([...roles, `create role password_user login password 'a:b'`].join(';')),
    );
  });

  afterAll(() => rm(home, { recursive: true, force: true }));

  /** PORT, DEAD (where nobody listens), DIR (of the socket) and HOME, put in. */
  const filled = (text: string) =>
    text
      .replaceAll('PORT', String(server.port))
      .replaceAll('DEAD', '9')
      .replaceAll('DIR', server.directory)
      .replaceAll('HOME', home);

  async function byPsql(text: string, environment: Variables): Promise<string> {
    const { stdout } = await run('psql', ['-X', '-w', '-A', '-t', '-c', question, text], {
      env: { PATH: process.env['PATH'], HOME: home, PGCONNECT_TIMEOUT: '10', ...environment },
    });
    return stdout.trim();
  }

  async function byUs(text: string, environment: Variables): Promise<string> {
    const context = conninfoContext({
      environment: { PGCONNECT_TIMEOUT: '10', ...environment },
      homeDirectory: environment['HOME'] ?? home,
      userName: () => userInfo().username,
    });
    const client = await connect(await readAddress(text, context), new AbortController().signal);
    try {
      const { rows } = await client.query<{ concat_ws: string }>(question);
      return rows[0]?.concat_ws ?? '';
    } finally {
      await client.end();
    }
  }

  const bySocket: Variables = { PGHOST: 'DIR', PGPORT: 'PORT', PGUSER: 'postgres', PGDATABASE: 'postgres' };
  const byPort: Variables = { ...bySocket, PGHOST: '127.0.0.1' };
  const certificate = 'sslcert=HOME/client.crt sslkey=HOME/client.key';

  const good: [string, Variables?][] = [
    ['postgres://postgres@127.0.0.1:PORT/postgres'],
    ['postgresql://postgres@127.0.0.1:PORT/template1?application_name=mine'],
    ['host=127.0.0.1 port=PORT user=postgres dbname=postgres'],
    ['template1', byPort],
    ['postgres://', bySocket],
    ['postgres://postgres@127.0.0.1:PORT/postgres?options=-c%20search_path%3Dpg_catalog'],
    ["host=127.0.0.1 port=PORT user=postgres options='-c search_path=a,b'"],
    ['dbname=postgres', { ...byPort, PGOPTIONS: '-c search_path=c', PGAPPNAME: 'nightly' }],
    ['postgres://postgres@/postgres?host=DIR&port=PORT'],
    ['postgres://peer_user@/postgres?host=DIR&port=PORT'],
    ['host=DIR port=PORT user=peer_user dbname=template1'],
    ['postgres://postgres@127.0.0.1:DEAD,127.0.0.1:PORT/postgres'],
    ['host=127.0.0.1,DIR port=DEAD,PORT user=postgres', {}],
    ['host=nowhere.invalid,127.0.0.1 port=PORT user=postgres'],
    ['host=elsewhere.invalid hostaddr=127.0.0.1 port=PORT user=postgres'],
    ['target_session_attrs=read-write', byPort],
    ['target_session_attrs=primary', byPort],
    ['target_session_attrs=prefer-standby', byPort],
    ["target_session_attrs=read-only options='-c default_transaction_read_only=on'", byPort],
    ['postgres://postgres@127.0.0.1:PORT/nowhere?dbname=postgres'],
    ['service=mine', { PGSERVICEFILE: 'HOME/services.conf' }],
    ['postgres://?service=mine&dbname=template1', { PGSERVICEFILE: 'HOME/services.conf', PGUSER: 'nobody' }],
    ['', { PGSERVICE: 'mine', PGSERVICEFILE: 'HOME/services.conf' }],
    ['service=home', { HOME: 'HOME/dot' }],
    ['user=password_user password=a:b', byPort],
    ['user=password_user', { ...byPort, PGPASSWORD: 'a:b' }],
    ['user=password_user passfile=HOME/passwords', byPort],
    ['user=password_user', { ...byPort, PGPASSFILE: 'HOME/passwords' }],
    ['connect_timeout=5', byPort],
    ...['allow', 'prefer', 'require'].map((mode): [string, Variables] => [
      `user=tls_user sslmode=${mode}`,
      byPort,
    ]),
    ...['disable', 'allow', 'prefer'].map((mode): [string, Variables] => [
      `user=plain_user sslmode=${mode}`,
      byPort,
    ]),
    ['user=tls_user', byPort],
    ['user=plain_user', byPort],
    ['postgres://tls_user@127.0.0.1:PORT/postgres?ssl=true'],
    ['sslmode=require', bySocket],
    ['sslmode=verify-ca sslrootcert=HOME/root.crt', byPort],
    ['sslmode=verify-full sslrootcert=HOME/root.crt', byPort],
    ['', { ...byPort, PGSSLMODE: 'verify-full', PGSSLROOTCERT: 'HOME/root.crt' }],
    ['host=elsewhere.invalid hostaddr=127.0.0.1 sslmode=verify-ca sslrootcert=HOME/root.crt', byPort],
    ['host=localhost hostaddr=127.0.0.1 sslmode=verify-full sslrootcert=HOME/root.crt', byPort],
    [`user=cert_user sslmode=require ${certificate}`, byPort],
    [`user=cert_user sslmode=verify-full sslrootcert=HOME/root.crt ${certificate}`, byPort],
    ['user=cert_user', { ...byPort, PGSSLCERT: 'HOME/client.crt', PGSSLKEY: 'HOME/client.key' }],
    ['ssl_min_protocol_version=TLSv1.3', byPort],
  ];

  const bad: [string, Variables?][] = [
    ['hots=127.0.0.1', byPort],
    ['postgres://postgres@127.0.0.1:PORT/postgres?nothing=1'],
    ['postgres://postgres:a%zz@127.0.0.1:PORT/postgres'],
    ['postgres://postgres@127.0.0.1:DEAD,127.0.0.1:DEAD/postgres'],
    ['host=127.0.0.1,127.0.0.1,127.0.0.1 port=PORT,PORT', byPort],
    ['connect_timeout=soon', byPort],
    ['target_session_attrs=standby', byPort],
    ['target_session_attrs=read-only', byPort],
    ['sslmode=perhaps', byPort],
    ['service=nowhere', { PGSERVICEFILE: 'HOME/services.conf' }],
    ['service=mine', { PGSERVICEFILE: 'HOME/missing.conf' }],
    ['service=mine', { PGSERVICEFILE: 'HOME/bad-services.conf' }],
    ['user=password_user', byPort],
    ['user=password_user password=wrong', byPort],
    ['user=password_user passfile=HOME/open-passwords', byPort],
    // A server that lets nobody in is an answer: the next one is not asked.
    ['host=127.0.0.1,DIR port=PORT user=password_user password=wrong dbname=postgres'],
    ['user=tls_user sslmode=disable', byPort],
    ['user=plain_user sslmode=require', byPort],
    ['sslmode=verify-ca', byPort],
    ['sslmode=verify-full', byPort],
    ['sslmode=verify-full sslrootcert=HOME/missing.crt', byPort],
    ['sslmode=verify-ca sslrootcert=HOME/stranger.crt', byPort],
    ['sslmode=require sslrootcert=HOME/stranger.crt', byPort],
    ['host=elsewhere.invalid hostaddr=127.0.0.1 sslmode=verify-full sslrootcert=HOME/root.crt', byPort],
    ['user=cert_user sslmode=require', byPort],
    ['user=cert_user sslmode=require sslcert=HOME/client.crt sslkey=HOME/open.key', byPort],
    ['user=cert_user sslmode=require sslcert=HOME/client.crt sslkey=HOME/missing.key', byPort],
  ];

  const outcomes = async (text: string, variables: Variables = {}) => {
    const environment = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, filled(value)]),
    );
    const ways = [byPsql, byUs].map((way) => way(filled(text), environment));
    return Promise.allSettled(ways);
  };

  test.each(good)('%s with %j is that of psql', async (text, variables) => {
    const [psql, ours] = await outcomes(text, variables);
    expect(psql).toMatchObject({ status: 'fulfilled' });
    expect(ours).toEqual(psql);
  });

  test.each(bad)('%s with %j is refused, by psql as well', async (text, variables) => {
    const [psql, ours] = await outcomes(text, variables);
    expect(psql).toMatchObject({ status: 'rejected' });
    expect(ours).toMatchObject({
      status: 'rejected',
      reason: { name: 'Failure', kind: expect.stringMatching(/^(usage|local)$/) as string },
    });
  });
});
