/**
 * A run's append-only record on disk: one writer, one line a record, durable before the step that it
 * announces is taken. Also where runs live: `<state>/runs/<id>/ledger.ndjson`.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { appendLog, type AppendLog } from '../../disk/append-log.ts';
import { makeDirectory } from '../../disk/directory.ts';
import { readRegularFile } from '../../disk/read-file.ts';
import { writeWhole } from '../../disk/output/replace-file.ts';
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { localFailure } from '../../disk/errno.ts';
import { asideEnding, damagedRun, type DamagedRun } from './damaged-run.ts';
import { decodeLedger, encodeRecord, type LedgerRecord, type LedgerText } from './records.ts';
import { foldRun, isFinished, type RunState } from './run-state.ts';

export interface Ledger {
  run: string;
  /** The run's own directory; undefined when nothing is kept. */
  directory: string | undefined;
  /** Resolves when the record is on disk. */
  append(record: LedgerRecord): Promise<void>;
  close(): Promise<void>;
}

/** A run found on disk. */
export interface FoundRun {
  kind: 'read';
  run: string;
  directory: string;
  state: RunState;
  /** Where the next record goes. */
  validBytes: number;
}

/** A run on disk, its ledger readable or not. */
export type RunEntry = FoundRun | DamagedRun;

const ledgerName = 'ledger.ndjson';

/** A run's name: when it began, to the millisecond, which recipe it followed, and chance. Sorting by name is sorting by time. */
export function nameRun(machine: Pick<Machine, 'now' | 'randomBytes'>, recipe: string): string {
  const time = new Date(machine.now()).toISOString().replace(/[-:.Z]/g, '');
  const chance = Buffer.from(machine.randomBytes(3)).toString('hex');
  return `${time}-${recipe.slice(0, recipeLetters)}-${chance}`;
}

/** Enough of the recipe's digest in a run's name to find the runs that follow it without opening any. */
const recipeLetters = 12;

export function runsDirectory(stateDirectory: string): string {
  return join(stateDirectory, 'runs');
}

/** Where a run's ledger is. */
function ledgerPath(stateDirectory: string, run: string): string {
  return join(runsDirectory(stateDirectory), run, ledgerName);
}

/** The names of all runs, newest first. */
export async function listRunNames(stateDirectory: string): Promise<string[]> {
  return (await listNames(runsDirectory(stateDirectory))).sort().reverse();
}

/** Begins a run. A state directory that cannot be written is a Failure of kind `local`. */
export async function createLedger(
  stateDirectory: string,
  start: Extract<LedgerRecord, { type: 'run' }>,
): Promise<Ledger> {
  const directory = join(runsDirectory(stateDirectory), start.run);
  try {
    await makeDirectory(directory);
    const path = ledgerPath(stateDirectory, start.run);
    // Whole or not at all: a ledger without its first record is a damaged one.
    const record = encodeRecord(start);
    await writeWhole(path, record, 0o600);
    return ledgerOver(await appendLog(path, record.length), start.run, directory);
  } catch (cause) {
    throw new Failure('local', `cannot keep a ledger in ${directory}: ${messageOf(cause)}`, {
      hint: 'choose another place with --state-dir, or deliver without a ledger (--no-ledger) when every row has an id',
      cause,
    });
  }
}

/** Goes on with a run: what a crash left torn at the end is cut off first. */
export async function reopenLedger(
  found: Pick<FoundRun, 'run' | 'directory' | 'validBytes'>,
): Promise<Ledger> {
  const log = await appendLog(join(found.directory, ledgerName), found.validBytes);
  return ledgerOver(log, found.run, found.directory);
}

/** A ledger that keeps nothing. */
export function inMemoryLedger(run: string): Ledger {
  return { run, directory: undefined, append: async () => undefined, close: async () => undefined };
}

/** The runs on disk, newest first. Those whose ledger cannot be read stand apart. */
export async function findRuns(stateDirectory: string): Promise<{ runs: FoundRun[]; damaged: DamagedRun[] }> {
  const runs: FoundRun[] = [];
  const damaged: DamagedRun[] = [];
  for (const name of await listRunNames(stateDirectory)) {
    const entry = await readEntry(stateDirectory, name);
    if (entry?.kind === 'read') runs.push(entry);
    if (entry?.kind === 'damaged') damaged.push(entry);
  }
  return { runs, damaged };
}

/** One run by name; undefined when there is none. A ledger that was set aside is still its run's. */
export async function readEntry(stateDirectory: string, run: string): Promise<RunEntry | undefined> {
  const directory = join(runsDirectory(stateDirectory), run);
  const path = join(directory, ledgerName);
  const text = await readLedger(path);
  if (text === undefined) {
    const aside = await readLedger(path + asideEnding);
    return aside && damagedRun({ run, directory, path: path + asideEnding, isAside: true }, aside);
  }
  // The first record is never written in parts: a ledger without it has lost it.
  const state = text.kind === 'whole' ? foldRun(text.records) : undefined;
  if (text.kind !== 'whole' || state === undefined) {
    return damagedRun({ run, directory, path, isAside: false }, text);
  }
  return { kind: 'read', run, directory, state, validBytes: text.validBytes };
}

/** One run by name; undefined when there is none. A damaged ledger is a Failure that says what to do. */
export async function readRun(stateDirectory: string, run: string): Promise<FoundRun | undefined> {
  const entry = await readEntry(stateDirectory, run);
  if (entry?.kind === 'damaged') throw entry.problem;
  return entry;
}

/** What a ledger that the system does not give away says: nothing, as one that is damaged all over. */
async function readLedger(path: string): Promise<LedgerText | undefined> {
  try {
    return decodeLedger(await readRegularFile(path));
  } catch (error) {
    if (isMissing(error)) return undefined;
    const isOurs = error instanceof Error && 'code' in error && lacking.has(String(error.code));
    if (isOurs) throw localFailure(`read ${path}`, error);
    return { kind: 'damaged', line: 1, records: [], hidesInputs: true };
  }
}

/** What the process lacks says nothing of the file. */
const lacking = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

/**
 * Rewrites a finished run's ledger in short, whole or not at all: ranges and a digest an input in place of a line
 * a step. It is read like any other. False: it has not finished.
 */
export async function compactLedger(found: Pick<FoundRun, 'directory' | 'state'>): Promise<boolean> {
  const { state, directory } = found;
  if (!isFinished(state)) return false;
  const records: LedgerRecord[] = [state.start, { type: 'compacted', inputs: state.inputs.size }];
  for (const [input, { ranges, bytes, openTail, ...identity }] of state.inputs) {
    records.push({ type: 'input', input, ...identity });
    records.push({
      type: 'summary',
      input,
      ranges,
      bytes: bytes ?? 0,
      ...(openTail === undefined ? {} : { openTail }),
    });
  }
  records.push({ type: 'files', files: state.files, jobs: state.jobs });
  if (Object.keys(state.owned).length > 0) records.push({ type: 'owned', files: state.owned });
  if (Object.keys(state.rejectsKinds).length > 0)
    records.push({ type: 'rejects', kinds: state.rejectsKinds });
  if (state.ended) records.push({ type: 'ended', ...state.ended });
  if (state.usedAt !== undefined) records.push({ type: 'used', at: state.usedAt });
  await writeWhole(join(directory, ledgerName), Buffer.concat(records.map(encodeRecord)), 0o600);
  return true;
}

/** Removes a run and all that it kept. */
export async function removeRun(found: Pick<FoundRun, 'directory'>): Promise<void> {
  await rm(found.directory, { recursive: true, force: true });
}

function ledgerOver(log: AppendLog, run: string, directory: string): Ledger {
  return {
    run,
    directory,
    append: (record) => log.append(encodeRecord(record)),
    close: () => log.close(),
  };
}

async function listNames(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
