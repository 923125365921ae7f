/** Polls the state of all open jobs with as few requests as the list allows, because requests cost the user. */
import type { Retry, JobState, Receipt } from '../../records.ts';
import type { ScarfAccount } from './account.ts';
import { getImport, type EventImport } from './imports.ts';
import { searchImports } from './paging.ts';

/** How many more pages to read than there are jobs to find: a page costs as much as asking for one job. */
const sparePages = 2;

/** Result of `Target.pollJobs`. */
export type Seen = { kind: 'seen'; jobs: JobState[]; others: number } | Retry;

/**
 * Returns a function that polls these imports. An import that cannot be found is `missing`; it may just be too new.
 */
export function watchJobs(
  account: ScarfAccount,
): (receipts: readonly Receipt[], signal: AbortSignal) => Promise<Seen> {
  return async (receipts, signal) => {
    const wanted = new Set(receipts.map(({ id }) => id));
    const listed = await findInList(account, wanted, signal);
    if (listed.kind === 'retry') return listed;
    const jobs: JobState[] = [];
    for (const id of wanted) {
      const item = listed.found.get(id);
      const job = item === undefined ? await askForOne(account, id, signal) : jobOf(item);
      if ('kind' in job) return job;
      jobs.push(job);
    }
    return { kind: 'seen', jobs, others: listed.others };
  };
}

async function askForOne(account: ScarfAccount, id: string, signal: AbortSignal): Promise<JobState | Retry> {
  const answer = await getImport(account, id, signal);
  if (answer.kind === 'retry') return answer;
  return answer.kind === 'import' ? jobOf(answer.import) : { id, state: 'missing', fields: {} };
}

type Found = { kind: 'found'; found: Map<string, EventImport>; others: number } | Retry;

/** Finds the wanted imports in the list, as long as another page costs less than asking for the rest one by one. */
async function findInList(
  account: ScarfAccount,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Found> {
  const found = new Map<string, EventImport>();
  let others = 0;
  const take = ({ fresh, number }: { fresh: EventImport[]; number: number }) => {
    for (const item of fresh) {
      if (wanted.has(item.id)) found.set(item.id, item);
      else if (isActive(item)) others++;
    }
    return wanted.size - found.size <= 1 || number >= wanted.size + sparePages;
  };
  const listed = await searchImports(account, { take }, signal);
  return listed.kind === 'retry' ? listed : { kind: 'found', found, others };
}

/** Converts an import to a job. Unknown statuses count as open. Drops nested values, such as sample log entries. */
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

export function isActive(item: EventImport): boolean {
  return item.status === 'importing';
}
