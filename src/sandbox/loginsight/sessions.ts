import type { EmulatorContext } from '../emulator.ts';
import { makeToken, makeUuid } from '../identity.ts';
import { isObject, parseJson, readWholeBody } from '../wire/body.ts';
import { header, type Exchange } from '../wire/exchange.ts';
import { jsonReply, Refusal, textReply, type Reply } from '../wire/reply.ts';
import type { LogInsightSettings } from './options.ts';

interface Session {
  userId: string;
  endsAtMs: number;
}

const MAX_LOGIN_BYTES = 65_536;
const MAX_SESSIONS = 10_000;

/** The sessions of the appliance (REST reference v1, sessions, 2020-02). */
export class Sessions {
  logins = 0;
  /** Requests answered with 440. */
  expired = 0;
  private readonly sessions = new Map<string, Session>();
  private readonly settings: LogInsightSettings;
  private readonly context: EmulatorContext;

  constructor(settings: LogInsightSettings, context: EmulatorContext) {
    this.settings = settings;
    this.context = context;
  }

  async logIn(exchange: Exchange): Promise<Reply> {
    const login = parseJson(await readWholeBody(exchange, MAX_LOGIN_BYTES));
    const { username, password, provider } = this.settings;
    const isKnown =
      isObject(login) &&
      login['username'] === username &&
      login['password'] === password &&
      (login['provider'] ?? 'Local') === provider;
    if (!isKnown) {
      return jsonReply(401, { errorMessage: 'Invalid username or password.', errorCode: 'FIELD_ERROR' });
    }
    const userId = makeUuid(this.context.random);
    const sessionId = makeToken(this.context.random, 64);
    this.sessions.set(sessionId, { userId, endsAtMs: this.context.clock() + this.settings.sessionTtlMs });
    this.logins += 1;
    this.forgetOldest();
    return jsonReply(200, { userId, sessionId, ttl: Math.ceil(this.settings.sessionTtlMs / 1000) });
  }

  /**
   * The session of the request; undefined without an `Authorization` header. Throws a `Refusal` in plain
   * text: 401 for an unknown session, 440 for an expired one.
   */
  authenticate(exchange: Exchange): Session | undefined {
    const authorization = header(exchange, 'authorization');
    if (authorization === undefined) return undefined;
    const session = this.sessions.get(/^Bearer +(.+)$/i.exec(authorization)?.[1] ?? '');
    if (session === undefined) throw new Refusal(textReply(401, 'Invalid session ID'));
    if (session.endsAtMs > this.context.clock()) return session;
    this.expired += 1;
    throw new Refusal(textReply(440, 'Login Timeout'));
  }

  describeCurrent(exchange: Exchange): Reply {
    const session = this.authenticate(exchange);
    if (session === undefined) return textReply(401, 'Invalid session ID');
    const ttl = Math.ceil((session.endsAtMs - this.context.clock()) / 1000);
    return jsonReply(200, { userId: session.userId, ttl });
  }

  private forgetOldest(): void {
    for (const sessionId of this.sessions.keys()) {
      if (this.sessions.size <= MAX_SESSIONS) return;
      this.sessions.delete(sessionId);
    }
  }
}
