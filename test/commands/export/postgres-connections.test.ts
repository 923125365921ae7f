/** Exports into databases that are named in other ways than by a URL. */
import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeSelfSignedCertificate } from '../../../src/sandbox/wire/certificate.ts';
import { withClient } from '../../postgres-server.ts';
import { findPostgres, useOwnPostgres } from '../../use-postgres.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { makeEvents } from './event-rows.ts';
import { startExportServer } from './export-server.ts';
import { runCli } from './run-cli.ts';

const plan = { from: '2026-11-01', to: '2026-11-01', perDay: 20 };
const rows = makeEvents(plan);
const programs = findPostgres();
const ofServer = makeSelfSignedCertificate();
const ofClient = makeSelfSignedCertificate();

describe.skipIf(programs === undefined)('an export', () => {
  const server = useOwnPostgres(programs ?? '', {
    socket: true,
    files: {
      'server.crt': ofServer.certificate,
      'server.key': ofServer.key,
      'clients.crt': ofClient.certificate,
      'pg_hba.conf': `local all all peer map=here\nhostssl all clerk 127.0.0.1/32 cert map=here\nhost all postgres 127.0.0.1/32 trust\n`,
      'pg_ident.conf': `here ${userInfo().username} postgres\nhere "scarf-cli sandbox" clerk\n`,
    },
    settings: { ssl: 'on', ssl_ca_file: 'clients.crt' },
  });
  const warnings: string[] = [];
  const onWarning = (warning: Error) => warnings.push(`${warning.name}: ${warning.message}`);

  beforeAll(() => void process.on('warning', onWarning));
  afterAll(() => {
    process.off('warning', onWarning);
    // Node writes these to standard error.
    expect(warnings).toEqual([]);
  });

  async function exportTo(output: string, environment: Record<string, string> = {}, directory?: string) {
    const { url, asked } = await startExportServer({ rows: () => rows });
    const argv = ['export', 'events', '--output', output, '--from', plan.from, '--to', plan.to];
    const run = await runCli(argv, {
      url,
      directory: directory ?? (await temporaryDirectory()),
      environment,
    });
    return { ...run, asked };
  }

  async function countEvents(database: string): Promise<number | undefined> {
    const { rows: found } = await withClient(database, (client) =>
      client.query<{ n: number }>('select count(*)::int as n from scarf_events_raw'),
    );
    return found[0]?.n;
  }

  test.each([
    ['two hosts, the first one dead', 'postgres://postgres@127.0.0.1:9,127.0.0.1:PORT/NAME', {}],
    ['keywords', 'postgres:host=127.0.0.1 port=PORT user=postgres dbname=NAME', {}],
    [
      'a bare name and a socket with peer',
      'postgres:NAME',
      { PGHOST: 'DIR', PGPORT: 'PORT', PGUSER: 'postgres' },
    ],
    ['sslmode=require', 'postgres://postgres@127.0.0.1:PORT/NAME?sslmode=require', {}],
    [
      'PSQL_CONN_STRING with several hosts',
      'postgres:',
      { PSQL_CONN_STRING: 'postgresql://postgres@127.0.0.1:9,127.0.0.1:PORT/NAME?sslmode=prefer' },
    ],
  ])('by %s', async (_, output, variables) => {
    const database = await server.createDatabase();
    const filled = (text: string) =>
      text
        .replaceAll('PORT', String(server.port))
        .replaceAll('DIR', server.directory)
        .replaceAll('NAME', new URL(database).pathname.slice(1));
    const environment = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, filled(value)]),
    );
    const { exit, stderr } = await exportTo(filled(output), environment);
    expect(stderr).toContain('complete');
    expect(exit).toBe(0);
    expect(await countEvents(database)).toBe(20);
  });

  test('by a service, with a certificate of the client', async () => {
    const database = await server.createDatabase();
    const directory = await temporaryDirectory();
    const files = {
      'services.conf': `[analytics]\nhost=127.0.0.1\nport=${server.port}\nuser=clerk\ndbname=${new URL(database).pathname.slice(1)}\nsslmode=verify-full\nsslrootcert=${directory}/root.crt\n`,
      'root.crt': ofServer.certificate,
      'client.crt': ofClient.certificate,
      'client.key': ofClient.key,
    };
    for (const [name, text] of Object.entries(files))
      await writeFile(join(directory, name), text, { mode: 0o600 });
    await withClient(database, (client) =>
      client.query('create role clerk login; grant create, usage on schema public to clerk'),
    );
    const environment = {
      PGSERVICEFILE: join(directory, 'services.conf'),
      PGSSLCERT: join(directory, 'client.crt'),
      PGSSLKEY: join(directory, 'client.key'),
    };
    const { exit, stderr } = await exportTo('postgres:service=analytics', environment, directory);
    expect(stderr).toContain('complete');
    expect(exit).toBe(0);
    expect(await countEvents(database)).toBe(20);
  });

  test.each([
    ['postgres://postgres@127.0.0.1/d?sslmood=require', {}, '"sslmood"'],
    ['postgres:', { PSQL_CONN_STRING: 'hots=127.0.0.1 password=hidden' }, '"hots"'],
    ['postgres:', { PGHOST: '127.0.0.1', PGREQUIREPEER: 'postgres' }, '"requirepeer"'],
    ['postgres:service=missing', {}, '"missing"'],
  ])('to %s with %j is exit 2 before anything is asked, and names it', async (output, environment, named) => {
    const { exit, stderr, asked } = await exportTo(output, environment);
    expect(exit).toBe(2);
    expect(stderr).toContain(named);
    expect(stderr).not.toContain('hidden');
    expect(asked).toEqual([]);
  });
});
