/** Connects to a database as libpq does, and explains failures. */
import { Socket } from 'node:net';
import type { Client, ClientConfig } from 'pg';
import { Failure } from '../../../failure.ts';
import { connectProblem, remedyWords } from '../../../network-errors.ts';
import { channelsTo, type DatabaseAddress, type ServerAddress } from '../conninfo/address.ts';
import type { Channel } from '../conninfo/tls.ts';
import { traceStatements, type TracingMachine } from './traced-client.ts';

/**
 * Connects to the first server that answers and is of the wanted kind. Only a server that does not answer
 * leads to the next one; one that refuses the login does not. Aborting `signal` cuts the connection, now and
 * later. Throws a Failure `local`. `machine`: its trace records the statements.
 */
export async function connect(
  address: DatabaseAddress,
  signal: AbortSignal,
  machine?: TracingMachine,
): Promise<Client> {
  const troubles: string[] = [];
  for (const isSatisfied of wantedSessions(address)) {
    for (const server of address.servers) {
      const attempt = await tracedAttempt(server, { ...address, signal }, machine);
      if (attempt.kind === 'failed') {
        if (!mayAnotherAnswer(attempt)) throw databaseFailure(doing(address), attempt.error);
        troubles.push(troubleWith(server, attempt.error, address));
        continue;
      }
      if (await isSatisfied(attempt.client)) return attempt.client;
      await attempt.client.end();
      troubles.push(`${nameOf(server)} is not ${address.sessionAttributes}`);
    }
  }
  const words = [...new Set(troubles)].join('; ');
  throw new Failure('local', words);
}

async function tracedAttempt(
  server: ServerAddress,
  address: DatabaseAddress & { signal: AbortSignal },
  machine: TracingMachine | undefined,
): Promise<Attempt> {
  if (machine?.trace.isOn !== true) return connectTo(server, address);
  const { trace, elapsedMs } = machine;
  const startedMs = elapsedMs();
  const attempt = await connectTo(server, address);
  trace.record({
    type: 'database-connected',
    server: nameOf(server),
    ms: elapsedMs() - startedMs,
    ...(attempt.kind === 'open' ? {} : { error: readMessage(attempt.error) }),
  });
  return attempt.kind === 'open' ? { ...attempt, client: traceStatements(attempt.client, machine) } : attempt;
}

/** Why a server cannot be used, and what to do about it. */
function troubleWith(server: ServerAddress, error: unknown, { setting, shown }: DatabaseAddress): string {
  const problem = connectProblem(codeOf(error));
  if (problem === undefined) return `cannot connect to ${shown}: ${readMessage(error)}`;
  return `cannot reach ${nameOf(server)}: ${problem.words} (${remedyWords(problem.remedy, setting)})`;
}

function nameOf({ host, port }: ServerAddress): string {
  return host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : `${host}:${port}`;
}

/** The error code; of a host that was tried at several addresses, that of the first. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function doing({ shown }: DatabaseAddress): string {
  return `connect to ${shown}`;
}

type IsSatisfied = (client: Client) => Promise<boolean>;

/** The kinds of session to accept, in order; `prefer-standby` tries for a standby first, then accepts any. */
function wantedSessions({ sessionAttributes }: DatabaseAddress): readonly IsSatisfied[] {
  const any: IsSatisfied = () => Promise.resolve(true);
  const where =
    (condition: string): IsSatisfied =>
    async (client) => {
      const { rows } = await client.query<{ fits: boolean }>(`select ${condition} as fits`);
      return rows[0]?.fits === true;
    };
  const readOnly = `current_setting('transaction_read_only')::boolean`;
  switch (sessionAttributes) {
    case 'any':
      return [any];
    case 'read-write':
      return [where(`not ${readOnly}`)];
    case 'read-only':
      return [where(readOnly)];
    case 'primary':
      return [where('not pg_is_in_recovery()')];
    case 'standby':
      return [where('pg_is_in_recovery()')];
    case 'prefer-standby':
      return [where('pg_is_in_recovery()'), any];
  }
}

/** Tries the channels in the order of the mode until one works. */
async function connectTo(
  server: ServerAddress,
  address: DatabaseAddress & { signal: AbortSignal },
): Promise<Attempt> {
  const { signal } = address;
  const [first, second] = channelsTo(server, address.tls);
  const attempt = await open(configFor(server, first, address), signal);
  if (second === undefined || attempt.kind === 'open' || !mayWorkOtherwise(attempt)) return attempt;
  return open(configFor(server, second, address), signal);
}

function configFor(
  { host, hostaddr, port, password }: ServerAddress,
  channel: Channel | undefined,
  { config, tls }: DatabaseAddress,
): ClientConfig {
  const servername = hostaddr === undefined || hostaddr === host ? {} : { servername: host };
  // Every value is set, so that the library reads none from the environment.
  return {
    ...config,
    host: hostaddr ?? host,
    port,
    password: password ?? refuseWithoutPassword,
    ssl: channel === 'tls' ? { ...tls.options, ...servername } : false,
    ...{ sslnegotiation: channel === 'tls' && tls.direct ? 'direct' : 'postgres' },
  };
}

function refuseWithoutPassword(): never {
  throw new Failure('local', 'the server requires a password', {
    hint: 'give it in PGPASSWORD, in ~/.pgpass or in the connection string',
  });
}

/** Remembers why idle connections closed, for the next query. */
const endings = new WeakMap<Client, Error>();

/** `reached`: whether the network connection was established. */
type Attempt = { kind: 'open'; client: Client } | { kind: 'failed'; reached: boolean; error: unknown };

async function open(config: ClientConfig, signal: AbortSignal): Promise<Attempt> {
  const { default: pg } = await import('pg');
  let reached = false;
  const stream = new Socket({ signal }).once('connect', () => (reached = true));
  const client = new pg.Client({ ...config, stream: () => stream });
  client.on('error', (error) => {
    if (!endings.has(client)) endings.set(client, error);
  });
  try {
    await client.connect();
    return { kind: 'open', client };
  } catch (error) {
    await client.end().catch(() => undefined);
    return { kind: 'failed', reached, error };
  }
}

type Failed = Extract<Attempt, { kind: 'failed' }>;

/**
 * The server lacks TLS, requires it, or refuses the login on this channel ("PostgreSQL 17, A. Error Codes",
 * class 28).
 */
function mayWorkOtherwise({ error, reached }: Failed): boolean {
  if (!reached || error instanceof Failure) return false;
  return !isFromServer(error) || error.code?.startsWith('28') === true;
}

/** The server was not reached, did not speak the protocol, or accepts no connections now (57P03). */
function mayAnotherAnswer({ error, reached }: Failed): boolean {
  if (error instanceof Failure) return false;
  return !reached || !isFromServer(error) || error.code === '57P03';
}

function isFromServer(error: unknown): error is { code?: string } {
  return error instanceof Error && 'severity' in error;
}

/**
 * A Failure `local` with the database's own message, even if that arrived while `client` was idle, before the
 * query failed.
 */
export function databaseFailure(doing: string, thrown: unknown, client?: Client): Failure {
  if (thrown instanceof Failure) return thrown;
  const ending = client && !hasCode(thrown) ? endings.get(client) : undefined;
  const cause = ending ?? thrown;
  const hint = HINTS[codeOf(cause)];
  return new Failure('local', `cannot ${doing}: ${readMessage(cause)}`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** What to do about a server that answers, by its code ("PostgreSQL 17, A. Error Codes"). */
const HINTS: Readonly<Record<string, string>> = {
  '28000': 'check the user, and what pg_hba.conf of the server allows it from here',
  '28P01': 'check user and password: PGUSER and PGPASSWORD, ~/.pgpass, or the connection string',
  '3D000': 'create it with createdb, or name another database: PGDATABASE, or the connection string',
  '428C9': 'the table makes the values of this column itself: leave it out with --columns',
  '53300': 'the server has no connection left: close others, or raise its max_connections',
};

/** Errors of the server and the system have a code; those of the client library have none. */
function hasCode(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code !== undefined;
}

function readMessage(cause: unknown): string {
  if (cause instanceof AggregateError) return readMessage(cause.errors[0]);
  return cause instanceof Error && cause.message !== '' ? cause.message : String(cause);
}
