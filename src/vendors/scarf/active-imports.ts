/** The active imports of an owner, with one request as a rule. */
import type { Retry } from '../../records.ts';
import type { ScarfAccount } from './account.ts';
import type { EventImport } from './imports.ts';
import { isActive } from './jobs.ts';
import { searchImports } from './paging.ts';

/** Counting stops at this many: there are never more active imports. */
const maxActiveCounted = 1000;

export async function activeImportsOf(
  account: ScarfAccount,
  signal: AbortSignal,
): Promise<{ kind: 'active'; imports: EventImport[] } | Retry> {
  const imports: EventImport[] = [];
  const take = ({ fresh, rows }: { fresh: EventImport[]; rows: number }) => {
    imports.push(...fresh.filter(isActive));
    // A page without a round number of rows was not truncated: this request, which is sent at the start of every run
    // and again and again by who watches, should cost one call.
    return rows % 5 !== 0 || imports.length > maxActiveCounted;
  };
  const listed = await searchImports(account, { status: ['importing'], take }, signal);
  return listed.kind === 'retry' ? listed : { kind: 'active', imports };
}

/** The same as a target tells it. */
export async function activeElsewhere(
  account: ScarfAccount,
  signal: AbortSignal,
): Promise<{ kind: 'active-elsewhere'; ids: string[] } | Retry> {
  const active = await activeImportsOf(account, signal);
  if (active.kind === 'retry') return active;
  return { kind: 'active-elsewhere', ids: active.imports.map(({ id }) => id) };
}
