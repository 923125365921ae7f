/**
 * Checks whether Log Insight accepts a login or a session ("Log Insight API 1.0, POST sessions" and "GET
 * sessions/current").
 */
import { explainReply } from '../../http/explain.ts';
import { Failure } from '../../failure.ts';
import { valuesOf } from '../../settings/values.ts';
import type { AccountAnswer, AccountQuestion } from '../account.ts';
import { answerByRules, isSuccess, retryAfterReply, retryAfterTransportError } from '../rules.ts';
import { accessOf, addressOf, errorContextFor } from './access.ts';
import { LOGINSIGHT_OPTIONS } from './options.ts';
import { SESSION_STATUSES } from './rules.ts';
import { isNotSetUp, notSetUp, Sessions } from './sessions.ts';

const answerTimeoutMs = 30_000;

export async function askLogInsightAccount(
  { settings: all, http, now }: AccountQuestion,
  signal: AbortSignal,
): Promise<AccountAnswer> {
  const settings = valuesOf(LOGINSIGHT_OPTIONS, all);
  const { login, given } = accessOf(settings, settings.api);
  const baseUrl = addressOf(settings);
  if (login !== undefined) {
    const errorContext = errorContextFor(now);
    const made = await new Sessions({ http, baseUrl, login, errorContext }).current(signal);
    return made.kind === 'retry' ? made : { kind: 'accepted' };
  }
  if (settings.api === 'cloud') {
    return { kind: 'unchecked', why: 'the cloud has no route that takes a token and no events' };
  }
  if (given === undefined) {
    throw new Failure('credentials', 'not logged in to Log Insight', {
      hint: 'set LOGINSIGHT_USERNAME and LOGINSIGHT_PASSWORD, or run "scarf-cli login loginsight"',
    });
  }
  return askWithSession({ http, baseUrl, session: given, now }, signal);
}

async function askWithSession(
  {
    http,
    baseUrl,
    session,
    now,
  }: Pick<AccountQuestion, 'http' | 'now'> & { baseUrl: string; session: string },
  signal: AbortSignal,
): Promise<AccountAnswer> {
  const errorContext = errorContextFor(now);
  const reply = await http.request({
    method: 'GET',
    url: `${baseUrl}/api/v1/sessions/current`,
    headers: { authorization: `Bearer ${session}`, accept: 'application/json' },
    signal,
    timeoutMs: answerTimeoutMs,
  });
  if (reply.kind === 'transport-error') return retryAfterTransportError(reply, errorContext);
  if (isNotSetUp(reply)) throw notSetUp(explainReply(reply));
  if (isSuccess(reply)) return { kind: 'accepted' };
  if (reply.status < 300) return retryAfterReply('closed', reply, errorContext);
  const answer = answerByRules(reply, SESSION_STATUSES, errorContext);
  if (answer.kind === 'retry') return answer;
  throw new Failure('unavailable', `Log Insight answered ${explainReply(reply)}`);
}
