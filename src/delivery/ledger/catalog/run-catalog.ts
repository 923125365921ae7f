/** All runs on disk, of every recipe: listing, forgetting and removing old ones. */
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { msPerDay } from '../../../calendar.ts';
import { Failure } from '../../../failure.ts';
import { forgetDamaged } from '../damaged-run.ts';
import {
  compactLedger,
  listRunNames,
  readEntry,
  removeRun,
  reopenLedger,
  type FoundRun,
  type RunEntry,
} from '../ledger.ts';
import {
  consequenceOf,
  isOutdated,
  isOver,
  keepFinishedMs,
  lastUseMs,
  startOfName,
  confirmedNowMs,
} from './retention.ts';
import type { RunState } from '../run-state.ts';

/** All runs, newest first; damaged ledgers are included. */
export async function listRuns(stateDirectory: string): Promise<RunEntry[]> {
  const entries: RunEntry[] = [];
  for (const run of await listRunNames(stateDirectory)) {
    const entry = await readEntry(stateDirectory, run);
    if (entry) entries.push(entry);
  }
  return entries;
}

/** How many candidates an ambiguous name lists. */
const maxCandidates = 10;

/**
 * The run with this name, or the only one whose name starts with it. Throws a Failure `usage` when there is none or
 * more than one.
 */
export async function findRun(stateDirectory: string, name: string): Promise<RunEntry> {
  // An unset variable of a script names nothing, least of all the only run there is.
  if (name === '')
    throw new Failure('usage', 'the id of a run is empty', { hint: 'see "scarf-cli runs list"' });
  const names = await listRunNames(stateDirectory);
  const found = names.includes(name) ? [name] : names.filter((run) => run.startsWith(name));
  const [run] = found;
  const entry = run === undefined || found.length > 1 ? undefined : await readEntry(stateDirectory, run);
  if (entry) return entry;
  const named = `${found.slice(0, maxCandidates).join(', ')}${found.length > maxCandidates ? ', …' : ''}`;
  const problem =
    found.length > 1
      ? `"${name}" is the beginning of ${found.length} runs: ${named}`
      : `there is no run ${name}`;
  throw new Failure('usage', problem, { hint: 'see "scarf-cli runs list"' });
}

/** Forgets a run. Its files stay until it is pruned; a damaged ledger is renamed. */
export async function forgetRun(entry: RunEntry, nowMs: number): Promise<void> {
  if (entry.kind === 'damaged') {
    await forgetDamaged(entry);
    return;
  }
  const ledger = await reopenLedger(entry);
  await ledger.append({ type: 'forgotten', at: new Date(nowMs).toISOString() });
  await ledger.close();
  await removeSpools(entry.state);
}

/** Removes the directories in which the run spooled streams. */
export async function removeSpools(state: RunState): Promise<void> {
  const spools = [...state.inputs.values()].map(({ spool }) => spool).filter((spool) => spool !== undefined);
  for (const directory of new Set(spools.map((spool) => dirname(spool)))) {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Minimum time between two `used` records, in milliseconds. */
const useNoticedMs = msPerDay;

/** Records that a finished run is still in use, which restarts its retention. The caller holds its locks. */
export async function touchRun(stateDirectory: string, run: string, nowMs: number): Promise<void> {
  const found = await readEntry(stateDirectory, run);
  if (found?.kind !== 'read' || nowMs - lastUseMs(found.state) < useNoticedMs) return;
  const ledger = await reopenLedger(found);
  try {
    await ledger.append({ type: 'used', at: new Date(nowMs).toISOString() });
  } finally {
    await ledger.close();
  }
}

export interface Tidying {
  nowMs: number;
  /** The current run, whose clock `nowMs` already represents. */
  ownRun: string;
  lock: LockRun;
}

/** Takes the locks of a run; undefined when another process works on it. */
export type LockRun = (found: FoundRun) => Promise<{ release(): Promise<void> } | undefined>;

/**
 * Called at the end of every run. Of the runs that are over and long unused, removes those without rejects whose
 * loss cannot duplicate rows, and compacts the others. Reads only ledgers of runs that started long ago.
 */
export async function tidyRuns(stateDirectory: string, { nowMs, ownRun, lock }: Tidying): Promise<void> {
  const names = (await listRunNames(stateDirectory)).filter((run) => run !== ownRun);
  const confirmedMs = confirmedNowMs(nowMs, names);
  for (const run of names) {
    const startMs = startOfName(run);
    if (startMs === undefined || startMs > confirmedMs - keepFinishedMs) continue;
    const entry = await readEntry(stateDirectory, run);
    if (entry?.kind !== 'read' || !isOver(entry.state) || !isOutdated(entry.state, confirmedMs)) continue;
    await withLocks(entry, lock, async () => {
      if (consequenceOf(entry.state) === undefined && !(await hasRejects(entry))) await removeAll(entry);
      else if (!entry.state.compacted || entry.state.jobs.length > 0) {
        await compactLedger({ ...entry, state: { ...entry.state, jobs: [] } });
      }
    });
  }
}

/**
 * Removes runs that are over and unused for `olderThanMs` by the clock of this machine, whatever is lost with them.
 * `removing` is called before each removal.
 */
export async function pruneRuns(
  stateDirectory: string,
  { olderThanMs, nowMs, lock, removing }: PruneOptions,
): Promise<void> {
  for (const run of await listRunNames(stateDirectory)) {
    const entry = await readEntry(stateDirectory, run);
    if (entry?.kind !== 'read' || !isOver(entry.state)) continue;
    if (nowMs - lastUseMs(entry.state) < olderThanMs) continue;
    await withLocks(entry, lock, async () => {
      removing(entry);
      await removeAll(entry);
    });
  }
}

export interface PruneOptions {
  olderThanMs: number;
  nowMs: number;
  lock: LockRun;
  removing: (found: FoundRun) => void;
}

async function withLocks(found: FoundRun, lock: LockRun, work: () => Promise<void>): Promise<void> {
  const locks = await lock(found);
  if (locks === undefined) return;
  try {
    await work();
  } finally {
    await locks.release();
  }
}

async function removeAll(found: FoundRun): Promise<void> {
  await removeSpools(found.state);
  await removeRun(found);
}

/** Whether the run directory holds rejected rows. */
async function hasRejects({ directory }: FoundRun): Promise<boolean> {
  const names = (await readdir(directory)).filter((name) => name.startsWith('rejects.'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size));
  return sizes.some((size) => size > 0);
}
