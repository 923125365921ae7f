/**
 * Checks whether Scarf accepts a token, and counts the import slots in use. No route tells the plan ("Scarf API
 * v2", 2026-06).
 */
import type { HttpReply, TransportError } from '../../http/client.ts';
import { valuesOf } from '../../settings/values.ts';
import type { AccountAnswer, AccountQuestion } from '../account.ts';
import { isSuccess } from '../rules.ts';
import { classifyReadReply, createScarfAccount, scarfUrl, type ScarfAccount } from './account.ts';
import { isActive } from './jobs.ts';
import { SCARF_ACCOUNT_OPTIONS } from './options.ts';
import { searchImports } from './paging.ts';
import { maxActiveImports } from './rules.ts';

const answerTimeoutMs = 30_000;

/** Lists the active imports of the owner; without an owner, sends a search, which needs none. */
export async function askScarfAccount(
  question: AccountQuestion,
  signal: AbortSignal,
): Promise<AccountAnswer> {
  const { settings } = question;
  const { owner } = valuesOf(SCARF_ACCOUNT_OPTIONS, settings);
  if (owner !== undefined) return askForSlots(createScarfAccount(settings, question), question.once, signal);
  return askWithoutOwner(createScarfAccount({ ...settings, owner: 'nobody' }, question), signal);
}

async function askForSlots(
  account: ScarfAccount,
  once: boolean,
  signal: AbortSignal,
): Promise<AccountAnswer> {
  let used = 0;
  const listed = await searchImports(
    account,
    {
      status: ['importing'],
      take: ({ fresh, rows }) => {
        used += fresh.filter(isActive).length;
        // A page with a round number of rows may have been truncated.
        return once || rows % 5 !== 0;
      },
    },
    signal,
  );
  if (listed.kind === 'retry') return listed;
  return { kind: 'accepted', slots: { used, limit: maxActiveImports } };
}

/** The search route needs only a token ("Scarf API v2, search", 2023-05). */
async function askWithoutOwner(account: ScarfAccount, signal: AbortSignal): Promise<AccountAnswer> {
  const body = Buffer.from(JSON.stringify({ query: 'scarf' }));
  const reply = await account.http.request({
    method: 'POST',
    url: scarfUrl(account, ['v2', 'search']),
    headers: { ...account.authorize(), accept: 'application/json', 'content-type': 'application/json' },
    body: { segments: [body], byteLength: body.length },
    signal,
    timeoutMs: answerTimeoutMs,
  });
  if (reply.kind === 'reply' && isSuccess(reply)) return { kind: 'accepted' };
  if (isNoSuchRoute(reply)) return { kind: 'unchecked', why: 'without an owner Scarf cannot be asked' };
  const errorContext = {
    ...account.errorContext,
    hints: { ...account.errorContext.hints, credentials: 'check the token' },
  };
  return classifyReadReply(reply, { ...account, errorContext });
}

function isNoSuchRoute(reply: HttpReply | TransportError): boolean {
  return reply.kind === 'reply' && [400, 404, 405, 422].includes(reply.status);
}
