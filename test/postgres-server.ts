/** A real PostgreSQL for tests and benchmarks: found on this machine, started in a temporary directory. */
import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { makeSelfSignedCertificate } from '../src/sandbox/wire/certificate.ts';

/** The server refuses to run as root: then it runs as this user (nobody). */
export const nobody = 65_534;

export interface PostgresServer {
  /** `postgres://postgres@127.0.0.1:PORT/DATABASE`, of a new and empty database. */
  createDatabase(): Promise<string>;
  port: number;
  /** Where its socket is, if it has one. */
  directory: string;
  stop(): Promise<void>;
}

/** Where the programs of a server are; undefined when there is none. */
export function locatePostgres(): string | undefined {
  const packaged = '/usr/lib/postgresql';
  const versions = existsSync(packaged) ? readdirSync(packaged).sort((a, b) => Number(b) - Number(a)) : [];
  const directories = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => join(packaged, version, 'bin')),
  ];
  return directories.find((directory) =>
    ['initdb', 'postgres'].every((program) => existsSync(join(directory, program))),
  );
}

/** Runs `work` on a connection of its own. */
export async function withClient<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export interface PostgresOptions {
  /** Requires TLS, and a password of everybody but `postgres`. */
  strict?: boolean;
  /** Listens on a socket in its directory too. */
  socket?: boolean;
  /** Files of its own in the data directory, by name. */
  files?: Readonly<Record<string, string>>;
  /** Further settings. */
  settings?: Readonly<Record<string, string>>;
}

/** Starts a server from the programs in this directory. The caller stops it. */
export async function startPostgres(
  programs: string,
  { files = {}, settings: further = {}, socket = false, strict = false }: PostgresOptions = {},
): Promise<PostgresServer> {
  const isRoot = process.getuid?.() === 0;
  const as = isRoot ? { uid: nobody, gid: nobody } : {};
  const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-postgres-'));
  if (isRoot) await chown(directory, nobody, nobody);
  const data = join(directory, 'data');
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...as, cwd: directory, stdio: 'ignore' },
  );
  const port = await findFreePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: socket ? directory : '',
    fsync: 'off',
    ...(strict ? { ssl: 'on' } : {}),
    ...further,
  };
  await writeFiles(data, { ...(strict ? strictFiles() : {}), ...files }, as);
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...flags], {
    ...as,
    cwd: directory,
    stdio: 'ignore',
  });
  const urlOf = (database: string) => urlOfDatabase(port, database, { strict });
  await untilReady(server, urlOf('postgres'));
  return {
    port,
    directory,
    createDatabase: () => createDatabase(urlOf),
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      // A fast shutdown: clients are cut off.
      server.kill('SIGINT');
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function urlOfDatabase(port: number, database: string, { strict }: { strict: boolean }): string {
  const how = strict ? '?sslmode=require&uselibpqcompat=true' : '';
  return `postgres://postgres@127.0.0.1:${port}/${database}${how}`;
}

/** Creates a database with a unique name on the server whose databases have these addresses. */
async function createDatabase(urlOf: (database: string) => string): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withClient(urlOf('postgres'), (client) => client.query(`create database ${name}`));
  return urlOf(name);
}

/** Creates an empty database on a server that requires no password; resolves to its address. */
export function createDatabaseOn(port: number): Promise<string> {
  return createDatabase((database) => urlOfDatabase(port, database, { strict: false }));
}

/** The files with which the server requires TLS and passwords. */
function strictFiles(): Record<string, string> {
  const { certificate, key } = makeSelfSignedCertificate();
  const rules = 'hostssl all postgres 127.0.0.1/32 trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n';
  return { 'server.crt': certificate, 'server.key': key, 'pg_hba.conf': rules };
}

async function writeFiles(
  data: string,
  files: Readonly<Record<string, string>>,
  { uid, gid }: { uid?: number; gid?: number },
): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(data, name);
    await writeFile(path, text, { mode: 0o600 });
    if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
  }
}

async function untilReady(server: ChildProcess, url: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await withClient(url, (client) => client.query('select 1'));
      return;
    } catch (error) {
      if (server.exitCode !== null || tries > 300) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
