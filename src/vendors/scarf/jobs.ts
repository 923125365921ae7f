/** Following imports: the state of all open jobs, with as few calls as the list allows, since calls cost the user. */
import type { Again, JobState, Receipt } from '../../records.ts';
import type { ScarfAccount } from './account.ts';
import { getImport, type EventImport } from './imports.ts';
import { collectImports } from './paging.ts';

/** Looks in a row at which a job must be missing to be believed so: a fresh import may not be readable yet. */
const looksBeforeMissing = 4;

/** What `Target.follow` answers. */
export type Seen = { kind: 'seen'; jobs: JobState[]; others: number } | Again;

/** The watch of one run over its imports. It remembers how often in a row each was missing. */
export function watchJobs(
  account: ScarfAccount,
): (receipts: readonly Receipt[], signal: AbortSignal) => Promise<Seen> {
  const missedLooks = new Map<string, number>();

  return async (receipts, signal) => {
    const wanted = new Set(receipts.map(({ id }) => id));
    const listed = await collectImports(account, { enough: (found) => fewMissing(wanted, found) }, signal);
    if (listed.kind === 'again') return listed;
    const jobs: JobState[] = [];
    for (const id of wanted) {
      const item = listed.imports.get(id);
      const job = item === undefined ? await askForOne(id, signal) : seen(item);
      if ('kind' in job) return job;
      jobs.push(job);
    }
    return { kind: 'seen', jobs, others: countOthers(listed.imports.values(), wanted) };
  };

  async function askForOne(id: string, signal: AbortSignal): Promise<JobState | Again> {
    const answer = await getImport(account, id, signal);
    if (answer.kind === 'again') return answer;
    return answer.kind === 'import' ? seen(answer.import) : missed(id);
  }

  function seen(item: EventImport): JobState {
    missedLooks.delete(item.id);
    return jobOf(item);
  }

  function missed(id: string): JobState {
    const looks = (missedLooks.get(id) ?? 0) + 1;
    missedLooks.set(id, looks);
    return { id, state: looks < looksBeforeMissing ? 'open' : 'missing', fields: {} };
  }
}

/** The imports of the owner that are active now. */
export async function activeImports(
  account: ScarfAccount,
  signal: AbortSignal,
): Promise<{ kind: 'occupied'; ids: string[] } | Again> {
  const search = { status: ['importing'], enough: () => false };
  const listed = await collectImports(account, search, signal);
  if (listed.kind === 'again') return listed;
  return { kind: 'occupied', ids: [...listed.imports.values()].filter(isActive).map(({ id }) => id) };
}

/** An import as a job; a status that is not known yet counts as open. Samples of the log stay behind. */
export function jobOf(item: EventImport): JobState {
  const ended = item.status === 'done' || item.status === 'aborted';
  return {
    id: item.id,
    state: ended ? (item.status as 'done' | 'aborted') : 'open',
    fields: Object.fromEntries(
      Object.entries(item).filter(([, value]) => typeof value !== 'object' || value === null),
    ),
  };
}

/** One more page costs a call, as one question about a single job does. */
function fewMissing(wanted: ReadonlySet<string>, found: ReadonlyMap<string, unknown>): boolean {
  let missing = 0;
  for (const id of wanted) if (!found.has(id)) missing++;
  return missing <= 1;
}

function countOthers(imports: Iterable<EventImport>, wanted: ReadonlySet<string>): number {
  return [...imports].filter((item) => isActive(item) && !wanted.has(item.id)).length;
}

function isActive(item: EventImport): boolean {
  return item.status === 'importing';
}
