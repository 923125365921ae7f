/** Which database is meant, and a connection to it. The password never needs to be on the command line. */
import type { Client, ClientConfig } from 'pg';
import { Failure } from '../../failure.ts';
import { processMask } from '../../masking/process-mask.ts';
import { parseKeywords } from './keywords.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const connectTimeoutMs = 30_000;
const unchecked = { rejectUnauthorized: false };

/** What connects and how to name it without its password. */
export interface DatabaseAddress {
  config: ClientConfig;
  /** Encrypted where the server can, as `psql` does unless it is told otherwise. */
  prefersTls: boolean;
  /** `postgres://user@host:5432/database`. */
  shown: string;
}

/**
 * The address in `url`, else in `PSQL_CONN_STRING` (a URL or `host=... dbname=...`, as psql takes it), else
 * in `PGHOST`, `PGPORT`, `PGDATABASE`, `PGUSER`. A password that none of them holds is taken from `PGPASSWORD`,
 * else from `~/.pgpass`. Throws a Failure `usage`.
 */
export function readAddress(url: string | undefined, environment: Environment): DatabaseAddress {
  const text = url ?? given(environment, 'PSQL_CONN_STRING');
  const named = text === undefined ? {} : readText(text);
  const sslmode = named.sslmode ?? given(environment, 'PGSSLMODE');
  const config = withoutUndefined({
    host: named.host ?? given(environment, 'PGHOST'),
    port: readPort(named.port ?? given(environment, 'PGPORT')),
    database: named.database ?? given(environment, 'PGDATABASE'),
    user: named.user ?? given(environment, 'PGUSER'),
    password: named.password ?? given(environment, 'PGPASSWORD'),
    ssl: readSsl(sslmode),
  });
  if (typeof config.password === 'string') processMask.add(config.password);
  const { host = 'localhost', port = 5432, user, database = user ?? '' } = config;
  const shownUser = user === undefined ? '' : `${encodeURIComponent(user)}@`;
  return {
    config: {
      ...config,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      application_name: 'scarf-cli',
    },
    prefersTls: (sslmode ?? 'prefer') === 'prefer' && !host.startsWith('/'),
    shown: `postgres://${shownUser}${host}:${port}/${database}`,
  };
}

/** Opens a connection. Throws a Failure `local`. */
export async function connect({ config, prefersTls, shown }: DatabaseAddress): Promise<Client> {
  try {
    if (!prefersTls) return await open(config);
    return await open({ ...config, ssl: unchecked }).catch((error: unknown) => {
      if (!mayWorkInPlain(error)) throw error;
      return open(config);
    });
  } catch (error) {
    throw databaseFailure(`connect to ${shown}`, error);
  }
}

/** Why connections ended while nothing was asked: the next question only hears that it comes too late. */
const endings = new WeakMap<Client, Error>();

async function open(config: ClientConfig): Promise<Client> {
  const { default: pg } = await import('pg');
  const client = new pg.Client(config);
  client.on('error', (error) => {
    if (!endings.has(client)) endings.set(client, error);
  });
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

/** The server has no TLS (which has no code), or lets nobody in with it ("PostgreSQL 16, A. Error codes": 28000). */
function mayWorkInPlain(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === undefined || code === '28000';
}

/** A Failure `local` in the database's own words, also where it spoke them before `client` was asked in vain. */
export function databaseFailure(doing: string, thrown: unknown, client?: Client): Failure {
  if (thrown instanceof Failure) return thrown;
  const ending = client && !hasCode(thrown) ? endings.get(client) : undefined;
  const cause = ending ?? thrown;
  const message = cause instanceof AggregateError ? String(cause.errors[0]) : readMessage(cause);
  return new Failure('local', `cannot ${doing}: ${message}`, { cause });
}

/** What the server or the system says has one, what the client makes up has none. */
function hasCode(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code !== undefined;
}

interface Named {
  host?: string;
  port?: string;
  database?: string;
  user?: string;
  password?: string;
  sslmode?: string;
}

function readText(text: string): Named {
  if (!/^postgres(ql)?:\/\//i.test(text)) return readKeywords(text);
  let url: URL;
  try {
    // Without a host (`postgres:///database`) the URL class needs another scheme.
    url = new URL(text.replace(/^[^:]+/, 'postgres'));
  } catch {
    throw new Failure('usage', 'the address of the database is not a URL');
  }
  const host = url.searchParams.get('host') ?? decoded(url.hostname);
  return withoutUndefined({
    host: nonEmpty(host),
    port: nonEmpty(url.searchParams.get('port') ?? url.port),
    database: nonEmpty(decoded(url.pathname.slice(1))),
    user: nonEmpty(decoded(url.username)) ?? nonEmpty(url.searchParams.get('user') ?? ''),
    password: nonEmpty(decoded(url.password)) ?? nonEmpty(url.searchParams.get('password') ?? ''),
    sslmode: url.searchParams.get('sslmode') ?? undefined,
  });
}

/** Shows nothing of the text, which may be a password. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Failure('usage', 'the address of the database has a % that is followed by no code', {
      hint: 'write %25 for a % in a password',
    });
  }
}

function readKeywords(text: string): Named {
  const words = parseKeywords(text);
  return withoutUndefined({
    host: words.get('host') ?? words.get('hostaddr'),
    port: words.get('port'),
    database: words.get('dbname'),
    user: words.get('user'),
    password: words.get('password'),
    sslmode: words.get('sslmode'),
  });
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Failure('usage', `"${text}" is not a port of a database`);
}

/** As libpq reads `sslmode`: up to `require` nobody's certificate is checked. `prefer` is tried in two ways. */
function readSsl(mode: string | undefined): ClientConfig['ssl'] | undefined {
  switch (mode) {
    case undefined:
    case 'disable':
    case 'allow':
    case 'prefer':
      return undefined;
    case 'require':
      return unchecked;
    case 'verify-ca':
    case 'verify-full':
      return true;
    default:
      throw new Failure('usage', `"${mode}" is not an sslmode`);
  }
}

function readMessage(cause: unknown): string {
  return cause instanceof Error && cause.message !== '' ? cause.message : String(cause);
}

function given(environment: Environment, name: string): string | undefined {
  return nonEmpty(environment[name] ?? '');
}

function nonEmpty(text: string): string | undefined {
  return text === '' ? undefined : text;
}

type Defined<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

function withoutUndefined<Values extends object>(values: Values): Defined<Values> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Defined<Values>;
}
