/**
 * Ledger of a run: an append-only file with one writer and one record a line. A record is durable before the step
 * that it announces. Ledgers live in `<state>/runs/<id>/ledger.ndjson`.
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
import { damagedSuffix, damagedRun, type DamagedRun } from './damaged-run.ts';
import { decodeLedger, encodeRecord, type LedgerText } from './ledger-text.ts';
import type { LedgerRecord } from './records.ts';
import { foldRun } from './fold-run.ts';
import { isFinished, type RunState } from './run-state.ts';

export interface Ledger {
  run: string;
  /** Directory of the run; undefined when nothing is kept on disk. */
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
  /** Length of the readable ledger, where the next record goes. */
  validBytes: number;
}

/** A run on disk, with a readable or a damaged ledger. */
export type RunEntry = FoundRun | DamagedRun;

const ledgerName = 'ledger.ndjson';

/** Names a run by start time in milliseconds, recipe and a random part. Names sort by time. */
export function nameRun(machine: Pick<Machine, 'now' | 'randomBytes'>, recipe: string): string {
  const time = new Date(machine.now()).toISOString().replace(/[-:.Z]/g, '');
  const chance = Buffer.from(machine.randomBytes(3)).toString('hex');
  return `${time}-${recipe.slice(0, recipeLetters)}-${chance}`;
}

/** Long enough a part of the recipe digest to find the runs of a recipe without opening them. */
const recipeLetters = 12;

export function runsDirectory(stateDirectory: string): string {
  return join(stateDirectory, 'runs');
}

function ledgerPath(stateDirectory: string, run: string): string {
  return join(runsDirectory(stateDirectory), run, ledgerName);
}

/** Names of all runs, newest first. */
export async function listRunNames(stateDirectory: string): Promise<string[]> {
  return (await listNames(runsDirectory(stateDirectory))).sort().reverse();
}

const elsewhere =
  'choose another place with --state-dir, or deliver without a ledger (--no-ledger) when every row has an id';

/**
 * Creates the ledger of a new run; the caller closes it. Throws a Failure `local` when the state directory cannot
 * be written.
 */
export async function createLedger(
  stateDirectory: string,
  start: Extract<LedgerRecord, { type: 'run' }>,
): Promise<Ledger> {
  const directory = join(runsDirectory(stateDirectory), start.run);
  try {
    await makeDirectory(directory);
    const path = ledgerPath(stateDirectory, start.run);
    // Written atomically: a ledger without its first record counts as damaged.
    const record = encodeRecord(start);
    await writeWhole(path, record, 0o600);
    return ledgerOver(await appendLog(path, record.length), start.run, directory);
  } catch (cause) {
    throw new Failure('local', `cannot keep a ledger in ${directory}: ${messageOf(cause)}`, {
      hint: (cause instanceof Failure ? cause.hint : undefined) ?? elsewhere,
      cause,
    });
  }
}

/** Reopens the ledger of a run, cutting off a torn last record first; the caller closes it. */
export async function reopenLedger(
  found: Pick<FoundRun, 'run' | 'directory' | 'validBytes'>,
): Promise<Ledger> {
  const log = await appendLog(join(found.directory, ledgerName), found.validBytes);
  return ledgerOver(log, found.run, found.directory);
}

/** A ledger that keeps nothing on disk; `remembered` takes its records. */
export function inMemoryLedger(run: string, remembered?: LedgerRecord[]): Ledger {
  const append = async (record: LedgerRecord) => void remembered?.push(record);
  return { run, directory: undefined, append, close: async () => undefined };
}

/** The runs on disk, newest first, separate from those with a damaged ledger. */
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

/** One run by name, also when its ledger was set aside; undefined when there is none. */
export async function readEntry(stateDirectory: string, run: string): Promise<RunEntry | undefined> {
  const directory = join(runsDirectory(stateDirectory), run);
  const path = join(directory, ledgerName);
  const text = await readLedger(path);
  if (text === undefined) {
    const aside = await readLedger(path + damagedSuffix);
    return aside && damagedRun({ run, directory, path: path + damagedSuffix, isAside: true }, aside);
  }
  // The first record is written atomically: a ledger without it is damaged.
  const state = text.kind === 'whole' ? foldRun(text.records) : undefined;
  if (text.kind !== 'whole' || state === undefined) {
    return damagedRun({ run, directory, path, isAside: false }, text);
  }
  return { kind: 'read', run, directory, state, validBytes: text.validBytes };
}

/** One run by name; undefined when there is none. Throws a Failure with the way out when its ledger is damaged. */
export async function readRun(stateDirectory: string, run: string): Promise<FoundRun | undefined> {
  const entry = await readEntry(stateDirectory, run);
  if (entry?.kind === 'damaged') throw entry.problem;
  return entry;
}

/**
 * Undefined when there is no ledger. An unreadable one counts as fully damaged, unless the process lacks resources:
 * then throws a Failure `local`.
 */
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

/** System errors about the resources of the process, not about the file. */
const lacking = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

/**
 * Atomically rewrites the ledger of a finished run in its short form: ranges and a head digest per input in place
 * of one line per step. Reads like any other ledger. False when the run has not finished.
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
  records.push({ type: 'history', history: state.history });
  if (Object.keys(state.owned).length > 0) records.push({ type: 'owned', files: state.owned });
  if (Object.keys(state.rejectsKinds).length > 0)
    records.push({ type: 'rejects', kinds: state.rejectsKinds });
  if (state.ended) records.push({ type: 'ended', ...state.ended });
  if (state.usedAt !== undefined) records.push({ type: 'used', at: state.usedAt });
  await writeWhole(join(directory, ledgerName), Buffer.concat(records.map(encodeRecord)), 0o600);
  return true;
}

/** Removes the directory of a run. */
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
