/** Looks up names of packages and pixels at Scarf, with retries. */
import type { Retry } from '../../../records.ts';
import { retry, type RetryOptions } from '../../../retrieval/retry.ts';
import { RetryError } from '../../../retry.ts';
import type { ScarfAccount } from '../../../vendors/scarf/account.ts';
import { isArtifactId, type Lookup } from '../../../vendors/scarf/exports/names.ts';

/** How names of artifacts are looked up. */
export interface DatasetContext extends RetryOptions {
  account: ScarfAccount;
}

export type Find = (account: ScarfAccount, text: string, signal: AbortSignal) => Promise<Lookup>;

/** The ids of all named artifacts, without duplicates; `all` and `none` are kept. */
export async function findAll(
  texts: readonly string[],
  find: Find,
  context: DatasetContext,
): Promise<string[]> {
  const ids: string[] = [];
  for (const text of texts) {
    const isId = isArtifactId(text) || text === 'all' || text === 'none';
    ids.push(isId ? text : await retry(() => answered(find(context.account, text, context.signal)), context));
  }
  return [...new Set(ids)];
}

async function answered(call: Promise<{ kind: 'found'; id: string } | Retry>): Promise<string> {
  const answer = await call;
  if (answer.kind === 'retry') throw new RetryError(answer.message, { waitMs: answer.waitMs });
  return answer.id;
}
