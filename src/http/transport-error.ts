/**
 * What a transport error means for the rows of the request: nothing was sent (retry), some bytes were sent
 * (they may have been accepted), or retrying cannot help.
 */
import { localFailure, systemCode } from '../disk/errno.ts';
import { connectProblem, remedyWords } from '../network-errors.ts';
import type { Taken } from '../records.ts';
import { ConnectError, ProxyError } from './connect.ts';
import type { Proxy } from './proxy.ts';
import type { TransportError } from './client.ts';

interface Meaning {
  words: string;
  /** Whether the server may have accepted the request; `maybe` by default. */
  taken?: Taken;
  /** Retrying cannot help. */
  final?: boolean;
}

/** There was a connection. */
const meanings: Readonly<Record<string, Meaning>> = {
  ECONNRESET: { words: 'the connection was reset' },
  EPIPE: { words: 'the connection was closed while sending' },
  ETIMEDOUT: { words: 'the connection timed out' },
  UND_ERR_SOCKET: { words: 'the connection was closed by the server' },
  UND_ERR_HEADERS_TIMEOUT: { words: 'no answer in time' },
  UND_ERR_BODY_TIMEOUT: { words: 'the answer stopped in the middle' },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: { words: 'the answer stopped in the middle' },
  HTTPParserError: { words: 'the answer is not HTTP' },
  Z_BUF_ERROR: { words: 'the answer stopped in the middle' },
  Z_DATA_ERROR: { words: 'the answer is not the gzip it claims to be' },
};

/** What a proxy did instead of opening a tunnel. */
const proxyMeanings: Readonly<Record<string, Meaning>> = {
  PROXY_CLOSED: { words: 'it closed the connection' },
  PROXY_TIMEOUT: { words: 'it does not answer' },
  PROXY_NOT_HTTP: { words: 'it does not speak HTTP' },
  PROXY_407: { words: '407, it wants a user name and a password', final: true },
};

/** This machine is out of something that connections need. Nothing was sent. */
const lacking = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);

/** Whom a request was for, and the proxy on the way where there is one. */
export interface Destination {
  url: string;
  proxy: Proxy | undefined;
}

/** Classifies whatever undici or the system threw. Throws a Failure `local` when this machine is out of a resource. */
export function classifyTransportError(error: unknown, destination?: Destination): TransportError {
  const code = transportCode(error);
  if (lacking.has(code)) throw localFailure('open a connection', systemCause(error));
  const proxy = proxyErrorIn(error);
  if (proxy !== undefined) return proxyTrouble(proxy, destination);
  const problem = connectProblem(code);
  const isUnconnected = error instanceof ConnectError || (problem !== undefined && code !== 'ETIMEDOUT');
  const host = hostOf(destination);
  const way = destination?.proxy === undefined ? '' : ` through the proxy ${destination.proxy.url.host}`;
  if (!isUnconnected) {
    const { words, taken = 'maybe', final = false } = meaningOf(code);
    const message =
      host === undefined ? `${words} (${code})` : `no answer from ${host}${way}: ${words} (${code})`;
    return { kind: 'transport-error', taken, message, code, final };
  }
  const {
    words,
    remedy,
    final = false,
  } = problem ?? { words: meaningOf(code).words, remedy: 'address' as const };
  return {
    kind: 'transport-error',
    taken: 'no',
    message: `cannot reach ${host ?? 'the server'}${way}: ${words}`,
    code,
    final,
    advice: (address) => remedyWords(remedy, address),
  };
}

/** The way to the proxy failed, or the proxy opened no tunnel. Nothing has left. */
function proxyTrouble({ code, proxy }: ProxyError, destination: Destination | undefined): TransportError {
  const problem = connectProblem(code);
  const refusal: Meaning = proxyMeanings[code] ?? { words: `it refused: ${code.replace(/^PROXY_/, '')}` };
  const { words, final = false } = problem ?? refusal;
  const setting = destination?.proxy?.variable ?? 'HTTPS_PROXY';
  const target = hostOf(destination);
  const message =
    problem === undefined && target !== undefined
      ? `cannot reach ${target} through the proxy ${proxy}: ${words}`
      : `cannot reach the proxy ${proxy}: ${words}`;
  const advice =
    code === 'PROXY_407'
      ? `put both into ${setting}: http://USER:PASSWORD@${proxy}`
      : remedyWords(problem?.remedy ?? 'address', `${setting} and NO_PROXY`);
  return { kind: 'transport-error', taken: 'no', message, code, final, advice: () => advice };
}

/** The caller's own signal aborted the request. */
export function interrupted(taken: Taken): TransportError {
  return {
    kind: 'transport-error',
    taken,
    message: 'the request was interrupted',
    code: 'ABORTED',
    final: false,
  };
}

function hostOf(destination: Destination | undefined): string | undefined {
  return destination === undefined ? undefined : new URL(destination.url).host;
}

function meaningOf(code: string): Meaning {
  const meaning = meanings[code];
  if (meaning !== undefined) return meaning;
  return { words: code.startsWith('HPE_') ? 'the answer is not HTTP' : 'the request failed' };
}

function proxyErrorIn(error: unknown): ProxyError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ProxyError) return cause;
  }
  return undefined;
}

function systemCause(error: unknown): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (systemCode(cause) !== undefined) return cause;
    if (cause instanceof AggregateError) return systemCause(cause.errors[0]);
  }
  return error;
}

function transportCode(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AggregateError && cause.errors.length > 0) return transportCode(cause.errors[0]);
    if ('code' in cause && typeof cause.code === 'string' && cause.code !== 'UND_ERR_INFO') return cause.code;
    if (cause.name === 'AbortError') return 'ABORTED';
  }
  return error instanceof Error ? error.name : 'UNKNOWN';
}
