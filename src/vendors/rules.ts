/**
 * The meaning of each status of a vendor, as data: targets classify replies by these tables and `scarf-cli
 * limits` prints them.
 */
import { asObject } from '../json.ts';
import type { TransportError, HttpReply } from '../http/client.ts';
import { explainReply } from '../http/explain.ts';
import { isWebPage } from '../http/reply/web-page.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { Failure } from '../failure.ts';
import type { Retry, Answer, Body } from '../records.ts';
import { isErrorObject, parsedJson } from './json.ts';

/**
 * `taken`: the reply decides. `credentials` and `misdirected` end the run (exit 4 and 2). `refused`: a verdict on the
 * rows; `declined`: one on the request, whatever its rows; sending either again cannot help. `smaller`: may pass in
 * pieces. `busy`: nothing was taken, waits without counting. `closed`: nothing was taken, counts as a retry.
 * `doubtful`: may have been taken, counts. `session`: asked again in another way.
 */
type Verdict =
  | 'taken'
  | 'credentials'
  | 'misdirected'
  | 'refused'
  | 'declined'
  | 'smaller'
  | 'busy'
  | 'closed'
  | 'doubtful'
  | 'session';

/** The meaning of a status (`401`) or of a class (`5xx`). The first match in a table counts. */
export interface StatusRule {
  status: string;
  verdict: Verdict;
  /** For the user: what the vendor means by it and what happens then. */
  meaning: string;
}

/** Applies to every vendor that says nothing else. */
export const COMMON_RULES: readonly StatusRule[] = [
  { status: '3xx', verdict: 'misdirected', meaning: 'redirects are never followed' },
  { status: '401', verdict: 'credentials', meaning: 'credentials missing, wrong or expired' },
  { status: '402', verdict: 'credentials', meaning: 'the plan does not allow it' },
  { status: '403', verdict: 'credentials', meaning: 'credentials without access' },
  { status: '405', verdict: 'misdirected', meaning: 'not the address of this interface' },
  { status: '406', verdict: 'misdirected', meaning: 'not the address of this interface' },
  { status: '410', verdict: 'misdirected', meaning: 'the interface is gone' },
  { status: '408', verdict: 'doubtful', meaning: 'the server gave up waiting' },
  { status: '413', verdict: 'smaller', meaning: 'too large: sent in halves' },
  // RFC 8470, section 5.2: nothing was processed, since the request might have been a repetition.
  { status: '425', verdict: 'closed', meaning: 'too early: sent again' },
  { status: '429', verdict: 'busy', meaning: 'too many requests: waits' },
  { status: '5xx', verdict: 'doubtful', meaning: 'server trouble: may have been taken' },
  { status: '4xx', verdict: 'declined', meaning: 'refused' },
];

/** Whom error messages are about. */
export interface ErrorContext {
  title: string;
  now: () => number;
  /** The setting that names the server: `SCARF_API_URL`. */
  address: string;
  /** Hints for `credentials` and `misdirected`. */
  hints: { credentials: string; misdirected: string };
}

/**
 * Whether the reply is a success of the vendor itself: an HTML page or an error object with status 2xx comes
 * from something in between.
 */
export function isSuccess(reply: HttpReply): boolean {
  return reply.status >= 200 && reply.status < 300 && !isWebPage(reply) && !saysError(reply.text);
}

/**
 * Whether a 2xx without a described body is a success: it may be empty or JSON. Prose comes from something in
 * between.
 */
export function isBareSuccess(reply: HttpReply): boolean {
  if (!isSuccess(reply)) return false;
  if (reply.text.trim() === '') return true;
  const body = parsedJson(reply.text);
  return typeof body === 'object' && body !== null && !isErrorObject(body);
}

/** Errors are short; long bodies are lists of rows. */
const maxErrorLength = 64 * 1024;

function saysError(text: string): boolean {
  if (text.length > maxErrorLength || !/^\s*\{/.test(text)) return false;
  const body = parsedJson(text);
  return isErrorObject(body) && Boolean(asObject(body)?.['error'] ?? asObject(body)?.['errors']);
}

/** The rule for a status: the vendor's own rules first, then the common ones. */
export function ruleFor(status: number, rules: readonly StatusRule[]): StatusRule {
  const found = [...rules, ...COMMON_RULES].find((rule) => matches(rule.status, status));
  return found ?? { status: String(status), verdict: 'doubtful', meaning: 'not a status of this interface' };
}

/**
 * Classifies a reply that is no success. A 2xx that is not the vendor's is doubtful. Throws a Failure for
 * what ends the run.
 */
export function answerByRules(
  reply: HttpReply,
  rules: readonly StatusRule[],
  errorContext: ErrorContext,
): Answer {
  const { verdict } = ruleFor(reply.status, rules);
  const message = explainReply(reply);
  switch (verdict) {
    case 'credentials':
      throw new Failure('credentials', `${errorContext.title} answered ${message}`, {
        hint: errorContext.hints.credentials,
      });
    case 'misdirected':
      throw misdirected(reply, message, errorContext);
    case 'refused':
    case 'smaller':
      return { kind: verdict, reason: `refused-${reply.status}`, message };
    case 'declined':
      return { kind: 'refused', reason: `refused-${reply.status}`, message, isUnjudged: true };
    case 'taken':
      return {
        ...retryAfterReply('doubtful', reply, errorContext),
        message: `${message} (no answer of ${errorContext.title})`,
      };
    case 'busy':
    case 'closed':
    case 'doubtful':
    case 'session':
      return retryAfterReply(verdict, reply, errorContext);
  }
}

/** A single event cannot be split further, so it is refused. */
export function refusedAlone(answer: Answer, body: Body): Answer {
  return answer.kind === 'smaller' && body.events <= 1 ? { ...answer, kind: 'refused' } : answer;
}

/** The Failure for a reply that shows that the address is wrong. Names the target of a redirect. */
function misdirected(reply: HttpReply, message: string, errorContext: ErrorContext): Failure {
  const location = reply.headers['location'];
  if (reply.status < 300 || reply.status >= 400 || location === undefined) {
    return new Failure('usage', `${errorContext.title} answered ${message}`, {
      hint: errorContext.hints.misdirected,
    });
  }
  return new Failure(
    'usage',
    `${errorContext.title} answered ${reply.status}, a redirect to ${origin(location)}`,
    {
      hint: `redirects are never followed, since credentials go only where you send them; ${errorContext.hints.misdirected}`,
    },
  );
}

/** A retry after the time that the server names. */
export function retryAfterReply(
  verdict: 'busy' | 'closed' | 'doubtful' | 'session',
  reply: HttpReply,
  errorContext: ErrorContext,
): Retry {
  const waitMs = retryAfterMs(reply.headers['retry-after'], errorContext.now());
  return {
    kind: 'retry',
    taken: verdict === 'doubtful' ? 'maybe' : 'no',
    why: verdict === 'busy' || verdict === 'session' ? verdict : 'transient',
    message: explainReply(reply),
    status: reply.status,
    ...(waitMs === undefined ? {} : { waitMs }),
  };
}

/** A retry, because no reply came. Throws a Failure where retrying cannot help (an untrusted certificate). */
export function retryAfterTransportError(error: TransportError, errorContext: ErrorContext): Retry {
  const advice = error.advice?.(errorContext.address);
  const message = advice === undefined ? error.message : `${error.message} (${advice})`;
  if (error.final) throw new Failure('unavailable', message);
  return { kind: 'retry', taken: error.taken, why: 'transient', message };
}

function matches(pattern: string, status: number): boolean {
  const text = String(status);
  return pattern.endsWith('xx')
    ? text.length === 3 && text.startsWith(pattern.slice(0, 1))
    : pattern === text;
}

function origin(location: string): string {
  return URL.canParse(location) ? new URL(location).origin : 'another path';
}
