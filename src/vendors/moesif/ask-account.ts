/**
 * Checks whether Moesif accepts an application id, by reading its configuration ("moesifapi-nodejs", 3.1.3, `GET
 * /v1/config`).
 */
import { explainReply } from '../../http/explain.ts';
import { Failure } from '../../failure.ts';
import { valuesOf } from '../../settings/values.ts';
import type { AccountAnswer, AccountQuestion } from '../account.ts';
import { answerByRules, isSuccess, retryAfterReply, retryAfterTransportError } from '../rules.ts';
import { checkedSecret } from '../secret.ts';
import { MOESIF_OPTIONS } from './options.ts';
import { collectorUrl, errorContextFor, secretNames } from './collector.ts';

const answerTimeoutMs = 30_000;

export async function askMoesifAccount(
  question: AccountQuestion,
  signal: AbortSignal,
): Promise<AccountAnswer> {
  const settings = valuesOf(MOESIF_OPTIONS, question.settings);
  const errorContext = errorContextFor(question.now);
  const reply = await question.http.request({
    method: 'GET',
    url: collectorUrl(settings, 'config'),
    headers: {
      'x-moesif-application-id': checkedSecret(settings.token?.trim(), secretNames),
      accept: 'application/json',
    },
    signal,
    timeoutMs: answerTimeoutMs,
  });
  if (reply.kind === 'transport-error') return retryAfterTransportError(reply, errorContext);
  if (isSuccess(reply)) return { kind: 'accepted' };
  if (reply.status < 300) return retryAfterReply('closed', reply, errorContext);
  // A proxy may forward only events.
  if (reply.status === 404) return { kind: 'unchecked', why: 'this address has no configuration to read' };
  const answer = answerByRules(reply, [], errorContext);
  if (answer.kind === 'retry') return answer;
  throw new Failure('unavailable', `Moesif answered ${explainReply(reply)}`);
}
