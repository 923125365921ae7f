/**
 * A run's append-only record on disk: one writer, one line a record, durable before the step that it
 * announces is taken. Also where runs live: `<state>/runs/<id>/ledger.ndjson`.
 */
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { appendLog, type AppendLog } from '../disk/append-log.ts';
import { makeDirectory } from '../disk/directory.ts';
import { writeWhole } from '../disk/replace-file.ts';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { decodeLedger, encodeRecord, type LedgerRecord } from './ledger-records.ts';
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
  run: string;
  directory: string;
  state: RunState;
  /** Where the next record goes. */
  validBytes: number;
}

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
export function ledgerPath(stateDirectory: string, run: string): string {
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
    const log = await appendLog(ledgerPath(stateDirectory, start.run), 0);
    const ledger = ledgerOver(log, start.run, directory);
    await ledger.append(start);
    return ledger;
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
export function forgetfulLedger(run: string): Ledger {
  return { run, directory: undefined, append: async () => undefined, close: async () => undefined };
}

/** The runs on disk, newest first; `recipe` limits them to those that follow it. */
export async function findRuns(stateDirectory: string, recipe?: string): Promise<FoundRun[]> {
  const names = await listRunNames(stateDirectory);
  const wanted =
    recipe === undefined
      ? names
      : names.filter((name) => name.split('-')[1] === recipe.slice(0, recipeLetters));
  const found: FoundRun[] = [];
  for (const name of wanted) {
    const run = await readRun(stateDirectory, name);
    if (run && (recipe === undefined || run.state.start.recipe === recipe)) found.push(run);
  }
  return found;
}

/** One run by name; undefined when there is none. A damaged ledger is a Failure that says what to do. */
export async function readRun(stateDirectory: string, run: string): Promise<FoundRun | undefined> {
  const directory = join(runsDirectory(stateDirectory), run);
  const bytes = await readFile(join(directory, ledgerName)).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  const text = decodeLedger(bytes);
  if (text.kind === 'damaged') {
    throw new Failure('local', `the ledger of run ${run} is damaged at line ${text.line}`, {
      hint: `look at ${join(directory, ledgerName)}; "scarf-cli runs forget ${run}" gives up what it knows`,
    });
  }
  const state = foldRun(text.records);
  return state && { run, directory, state, validBytes: text.validBytes };
}

/** Rewrites a finished run's ledger in short: a line an input in place of a line a step. False: it has not finished. */
export async function shrinkLedger(found: Pick<FoundRun, 'directory' | 'state'>): Promise<boolean> {
  const { state, directory } = found;
  if (!isFinished(state)) return false;
  const records: LedgerRecord[] = [state.start];
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
  if (state.ended) records.push({ type: 'ended', ...state.ended });
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
