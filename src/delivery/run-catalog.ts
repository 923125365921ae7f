/** All runs on disk, whatever they follow: for looking, for giving up, and for clearing away what is old. */
import { rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../failure.ts';
import { ledgerPath, listRunNames, readRun, removeRun, reopenLedger, type FoundRun } from './ledger.ts';
import { isFinished, type RunState } from './run-state.ts';

/** A run on disk, its ledger readable or not. */
export type CatalogEntry =
  ({ kind: 'read' } & FoundRun) | { kind: 'damaged'; run: string; directory: string; problem: Failure };

/** How long a finished run is remembered after it was last made use of. */
export const keepFinishedMs = 30 * 24 * 3600 * 1000;

/** Every run, newest first. A damaged ledger is an entry, not an end. */
export async function listRuns(stateDirectory: string): Promise<CatalogEntry[]> {
  const entries: CatalogEntry[] = [];
  for (const run of await listRunNames(stateDirectory)) {
    const entry = await readEntry(stateDirectory, run);
    if (entry) entries.push(entry);
  }
  return entries;
}

/** The run with this name, or the only one whose name begins so. Throws a Failure `usage` when there is none. */
export async function findRun(stateDirectory: string, name: string): Promise<CatalogEntry> {
  const names = await listRunNames(stateDirectory);
  const found = names.includes(name) ? [name] : names.filter((run) => run.startsWith(name));
  const [run] = found;
  const entry = run === undefined || found.length > 1 ? undefined : await readEntry(stateDirectory, run);
  if (entry) return entry;
  const problem = found.length > 1 ? `${found.length} runs begin with ${name}` : `there is no run ${name}`;
  throw new Failure('usage', problem, { hint: 'see "scarf-cli runs list"' });
}

/** Gives up what a run knows. Its files stay until it is pruned; a ledger that cannot be read is put aside. */
export async function forgetRun(entry: CatalogEntry, nowMs: number): Promise<void> {
  if (entry.kind === 'damaged') {
    const path = join(entry.directory, 'ledger.ndjson');
    await rename(path, `${path}.damaged`);
    return;
  }
  const ledger = await reopenLedger(entry);
  await ledger.append({ type: 'forgotten', at: new Date(nowMs).toISOString() });
  await ledger.close();
  await removeSpools(entry.state);
}

/** Nobody will ask for a stream's bytes again. */
export async function removeSpools(state: RunState): Promise<void> {
  const spools = [...state.inputs.values()].map(({ spool }) => spool).filter((spool) => spool !== undefined);
  for (const directory of new Set(spools.map((spool) => dirname(spool)))) {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A finished run that was just made use of is young again. */
export async function touchRun(stateDirectory: string, run: string, nowMs: number): Promise<void> {
  await utimes(ledgerPath(stateDirectory, run), nowMs / 1000, nowMs / 1000);
}

/**
 * Removes runs that are finished or forgotten and were not used for so long; gives back their names. Only those
 * whose very beginning is that old are looked at, so that this costs little at the end of every run.
 */
export async function pruneRuns(
  stateDirectory: string,
  { olderThanMs, nowMs }: { olderThanMs: number; nowMs: number },
): Promise<string[]> {
  const boundary = timeOfName(new Date(nowMs - olderThanMs));
  const pruned: string[] = [];
  for (const run of await listRunNames(stateDirectory)) {
    if (run >= boundary) continue;
    const entry = await readEntry(stateDirectory, run);
    if (entry?.kind !== 'read' || !(entry.state.forgotten || isFinished(entry.state))) continue;
    const { mtimeMs } = await stat(ledgerPath(stateDirectory, run));
    if (nowMs - mtimeMs < olderThanMs) continue;
    await removeSpools(entry.state);
    await removeRun(entry);
    pruned.push(run);
  }
  return pruned;
}

async function readEntry(stateDirectory: string, run: string): Promise<CatalogEntry | undefined> {
  try {
    const found = await readRun(stateDirectory, run);
    return found && { kind: 'read', ...found };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { kind: 'damaged', run, directory: dirname(ledgerPath(stateDirectory, run)), problem: error };
  }
}

/** What the names of runs of that moment begin with. */
function timeOfName(time: Date): string {
  return time.toISOString().replace(/[-:.Z]/g, '');
}
