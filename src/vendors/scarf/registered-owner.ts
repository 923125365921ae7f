/**
 * Finds the registered spelling of an owner: v2 ignores letter case, v3 requires the registered one (probed
 * 2026-09-01).
 */
import { asObject } from '../../json.ts';
import type { AccountQuestion } from '../account.ts';
import { parsedJson } from '../json.ts';
import { isSuccess } from '../rules.ts';
import { askScarf, createScarfAccount, scarfUrl } from './account.ts';

/** The owner as spelled by its first package; undefined when there is no package or no answer. */
export async function registeredOwner(
  question: AccountQuestion,
  signal: AbortSignal,
): Promise<string | undefined> {
  const account = createScarfAccount(question.settings, question);
  const one = new URLSearchParams({ per_page: '1' });
  const url = scarfUrl(account, ['v2', 'packages', account.owner], one);
  const reply = await askScarf(account, { method: 'GET', url }, signal);
  if (reply.kind === 'transport-error' || !isSuccess(reply)) return undefined;
  const results = asObject(parsedJson(reply.text))?.['results'];
  const owner = Array.isArray(results) ? asObject(results[0])?.['owner'] : undefined;
  return typeof owner === 'string' ? owner : undefined;
}
