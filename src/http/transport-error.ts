/**
 * What a transport error means for the rows that were on their way: nothing left yet (send again), or
 * some bytes left (they may have been taken), or no repetition helps.
 */
import { localFailure, systemCode } from '../disk/errno.ts';
import type { Taken } from '../records.ts';
import { ConnectError } from './connect.ts';
import type { TransportError } from './client.ts';

interface Meaning {
  words: string;
  /** Whether the server may have taken the request; `maybe` unless said otherwise. */
  taken?: Taken;
  /** No repetition cures it. */
  final?: boolean;
}

const untrusted: Meaning = { words: 'the server certificate is not trusted', taken: 'no', final: true };

const meanings: Readonly<Record<string, Meaning>> = {
  ENOTFOUND: { words: 'the host name is not known', taken: 'no' },
  EAI_AGAIN: { words: 'the host name cannot be looked up', taken: 'no' },
  ECONNREFUSED: { words: 'the connection was refused', taken: 'no' },
  EHOSTUNREACH: { words: 'the host cannot be reached', taken: 'no' },
  ENETUNREACH: { words: 'the network cannot be reached', taken: 'no' },
  UND_ERR_CONNECT_TIMEOUT: { words: 'no connection in time', taken: 'no' },
  PROXY_CLOSED: { words: 'the proxy closed the connection', taken: 'no' },
  PROXY_TIMEOUT: { words: 'the proxy does not answer', taken: 'no' },
  PROXY_NOT_HTTP: { words: 'the proxy does not speak HTTP', taken: 'no' },
  PROXY_407: { words: 'the proxy wants a user name and a password', taken: 'no', final: true },
  UND_ERR_PRX_TLS: { words: 'the certificate of the proxy is not trusted', taken: 'no', final: true },
  ERR_SSL_WRONG_VERSION_NUMBER: { words: 'the server does not speak https', taken: 'no', final: true },
  EPROTO: { words: 'the https handshake failed', taken: 'no', final: true },
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: {
    words: 'the server certificate is for another host',
    taken: 'no',
    final: true,
  },
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

const proxyRefused: Meaning = { words: 'the proxy refused the connection', taken: 'no' };

/** What this machine lacks for a connection, and no server can help with. Nothing has left then. */
const lacking = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);

/**
 * Reads the code out of whatever undici or the system threw. Throws a Failure of kind `local` when it is
 * this machine that lacks something.
 */
export function classifyTransportError(error: unknown): TransportError {
  const code = transportCode(error);
  if (lacking.has(code)) throw localFailure('open a connection', systemCause(error));
  const { words, taken = 'maybe', final = false } = meaningOf(code);
  const hasLeft = !(error instanceof ConnectError);
  return { kind: 'trouble', taken: hasLeft ? taken : 'no', message: `${words} (${code})`, code, final };
}

/** The caller's own signal ended the request. */
export function interrupted(taken: Taken): TransportError {
  return { kind: 'trouble', taken, message: 'the request was interrupted', code: 'ABORTED', final: false };
}

function meaningOf(code: string): Meaning {
  if (code.startsWith('CERT_')) return untrusted;
  if (/^PROXY_\d/.test(code)) return meanings[code] ?? proxyRefused;
  return (
    meanings[code] ?? { words: code.startsWith('HPE_') ? 'the answer is not HTTP' : 'the request failed' }
  );
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
