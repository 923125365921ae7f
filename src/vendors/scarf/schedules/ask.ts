/** Requests about scheduled exports. Replies are passed on unchanged, since their shape is not published. */
import { asObject } from '../../../json.ts';
import { explainReply } from '../../../http/explain.ts';
import type { TransportError, HttpReply } from '../../../http/client.ts';
import { Failure } from '../../../failure.ts';
import type { Retry } from '../../../records.ts';
import { isErrorObject, parsedJson } from '../../json.ts';
import { classifyReadReply, scarfUrl, unknownOwner, type ScarfAccount } from '../account.ts';
import { isBareSuccess, ruleFor } from '../../rules.ts';
import { readWholeList, type ListPage, type ListSource } from '../whole-list.ts';

/** A reply of Scarf: parsed JSON, or text when it is not JSON. */
export interface RawReply {
  kind: 'said';
  body: unknown;
}

/** `maybe`: the request was sent and may have taken effect. */
export type NoReply = Retry & { taken: 'no' | 'maybe' };

type ScheduleRoute = 'schedule-export' | 'schedule-export-history';

const answerTimeoutMs = 60_000;

/** A list: a single page unchanged, several joined in the shape of the first. */
export interface RawReplyList extends RawReply {
  entries: unknown[];
}

/** The complete list of schedules, or of the files that they have written. */
export async function readSchedules(
  account: ScarfAccount,
  route: ScheduleRoute,
  signal: AbortSignal,
): Promise<RawReplyList | Retry> {
  const source: ListSource = {
    noun: route === 'schedule-export' ? 'schedules' : 'files that schedules have written',
    path: ['v2', 'exports', account.owner, route],
    rowsOf: (body) =>
      typeof body === 'object' && !isErrorObject(body) ? entriesIn(body).entries : undefined,
    keyOf: (row) => {
      const id = asObject(row)?.['id'];
      return typeof id === 'string' ? id : JSON.stringify(row);
    },
  };
  const entries: unknown[] = [];
  let first: unknown;
  let pages = 0;
  const take = ({ body, fresh, number, rows }: ListPage) => {
    // Identical rows of one page are still separate entries.
    if (number === 1) [first, pages] = [body, 1];
    else if (fresh.length > 0) pages++;
    for (const row of number === 1 ? rows : fresh) entries.push(row);
    return false;
  };
  const listed = await readWholeList(account, { source, take }, signal);
  if (listed.kind === 'retry') return listed;
  return { kind: 'said', body: pages > 1 ? withEntries(first, entries) : first, entries };
}

/** The list in a reply of unknown shape, and the name of its key; a single object is a list of one. */
function entriesIn(body: unknown): { name: string | undefined; entries: unknown[] } {
  if (Array.isArray(body)) return { name: undefined, entries: body };
  const object = asObject(body);
  if (object === undefined) return { name: undefined, entries: [] };
  const [name, entries] = Object.entries(object).find(([, value]) => Array.isArray(value)) ?? [];
  if (name !== undefined) return { name, entries: entries as unknown[] };
  return { name: undefined, entries: Object.keys(object).length === 0 ? [] : [object] };
}

function withEntries(body: unknown, entries: unknown[]): unknown {
  const { name } = entriesIn(body);
  if (name === undefined) return entries;
  const { _links: _left, ...rest } = asObject(body) ?? {};
  return { ...rest, [name]: entries };
}

/**
 * Creates a schedule. Not harmless to repeat: a lost answer is `taken: 'maybe'`. Throws a Failure `usage` when
 * Scarf refuses it.
 */
export async function createSchedule(
  account: ScarfAccount,
  body: Record<string, unknown>,
  signal: AbortSignal,
): Promise<RawReply | NoReply> {
  const reply = await send(account, { method: 'POST', route: 'schedule-export', body }, signal);
  const good = goodReply(reply);
  if (good) return said(good);
  const again = unwelcome(account, reply);
  const isLost =
    reply.kind === 'transport-error' ? reply.taken === 'maybe' : reply.status >= 500 || reply.status < 300;
  return { ...again, taken: isLost ? 'maybe' : 'no' };
}

/** Deletes a schedule; `gone` when it does not exist. Sends a DELETE with a JSON body ("Scarf API v2", 2025-07). */
export async function deleteSchedule(
  account: ScarfAccount,
  id: string,
  signal: AbortSignal,
): Promise<{ kind: 'deleted' | 'gone' } | Retry> {
  const reply = await send(account, { method: 'DELETE', route: 'schedule-export', body: { id } }, signal);
  if (goodReply(reply)) return { kind: 'deleted' };
  if (reply.kind === 'reply' && reply.status === 404) return { kind: 'gone' };
  return unwelcome(account, reply);
}

interface Question {
  method: 'POST' | 'DELETE';
  route: ScheduleRoute;
  body: Record<string, unknown>;
}

/** Sends a JSON body. Without a content type Scarf answers 415. */
function send(
  account: ScarfAccount,
  question: Question,
  signal: AbortSignal,
): Promise<HttpReply | TransportError> {
  const { body, method, route } = question;
  const bytes = Buffer.from(JSON.stringify(body));
  return account.http.request({
    method,
    url: scarfUrl(account, ['v2', 'exports', account.owner, route]),
    headers: {
      ...account.authorize(),
      accept: 'application/json',
      'content-type': 'application/json',
    },
    body: { segments: [bytes], byteLength: bytes.length },
    signal,
    timeoutMs: answerTimeoutMs,
  });
}

function goodReply(reply: HttpReply | TransportError): HttpReply | undefined {
  return reply.kind === 'reply' && isBareSuccess(reply) ? reply : undefined;
}

function said({ text }: HttpReply): RawReply {
  return { kind: 'said', body: parsedJson(text) ?? (text.trim() === '' ? null : text) };
}

/** Returns a retry, or throws a Failure when retrying is pointless. */
function unwelcome(account: ScarfAccount, reply: HttpReply | TransportError): Retry {
  if (reply.kind === 'reply' && reply.status === 404) throw unknownOwner(account);
  if (reply.kind === 'reply' && ruleFor(reply.status, []).verdict === 'declined') {
    throw new Failure('usage', `Scarf answered ${explainReply(reply)}`, {
      hint: 'check the destination and the selection',
    });
  }
  return classifyReadReply(reply, account);
}
