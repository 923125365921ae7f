/**
 * Sessions: none, a given one, or one made by logging in, which is renewed before it expires and when the server
 * refuses it ("Log Insight API 1.0, POST sessions"). Concurrent requests share one login.
 */
import { asObject } from '../../json.ts';
import { explainReply } from '../../http/explain.ts';
import type { HttpClient, TransportError, HttpReply } from '../../http/client.ts';
import { Failure } from '../../failure.ts';
import { processMask } from '../../masking/process-mask.ts';
import type { Retry } from '../../records.ts';
import { parsedJson } from '../json.ts';
import { retryAfterReply, retryAfterTransportError, answerByRules, type ErrorContext } from '../rules.ts';
import { LOGIN_STATUSES } from './rules.ts';

export interface Login {
  username: string;
  password: string;
  provider: string;
}

/** A session; `id` is undefined for anonymous requests. */
export interface Session {
  kind: 'session';
  id: string | undefined;
  /** By this machine's clock; a session that was given, or none, never runs out. */
  expiresAtMs?: number;
}

export interface SessionOptions {
  http: HttpClient;
  /** Without a trailing slash. */
  baseUrl: string;
  login?: Login;
  /** A session id to use first. */
  given?: string;
  errorContext: ErrorContext;
}

/** A session is renewed after this share of its lifetime. */
const renewAfter = 0.8;

/** After more refused new sessions in a row than this, logging in again is pointless. */
const maxFreshRefusals = 3;

const loginTimeoutMs = 30_000;

const anonymous: Session = { kind: 'session', id: undefined };

/** The sessions of a run. Sends nothing until the first `current`. */
export class Sessions {
  readonly #options: SessionOptions;
  /** The session in use; undefined when there is none yet. */
  #session: Session | undefined;
  #renewAtMs = Number.POSITIVE_INFINITY;
  #loggingIn: Promise<Session | Retry> | undefined;
  #freshRefusals = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    if (options.given !== undefined) this.#session = { kind: 'session', id: options.given };
  }

  /**
   * The session to use; logs in when there is none or the old one is about to expire. Returns a retry when the
   * login gets no usable answer. Throws a Failure when the login is refused.
   */
  async current(signal: AbortSignal): Promise<Session | Retry> {
    const { login, errorContext } = this.#options;
    if (login === undefined) return this.#session ?? anonymous;
    if (this.#session !== undefined && errorContext.now() < this.#renewAtMs) return this.#session;
    this.#loggingIn ??= this.#logIn(login, signal).finally(() => {
      this.#loggingIn = undefined;
    });
    return this.#loggingIn;
  }

  /** Records that the server accepted this session. */
  worked(session: Session): void {
    if (session === this.#session) this.#freshRefusals = 0;
  }

  /** Records that the server refused this session. Throws a Failure `credentials` when logging in cannot help. */
  refused(session: Session, message: string): void {
    if (this.#options.login === undefined) throw refusedForGood(message, session.id);
    if (session !== this.#session) return;
    this.#session = undefined;
    this.#freshRefusals += 1;
    if (this.#freshRefusals > maxFreshRefusals) throw refusedForGood(message, session.id);
  }

  /**
   * Records that the session expired. However often that happens, it does not count against the login: the server
   * may be slower than its sessions last. Throws a Failure `credentials` without a login.
   */
  ended(session: Session, message: string): void {
    if (this.#options.login === undefined) throw refusedForGood(message, session.id);
    if (session === this.#session) this.#session = undefined;
  }

  /**
   * Whether the session has run out by now. The server answers 440 for it once and then no longer knows it: the 401 that
   * follows says nothing about the login.
   */
  hasRunOut({ expiresAtMs }: Session): boolean {
    return expiresAtMs !== undefined && this.#options.errorContext.now() >= expiresAtMs;
  }

  async #logIn(login: Login, signal: AbortSignal): Promise<Session | Retry> {
    const { errorContext } = this.#options;
    // The server's clock for it starts later, so that a session it no longer knows is one that has run out here too.
    const askedAtMs = errorContext.now();
    const reply = await this.#askForSession(login, signal);
    if (reply.kind === 'transport-error')
      return { ...retryAfterTransportError(reply, errorContext), taken: 'no' };
    if (isNotSetUp(reply)) throw notSetUp(explainReply(reply));
    const made = reply.status === 200 ? asObject(parsedJson(reply.text)) : undefined;
    const id = made?.['sessionId'];
    if (typeof id === 'string' && /^[\x21-\x7e]+$/.test(id)) return this.#begin(id, askedAtMs, made?.['ttl']);
    if (reply.status < 300) return retryAfterReply('closed', reply, errorContext);
    const answer = answerByRules(reply, LOGIN_STATUSES, errorContext);
    if (answer.kind === 'retry') return answer;
    throw refusedForGood(explainReply(reply), undefined);
  }

  #askForSession(login: Login, signal: AbortSignal): Promise<HttpReply | TransportError> {
    const { http, baseUrl } = this.#options;
    const body = Buffer.from(JSON.stringify(login));
    return http.request({
      method: 'POST',
      url: `${baseUrl}/api/v1/sessions`,
      headers: { 'content-type': 'application/json' },
      body: { segments: [body], byteLength: body.length },
      signal,
      timeoutMs: loginTimeoutMs,
    });
  }

  #begin(id: string, askedAtMs: number, ttlSeconds: unknown): Session {
    const lifeMs = typeof ttlSeconds === 'number' ? ttlSeconds * 1000 : Number.POSITIVE_INFINITY;
    this.#renewAtMs = askedAtMs + lifeMs * renewAfter;
    processMask.add(id);
    this.#session = { kind: 'session', id, expiresAtMs: askedAtMs + lifeMs };
    return this.#session;
  }
}

/**
 * Whether the appliance was never configured, so that retrying is pointless ("Log Insight API 1.0, POST sessions",
 * 503).
 */
export function isNotSetUp(reply: { status: number; text: string }): boolean {
  return reply.status === 503 && /bootstrapped/i.test(reply.text);
}

/** Failure for an appliance that was never configured. */
export function notSetUp(message: string): Failure {
  return new Failure('unavailable', `Log Insight is not set up yet: ${message}`, {
    hint: 'finish the first configuration of the appliance in a browser',
  });
}

function refusedForGood(message: string, sessionId: string | undefined): Failure {
  return new Failure('credentials', `Log Insight answered ${message}`, {
    hint:
      sessionId === undefined
        ? 'set LOGINSIGHT_USERNAME and LOGINSIGHT_PASSWORD, or LOGINSIGHT_SESSION_ID'
        : 'check LOGINSIGHT_SESSION_ID, or LOGINSIGHT_USERNAME, LOGINSIGHT_PASSWORD and LOGINSIGHT_PROVIDER',
  });
}
