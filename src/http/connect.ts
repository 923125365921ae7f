/**
 * Establishing connections. When one fails, it has failed for every request that waits for it, and no byte of
 * them was sent.
 *
 * undici takes two of its own codes (UND_ERR_SOCKET, UND_ERR_INFO) for the end of an earlier connection and
 * reconnects at once, endlessly and silently (undici 7, lib/dispatcher/client.js, onError). A proxy that
 * closes each CONNECT triggers that. Wrapped in a `ConnectError`, which has no code, every failure ends the
 * attempt.
 */
import type { buildConnector, Dispatcher, Pool } from '#bundled/undici';
import { deferWriteErrors } from './reply/early-reply.ts';

type Connector = buildConnector.connector;
type Connected = buildConnector.Callback;

/** How long a proxy may take to answer CONNECT. */
const tunnelTimeoutMs = 30_000;

/** The connection could not be established, so no byte of any request was sent. The cause says why. */
export class ConnectError extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

/** There is no way to the proxy, or it opened no tunnel: `code` is the system's or begins with `PROXY_`. */
export class ProxyError extends Error {
  readonly code: string;
  /** Its host and port. */
  readonly proxy: string;

  constructor(code: string, proxy: string, cause?: unknown) {
    super(`the proxy opened no tunnel (${code})`, { cause });
    this.code = code;
    this.proxy = proxy;
  }
}

/** A connector whose errors are distinguishable from those of requests, and whose sockets deliver early replies. */
function toldApart(connect: Connector): Connector {
  return (target, connected: Connected) =>
    connect(target, (...[error, socket]: Parameters<Connected>) => {
      if (error) connected(new ConnectError(error), null);
      else connected(null, deferWriteErrors(socket));
    });
}

/** The `factory` of an agent: one pool per origin. */
export function poolFactory(PoolClass: typeof Pool) {
  return (origin: string | URL, options: object): Dispatcher => {
    const { connect } = options as { connect: Connector };
    return new PoolClass(origin, { ...options, connect: toldApart(connect) });
  };
}

/**
 * The `clientFactory` of a proxy agent: the client that requests tunnels from the proxy, with a timeout, and with the
 * login (the value of `Proxy-Authorization`) of its address, where it has one.
 */
export function tunnelFactory(PoolClass: typeof Pool, logins: ReadonlyMap<string, string | undefined>) {
  return (origin: URL, options: object): Dispatcher => {
    const login = logins.get(origin.href);
    const pool = new PoolClass(origin, { ...options, headersTimeout: tunnelTimeoutMs });
    // A proxy agent asks for tunnels, and for the end (undici 7, lib/dispatcher/proxy-agent.js).
    return new Proxy(pool, {
      get: (target, name) => {
        if (name === 'connect')
          return (tunnel: Dispatcher.ConnectOptions) =>
            openTunnel(target, withLogin(tunnel, login), origin.host);
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
  };
}

function withLogin(tunnel: Dispatcher.ConnectOptions, login: string | undefined): Dispatcher.ConnectOptions {
  if (login === undefined) return tunnel;
  return { ...tunnel, headers: { ...(tunnel.headers as object), 'proxy-authorization': login } };
}

async function openTunnel(
  pool: Pool,
  tunnel: Dispatcher.ConnectOptions,
  proxy: string,
): Promise<Dispatcher.ConnectData> {
  const reply = await pool.connect(tunnel).catch((error: unknown) => {
    throw asProxyError(error, proxy);
  });
  if (reply.statusCode === 200) return reply;
  reply.socket.on('error', () => undefined).destroy();
  throw new ProxyError(`PROXY_${reply.statusCode}`, proxy);
}

const proxyCodes: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: 'PROXY_CLOSED',
  ECONNRESET: 'PROXY_CLOSED',
  EPIPE: 'PROXY_CLOSED',
  UND_ERR_HEADERS_TIMEOUT: 'PROXY_TIMEOUT',
};

function asProxyError(error: unknown, proxy: string): unknown {
  if (!(error instanceof Error)) return error;
  // Such an error has a code of the parser, or none.
  if (error.name === 'HTTPParserError') return new ProxyError('PROXY_NOT_HTTP', proxy, error);
  const code = codeIn(error);
  return code === undefined ? error : new ProxyError(proxyCodes[code] ?? code, proxy, error);
}

/** The system's code of why there is no connection; one that was tried on several addresses has it in each. */
function codeIn(error: unknown): string | undefined {
  if (error instanceof AggregateError && error.errors.length > 0) return codeIn(error.errors[0]);
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return error.code;
}
