/** A Scarf account: credentials, addresses and read-only requests. */
import { baseAddress } from '../../http/address.ts';
import { explainReply } from '../../http/explain.ts';
import type { HttpClient, TransportError, HttpReply } from '../../http/client.ts';
import { Failure } from '../../failure.ts';
import { valuesOf, type SettingValues } from '../../settings/values.ts';
import type { Retry } from '../../records.ts';
import {
  answerByRules,
  retryAfterReply,
  retryAfterTransportError,
  ruleFor,
  type ErrorContext,
} from '../rules.ts';
import { checkedSecret } from '../secret.ts';
import { SCARF_ACCOUNT_OPTIONS } from './options.ts';

export interface ScarfAccount {
  http: HttpClient;
  /** Without a trailing slash. */
  baseUrl: string;
  owner: string;
  errorContext: ErrorContext;
  /** The authorization headers. Throws a Failure `credentials` when there is no token. */
  authorize(): { authorization: string };
}

/** "too many active imports" in any spelling: in JSON, as a code with hyphens, in capitals. */
const tooManyActive = /too[\s_-]*many[\s_-]*active[\s_-]*imports/i;

const answerTimeoutMs = 60_000;

const tokenNames = { noun: 'API token', variable: 'SCARF_API_TOKEN' };

/** Creates the account from the settings `owner`, `token` and `apiUrl`. Throws a Failure `usage` without an owner. */
export function createScarfAccount(
  settings: SettingValues,
  context: { http: HttpClient; now: () => number },
): ScarfAccount {
  const { apiUrl, owner, token } = valuesOf(SCARF_ACCOUNT_OPTIONS, settings);
  if (owner === undefined) {
    throw new Failure('usage', 'missing owner', { hint: 'pass --owner NAME or set SCARF_OWNER' });
  }
  return {
    http: context.http,
    baseUrl: baseAddress(apiUrl, 'SCARF_API_URL'),
    owner,
    authorize: () => ({ authorization: `Bearer ${checkedSecret(token?.trim(), tokenNames)}` }),
    errorContext: {
      title: 'Scarf',
      now: context.now,
      address: 'SCARF_API_URL',
      hints: {
        credentials: `check SCARF_API_TOKEN, and whether it may act for the owner "${owner}"`,
        misdirected: 'check SCARF_API_URL',
      },
    },
  };
}

/** An address below the base URL. Every path segment is percent-encoded and keeps its letter case. */
export function scarfUrl(account: ScarfAccount, parts: readonly string[], query?: URLSearchParams): string {
  const path = parts.map((part) => encodeURIComponent(part)).join('/');
  const search = query === undefined || query.size === 0 ? '' : `?${query.toString()}`;
  return `${account.baseUrl}/${path}${search}`;
}

/** Sends a request without a body that is harmless to repeat. */
export function askScarf(
  account: ScarfAccount,
  question: { method: 'GET' | 'POST'; url: string },
  signal: AbortSignal,
): Promise<HttpReply | TransportError> {
  return account.http.request({
    ...question,
    headers: { ...account.authorize(), accept: 'application/json' },
    signal,
    timeoutMs: answerTimeoutMs,
  });
}

/** Whether the owner has no free import slot: nothing was accepted, and waiting helps. */
export function isTooManyActive({ status, text }: HttpReply): boolean {
  return status === 422 && tooManyActive.test(text);
}

/**
 * Classifies an unsuccessful reply to a read-only request: returns a retry, or throws a Failure. The caller handles
 * 404 first, since its meaning depends on the request.
 */
export function classifyReadReply(reply: HttpReply | TransportError, account: ScarfAccount): Retry {
  if (reply.kind === 'transport-error')
    return { ...retryAfterTransportError(reply, account.errorContext), taken: 'no' };
  if (isTooManyActive(reply)) return retryAfterReply('busy', reply, account.errorContext);
  const { verdict } = ruleFor(reply.status, []);
  if (reply.status < 300 || verdict === 'doubtful') {
    return retryAfterReply('closed', reply, account.errorContext);
  }
  const answer = answerByRules(reply, [], account.errorContext);
  if (answer.kind === 'retry') return answer;
  throw new Failure('unavailable', `Scarf answered ${explainReply(reply)}`);
}

/** Failure for an owner that Scarf does not know. */
export function unknownOwner(account: ScarfAccount): Failure {
  return new Failure('usage', `no owner "${account.owner}" in Scarf (404)`, {
    hint: 'check --owner, letter case included, and that the token may see it',
  });
}
