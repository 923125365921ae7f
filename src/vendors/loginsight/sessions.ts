/**
 * Who asks: nobody, a session that was given, or one that is made by logging in, renewed before its end and when the
 * server no longer takes it ("Log Insight API 1.0, POST sessions"). Requests side by side share one login.
 */
import { explainReply } from '../../http/explain.ts';
import type { HttpClient } from '../../http/request.ts';
import { Failure } from '../../failure.ts';
import type { Again } from '../../records.ts';
import { asObject, parsedJson } from '../json.ts';
import { againAfterReply, againAfterTrouble, answerByRules, type Speaker } from '../rules.ts';
import { LOGIN_STATUSES } from './vendor.ts';

export interface Login {
  username: string;
  password: string;
  provider: string;
}

/** A session, or (`id` undefined) none. */
export interface Session {
  kind: 'session';
  id: string | undefined;
}

export interface Sessions {
  /** The session to ask with; logs in where there is none or the old one nears its end. */
  current(signal: AbortSignal): Promise<Session | Again>;
  /** The server took this session. */
  worked(session: Session): void;
  /** The server no longer takes this session. Throws a Failure `credentials` when no login will help. */
  refused(session: Session, message: string): void;
}

/** Part of a session's time after which it is renewed. */
const renewAfter = 0.8;

/** So many new sessions refused one after the other, none of them ever taken: logging in again is no use. */
const maxFreshRefusals = 3;

const loginTimeoutMs = 30_000;

export interface SessionOptions {
  http: HttpClient;
  /** Without a trailing slash. */
  baseUrl: string;
  login?: Login;
  /** Used first, as it is. */
  given?: string;
  /** Its secrets grow by the session in use. */
  speaker: Speaker & { secrets: (string | undefined)[] };
}

/** The sessions of a run. Asks nothing until the first `current`. */
export function createSessions(options: SessionOptions): Sessions {
  const { login, given, speaker } = options;
  let session: Session | undefined =
    given === undefined && login !== undefined ? undefined : asSession(given);
  let renewAt = Number.POSITIVE_INFINITY;
  let loggingIn: Promise<Session | Again> | undefined;
  let freshRefusals = 0;

  return {
    async current(signal) {
      if (login === undefined) return asSession(given);
      if (session !== undefined && speaker.now() < renewAt) return session;
      loggingIn ??= logIn(login, signal).finally(() => (loggingIn = undefined));
      return loggingIn;
    },
    worked(used) {
      if (used === session) freshRefusals = 0;
    },
    refused(used, message) {
      if (login === undefined) throw refusedForGood(message, used);
      if (used !== session) return;
      session = undefined;
      freshRefusals++;
      if (freshRefusals > maxFreshRefusals) throw refusedForGood(message, used);
    },
  };

  async function logIn(user: Login, signal: AbortSignal): Promise<Session | Again> {
    const body = Buffer.from(JSON.stringify(user));
    const reply = await options.http.request({
      method: 'POST',
      url: `${options.baseUrl}/api/v1/sessions`,
      headers: { 'content-type': 'application/json' },
      body: { segments: [body], byteLength: body.length },
      signal,
      timeoutMs: loginTimeoutMs,
    });
    if (reply.kind === 'trouble') return { ...againAfterTrouble(reply, speaker), taken: 'no' };
    if (isNotSetUp(reply)) throw notSetUp(explainReply(reply, speaker.secrets));
    const made = reply.status === 200 ? asObject(parsedJson(reply.text)) : undefined;
    const id = made?.['sessionId'];
    if (typeof id === 'string' && /^[\x21-\x7e]+$/.test(id)) return begin(id, made?.['ttl']);
    if (reply.status < 300) return againAfterReply('closed', reply, speaker);
    const answer = answerByRules(reply, LOGIN_STATUSES, speaker);
    if (answer.kind === 'again') return answer;
    throw refusedForGood(explainReply(reply, speaker.secrets), asSession(undefined));
  }

  function begin(id: string, ttlSeconds: unknown): Session {
    renewAt = typeof ttlSeconds !== 'number' ? Infinity : speaker.now() + ttlSeconds * 1000 * renewAfter;
    speaker.secrets[0] = id;
    session = asSession(id);
    return session;
  }
}

/** The appliance has never been configured: no repetition helps ("Log Insight API 1.0, POST sessions", 503). */
export function isNotSetUp(reply: { status: number; text: string }): boolean {
  return reply.status === 503 && /bootstrapped/i.test(reply.text);
}

/** The Failure for an appliance that was never configured. */
export function notSetUp(message: string): Failure {
  return new Failure('unavailable', `Log Insight is not set up yet: ${message}`, {
    hint: 'finish the first configuration of the appliance in a browser',
  });
}

function asSession(id: string | undefined): Session {
  return { kind: 'session', id };
}

function refusedForGood(message: string, { id }: Session): Failure {
  return new Failure('credentials', `Log Insight answered ${message}`, {
    hint:
      id === undefined
        ? 'set LOGINSIGHT_USERNAME and LOGINSIGHT_PASSWORD, or LOGINSIGHT_SESSION_ID'
        : 'check LOGINSIGHT_SESSION_ID, or LOGINSIGHT_USERNAME, LOGINSIGHT_PASSWORD and LOGINSIGHT_PROVIDER',
  });
}
