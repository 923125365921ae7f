/**
 * What each status of a vendor means, as data: the targets classify by these tables and `scarf-cli limits`
 * prints them.
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
 * `taken`: the reply decides. `credentials` and `misdirected` end the run (exit 4 and 2). `refused`: sending it again cannot help.
 * `smaller`: may pass in pieces. `busy`: nothing was taken, waits without counting. `closed`: nothing was
 * taken, counts as a retry. `doubtful`: may have been taken, counts. `session`: asked again in another way.
 */
type Verdict =
  | 'taken'
  | 'credentials'
  | 'misdirected'
  | 'refused'
  | 'smaller'
  | 'busy'
  | 'closed'
  | 'doubtful'
  | 'session';

/** The meaning of a status (`401`) or of a class (`5xx`); in a table the first that matches holds. */
export interface StatusRule {
  status: string;
  verdict: Verdict;
  /** For people: what the vendor means by it, and what is done. */
  meaning: string;
}

/** What holds for every vendor that says nothing else. */
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
  { status: '429', verdict: 'busy', meaning: 'too many requests: waits' },
  { status: '5xx', verdict: 'doubtful', meaning: 'server trouble: may have been taken' },
  { status: '4xx', verdict: 'refused', meaning: 'refused' },
];

/** Who is speaking, for messages. */
export interface ErrorContext {
  title: string;
  now: () => number;
  /** The setting that names the server: `SCARF_API_URL`. */
  address: string;
  /** What to do about `credentials` and `misdirected`. */
  hints: { credentials: string; misdirected: string };
}

/** A 2xx that the vendor itself may have given: a page for people comes from something in between, and so does an error. */
export function isSuccess(reply: HttpReply): boolean {
  return reply.status >= 200 && reply.status < 300 && !isWebPage(reply) && !saysError(reply.text);
}

/** A 2xx where no body is described: it may be empty or JSON. Words for people come from something in between. */
export function isBareSuccess(reply: HttpReply): boolean {
  if (!isSuccess(reply)) return false;
  if (reply.text.trim() === '') return true;
  const body = parsedJson(reply.text);
  return typeof body === 'object' && body !== null && !isErrorObject(body);
}

/** Errors are short; what is long is a list of rows. */
const maxErrorLength = 64 * 1024;

function saysError(text: string): boolean {
  if (text.length > maxErrorLength || !/^\s*\{/.test(text)) return false;
  const body = parsedJson(text);
  return isErrorObject(body) && Boolean(asObject(body)?.['error'] ?? asObject(body)?.['errors']);
}

/** The rule for a status: the vendor's own first, then the common ones. */
export function ruleFor(status: number, rules: readonly StatusRule[]): StatusRule {
  const found = [...rules, ...COMMON_RULES].find((rule) => matches(rule.status, status));
  return found ?? { status: String(status), verdict: 'doubtful', meaning: 'not a status of this interface' };
}

/**
 * A reply that is no success as an answer; a 2xx that is none of the vendor's is doubtful. Throws a Failure for what
 * ends the run.
 */
export function answerByRules(reply: HttpReply, rules: readonly StatusRule[], speaker: ErrorContext): Answer {
  const { verdict } = ruleFor(reply.status, rules);
  const message = explainReply(reply);
  switch (verdict) {
    case 'credentials':
      throw new Failure('credentials', `${speaker.title} answered ${message}`, {
        hint: speaker.hints.credentials,
      });
    case 'misdirected':
      throw misdirected(reply, message, speaker);
    case 'refused':
    case 'smaller':
      return { kind: verdict, reason: `refused-${reply.status}`, message };
    case 'taken':
      return {
        ...retryAfterReply('doubtful', reply, speaker),
        message: `${message} (no answer of ${speaker.title})`,
      };
    case 'busy':
    case 'closed':
    case 'doubtful':
    case 'session':
      return retryAfterReply(verdict, reply, speaker);
  }
}

/** An event that stands alone cannot get smaller: it is refused. */
export function refusedAlone(answer: Answer, body: Body): Answer {
  return answer.kind === 'smaller' && body.events <= 1 ? { ...answer, kind: 'refused' } : answer;
}

/** The Failure for a reply that shows that this is not the place. A redirect tells where it points to. */
function misdirected(reply: HttpReply, message: string, speaker: ErrorContext): Failure {
  const location = reply.headers['location'];
  if (reply.status < 300 || reply.status >= 400 || location === undefined) {
    return new Failure('usage', `${speaker.title} answered ${message}`, { hint: speaker.hints.misdirected });
  }
  return new Failure(
    'usage',
    `${speaker.title} answered ${reply.status}, a redirect to ${origin(location)}`,
    {
      hint: `redirects are never followed, since credentials go only where you send them; ${speaker.hints.misdirected}`,
    },
  );
}

/** The request may be sent again, after the time that the server names. */
export function retryAfterReply(
  verdict: 'busy' | 'closed' | 'doubtful' | 'session',
  reply: HttpReply,
  speaker: ErrorContext,
): Retry {
  const waitMs = retryAfterMs(reply.headers['retry-after'], speaker.now());
  return {
    kind: 'retry',
    taken: verdict === 'doubtful' ? 'maybe' : 'no',
    why: verdict === 'busy' || verdict === 'session' ? verdict : 'transient',
    message: explainReply(reply),
    status: reply.status,
    ...(waitMs === undefined ? {} : { waitMs }),
  };
}

/** No reply came: again, unless no repetition cures it (a certificate nobody trusts), which is thrown. */
export function retryAfterTransportError(trouble: TransportError, speaker: ErrorContext): Retry {
  const advice = trouble.advice?.(speaker.address);
  const message = advice === undefined ? trouble.message : `${trouble.message} (${advice})`;
  if (trouble.final) throw new Failure('unavailable', message);
  return { kind: 'retry', taken: trouble.taken, why: 'transient', message };
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
