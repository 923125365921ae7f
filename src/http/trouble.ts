/**
 * What a transport error means for the rows that were on their way: nothing left yet (send again), or
 * some bytes left (they may have been taken), or no repetition helps.
 */
import type { HttpTrouble } from './request.ts';

const beforeAnyByte = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const meanings: Record<string, string> = {
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be looked up',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed while sending',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_SOCKET: 'the connection was closed by the server',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped in the middle',
};

/** Reads the code out of whatever undici or the system threw. */
export function classifyTransportError(error: unknown): HttpTrouble {
  const code = transportCode(error);
  const final = untrusted.has(code) || code.startsWith('CERT_');
  const words = final ? 'the server certificate is not trusted' : (meanings[code] ?? 'the request failed');
  return {
    kind: 'trouble',
    taken: beforeAnyByte.has(code) || final ? 'no' : 'maybe',
    message: `${words} (${code})`,
    code,
    final,
  };
}

function transportCode(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AggregateError && cause.errors.length > 0) return transportCode(cause.errors[0]);
    if (cause.name === 'AbortError') return 'ABORTED';
    if ('code' in cause && typeof cause.code === 'string' && cause.code !== 'UND_ERR_INFO') return cause.code;
  }
  return error instanceof Error ? error.name : 'UNKNOWN';
}
