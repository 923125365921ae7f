/** How far one comes towards a server, step by step, for `doctor`: each step asks once and throws what it met. */
import { lookup } from 'node:dns/promises';
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { proxyAuthorization, type Proxy } from './proxy.ts';

/** The addresses of a host, as connections would find them. */
export async function lookUpHost(hostname: string): Promise<string[]> {
  const found = await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true });
  return found.map(({ address }) => address);
}

export interface Certificate {
  /** `TLSv1.3` */
  protocol: string;
  issuer: string;
  validFromMs: number;
  validToMs: number;
  /** The code of why it is not trusted; undefined when it is. */
  problem: string | undefined;
}

export interface HandshakeOptions {
  hostname: string;
  port: number;
  proxy: Proxy | undefined;
  /** Certificates that are trusted in place of those that Node brings along. */
  ca: string[] | undefined;
  signal: AbortSignal;
}

/** Shakes hands with a server over TLS and hangs up. Rejects when no handshake comes about. */
export async function readCertificate(options: HandshakeOptions): Promise<Certificate> {
  const { hostname, proxy, ca, signal } = options;
  const name = hostname.replace(/^\[|\]$/g, '');
  const tunnel = proxy === undefined ? undefined : await openTunnel(proxy, options);
  const socket = connectTls({
    ...(tunnel === undefined ? { host: name, port: options.port } : { socket: tunnel }),
    ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: false,
  });
  return whileOpen(socket, { event: 'secureConnect', signal }, () => certificateOf(socket));
}

function certificateOf(socket: TLSSocket): Certificate {
  const { issuer, valid_from: from, valid_to: to } = socket.getPeerCertificate();
  const problem: unknown = socket.authorizationError;
  const code = problem instanceof Error && 'code' in problem ? String(problem.code) : String(problem);
  const named = issuer as { O?: string | string[]; CN?: string | string[] } | undefined;
  return {
    protocol: socket.getProtocol() ?? 'TLS',
    issuer: [named?.O ?? named?.CN ?? 'unknown'].flat().join(', '),
    validFromMs: Date.parse(from),
    validToMs: Date.parse(to),
    problem: socket.authorized ? undefined : code,
  };
}

/** What a proxy answered in place of a tunnel. */
export class TunnelRefused extends Error {
  readonly code: string;

  constructor(status: number) {
    super(`the proxy answered ${status}`);
    this.code = `PROXY_${status}`;
  }
}

/** A tunnel through the proxy to a host and port. */
function openTunnel(
  { url }: Proxy,
  { hostname, port, signal }: Pick<HandshakeOptions, 'hostname' | 'port' | 'signal'>,
): Promise<Socket> {
  const ask = url.protocol === 'https:' ? requestTls : requestPlain;
  const login = proxyAuthorization(url);
  const asked = ask({
    host: url.hostname,
    port: url.port || (url.protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: `${hostname}:${port}`,
    headers: {
      host: `${hostname}:${port}`,
      ...(login === undefined ? {} : { 'proxy-authorization': login }),
    },
    signal,
    agent: false,
  });
  return new Promise((resolve, reject) => {
    asked.once('connect', ({ statusCode = 0 }, socket: Socket) => {
      if (statusCode === 200) return resolve(socket);
      socket.on('error', () => undefined).destroy();
      reject(new TunnelRefused(statusCode));
    });
    asked.once('error', reject);
    asked.once('response', ({ statusCode = 0 }) => {
      asked.destroy();
      reject(new TunnelRefused(statusCode));
    });
    asked.end();
  });
}

/** Whether anything listens there. Rejects with what the system says. */
export async function probePort({
  hostname,
  port,
  signal,
}: Pick<HandshakeOptions, 'hostname' | 'port' | 'signal'>): Promise<void> {
  const socket = connectTcp({ host: hostname.replace(/^\[|\]$/g, ''), port });
  await whileOpen(socket, { event: 'connect', signal }, () => undefined);
}

/** What `look` finds at a socket that `event` has opened; then hangs up. Rejects when it does not open. */
async function whileOpen<Found>(
  socket: Socket,
  { event, signal }: { event: 'connect' | 'secureConnect'; signal: AbortSignal },
  look: () => Found,
): Promise<Found> {
  const hangUp = () => socket.destroy(signal.reason as Error);
  signal.addEventListener('abort', hangUp);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(event, resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the connection was closed')));
    });
    return look();
  } finally {
    signal.removeEventListener('abort', hangUp);
    socket.on('error', () => undefined).destroy();
  }
}
