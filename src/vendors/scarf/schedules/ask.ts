/** Scheduled exports at Scarf: asked once, replies passed through unmodelled, since none is published. */
import { explainReply } from '../../../http/explain.ts';
import type { HttpReply, HttpTrouble } from '../../../http/request.ts';
import { Failure } from '../../../failure.ts';
import type { Again } from '../../../records.ts';
import { parsedJson } from '../../json.ts';
import { againToRead, scarfUrl, unknownOwner, type ScarfAccount } from '../account.ts';
import { isSuccess, ruleFor } from '../../rules.ts';

/** What Scarf answered: JSON where it is JSON, else text. */
export interface Said {
  kind: 'said';
  body: unknown;
}

/** `maybe`: the request was sent and nobody knows whether it was heard. */
export type Unheard = Again & { taken: 'no' | 'maybe' };

type ScheduleRoute = 'schedule-export' | 'schedule-export-history';

const answerTimeoutMs = 60_000;

/** The schedules, or what they have done. */
export async function readSchedules(
  account: ScarfAccount,
  route: ScheduleRoute,
  signal: AbortSignal,
): Promise<Said | Again> {
  const reply = await send(account, { method: 'GET', route }, signal);
  const good = goodReply(reply);
  return good ? said(good) : unwelcome(account, reply);
}

/** Makes a schedule. Not harmless twice: an answer that got lost is `taken: 'maybe'`. */
export async function createSchedule(
  account: ScarfAccount,
  body: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Said | Unheard> {
  const reply = await send(account, { method: 'POST', route: 'schedule-export', body }, signal);
  const good = goodReply(reply);
  if (good) return said(good);
  const again = unwelcome(account, reply);
  const isLost = reply.kind === 'trouble' ? reply.taken === 'maybe' : reply.status >= 500;
  return { ...again, taken: isLost ? 'maybe' : 'no' };
}

/** Removes a schedule; one that is not there is removed. A DELETE with a JSON body ("Scarf API v2", 2025-07). */
export async function deleteSchedule(
  account: ScarfAccount,
  id: string,
  signal: AbortSignal,
): Promise<{ kind: 'deleted' | 'gone' } | Again> {
  const reply = await send(account, { method: 'DELETE', route: 'schedule-export', body: { id } }, signal);
  if (goodReply(reply)) return { kind: 'deleted' };
  if (reply.kind === 'reply' && reply.status === 404) return { kind: 'gone' };
  return unwelcome(account, reply);
}

interface Question {
  method: 'GET' | 'POST' | 'DELETE';
  route: ScheduleRoute;
  body?: Record<string, unknown>;
}

/** Without its media type a body is answered with 415. */
function send(
  account: ScarfAccount,
  question: Question,
  signal: AbortSignal,
): Promise<HttpReply | HttpTrouble> {
  const { body, method, route } = question;
  const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  return account.http.request({
    method,
    url: scarfUrl(account, ['v2', 'exports', account.owner, route]),
    headers: {
      ...account.authorize(),
      accept: 'application/json',
      ...(bytes === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(bytes === undefined ? {} : { body: { segments: [bytes], byteLength: bytes.length } }),
    signal,
    timeoutMs: answerTimeoutMs,
  });
}

function goodReply(reply: HttpReply | HttpTrouble): HttpReply | undefined {
  return reply.kind === 'reply' && isSuccess(reply) ? reply : undefined;
}

function said({ text }: HttpReply): Said {
  return { kind: 'said', body: parsedJson(text) ?? (text.trim() === '' ? null : text) };
}

/** Again, or a Failure for what no repetition cures. */
function unwelcome(account: ScarfAccount, reply: HttpReply | HttpTrouble): Again {
  if (reply.kind === 'reply' && reply.status === 404) throw unknownOwner(account);
  if (reply.kind === 'reply' && ruleFor(reply.status, []).verdict === 'refused') {
    throw new Failure('usage', `Scarf answered ${explainReply(reply)}`, {
      hint: 'check the destination and the selection',
    });
  }
  return againToRead(reply, account);
}
