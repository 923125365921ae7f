/** Where a database is: its servers, how to connect to each, and as which user. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientConfig } from 'pg';
import { Failure } from '../../../failure.ts';
import { processMask } from '../../../masking/process-mask.ts';
import type { SESSION_ATTRIBUTES } from './keywords.ts';
import { findPassword } from './password-file.ts';
import { resolveConninfo, type ConnectionValues } from './resolve.ts';
import { type ConninfoContext } from './context.ts';
import { planTls, type Channel, type TlsPlan } from './tls.ts';

/** One server to try. */
export interface ServerAddress {
  /** Host name, IP address, or directory of a socket. */
  host: string;
  /** Connected to instead of resolving the name. */
  hostaddr: string | undefined;
  port: number;
  password: string | undefined;
}

export interface DatabaseAddress {
  servers: readonly ServerAddress[];
  sessionAttributes: (typeof SESSION_ATTRIBUTES)[number];
  tls: TlsPlan;
  /** Shared by all servers. */
  config: ClientConfig;
  /** `postgres://user@host:5432/database`, without the password. */
  shown: string;
  /** The variable or flag that named the server. */
  setting: string;
}

const defaultPort = 5432;
/** Used when no timeout is set; libpq would wait as long as the system does. */
const defaultTimeoutSeconds = 30;
/** Where PostgreSQL packages put their sockets, the usual place first. */
const socketDirectories = ['/var/run/postgresql', '/run/postgresql', '/tmp'];

/**
 * The address in `text`, else in `PSQL_CONN_STRING`. Missing values come from a service, from libpq's
 * variables and from its files. Throws a Failure `usage` or `local`.
 */
export async function readAddress(
  text: string | undefined,
  context: ConninfoContext,
): Promise<DatabaseAddress> {
  const given = text ?? (context.environment['PSQL_CONN_STRING'] || undefined);
  const values = await resolveConninfo(given, context);
  const user = values.get('user') ?? '';
  const database = values.get('dbname') ?? '';
  const servers: ServerAddress[] = [];
  for (const { host, hostaddr, port } of await listServers(values)) {
    const isUsual = socketDirectories.includes(host);
    const question = { host: isUsual ? 'localhost' : host, port, database, user };
    const password =
      values.get('password') ??
      (await findPassword(values.get('passfile') ?? '', question, context.onNotice));
    if (password !== undefined) processMask.add(password);
    servers.push({ host, hostaddr, port, password });
  }
  if (values.get('load_balance_hosts') === 'random') shuffle(servers, () => context.random());
  return {
    servers,
    sessionAttributes: (values.get('target_session_attrs') ?? 'any') as DatabaseAddress['sessionAttributes'],
    tls: await planTls(values, context.homeDirectory),
    config: {
      user,
      database,
      application_name: values.get('application_name'),
      options: values.get('options'),
      connectionTimeoutMillis: timeoutMs(values),
      keepAlive: values.get('keepalives') !== '0',
      keepAliveInitialDelayMillis: (values.number('keepalives_idle') ?? 0) * 1000,
    },
    shown: showAddress({ user, database, servers }),
    setting: settingOf(text, context),
  };
}

/** The flag or variable that named the server. */
function settingOf(text: string | undefined, { environment }: ConninfoContext): string {
  if (text !== undefined) return '--output';
  return environment['PSQL_CONN_STRING'] ? 'PSQL_CONN_STRING' : 'PGHOST and PGPORT';
}

/** Which channels to try: a local socket needs no encryption. */
export function channelsTo({ host, hostaddr }: ServerAddress, { channels }: TlsPlan): readonly Channel[] {
  return hostaddr === undefined && host.startsWith('/') ? ['plain'] : channels;
}

type HostAddress = Omit<ServerAddress, 'password'>;

/** Lists of hosts, addresses and ports have the same length; a single port applies to all hosts. */
async function listServers(values: ConnectionValues): Promise<HostAddress[]> {
  const hosts = values.list('host');
  const addresses = values.list('hostaddr');
  const ports = values.list('port').map(readPort);
  const count = Math.max(hosts.length, addresses.length, 1);
  if (
    (hosts.length > 0 && addresses.length > 0 && hosts.length !== addresses.length) ||
    ![0, 1, count].includes(ports.length)
  ) {
    throw new Failure(
      'usage',
      `${count} hosts of the database do not go with ${ports.length} ports or ${addresses.length} addresses`,
    );
  }
  const servers: HostAddress[] = [];
  for (let index = 0; index < count; index++) {
    const port = (ports.length === 1 ? ports[0] : ports[index]) ?? defaultPort;
    const hostaddr = addresses[index] === '' ? undefined : addresses[index];
    const host = (hosts[index] ?? '') || hostaddr || (await findSocket(port));
    if (host.startsWith('@'))
      throw new Failure('usage', `abstract sockets such as "${host}" are not supported`);
    servers.push({ host, hostaddr, port });
  }
  return servers;
}

function readPort(text: string): number {
  const port = text === '' ? defaultPort : Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  // In an address without a host it is a password: only digits are shown.
  const shown = /^-?\d+$/.test(text) ? `"${text}"` : 'what is given as the port of the database';
  throw new Failure('usage', `${shown} is not a valid port`);
}

/** Without a host: the socket of a local server, else the loopback address. */
async function findSocket(port: number): Promise<string> {
  for (const directory of socketDirectories) {
    const isThere = await access(join(directory, `.s.PGSQL.${port}`)).then(
      () => true,
      () => false,
    );
    if (isThere) return directory;
  }
  return 'localhost';
}

/** Zero or less means no timeout. One second is too little for any network and counts as two. */
function timeoutMs(values: ConnectionValues): number {
  const seconds = values.number('connect_timeout') ?? defaultTimeoutSeconds;
  return seconds <= 0 ? 0 : Math.max(2, seconds) * 1000;
}

function shuffle<Item>(items: Item[], random: () => number): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [items[last], items[other]] = [items[other] as Item, items[last] as Item];
  }
}

function showAddress({
  user,
  database,
  servers,
}: {
  user: string;
  database: string;
  servers: readonly ServerAddress[];
}): string {
  const hosts = servers.map(({ host, port }) => {
    if (host.startsWith('/')) return `${encodeURIComponent(host)}:${port}`;
    return `${host.includes(':') ? `[${host}]` : host}:${port}`;
  });
  return `postgres://${encodeURIComponent(user)}@${hosts.join(',')}/${encodeURIComponent(database)}`;
}
