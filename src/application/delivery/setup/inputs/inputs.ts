/** The inputs of a delivery: opened, deduplicated by content, and locked. */
import { join, resolve } from 'node:path';
import type { Input } from '../../../../contracts/input.ts';
import { isAddress, placeOfAddress } from '../../../../contracts/storage.ts';
import { acquireLocks, type LockSet } from '../../../../disk/lock/lock-set.ts';
import { identify, readHead } from '../../../../delivery/resume/input-identity.ts';
import type { FoundRun } from '../../../../delivery/ledger/ledger.ts';
import type { RunPart } from '../../../../delivery/ledger/records.ts';
import type { LockRun } from '../../../../delivery/ledger/catalog/run-catalog.ts';
import type { GivenInput } from '../../../../delivery/resume/matches.ts';
import { Failure } from '../../../../failure.ts';
import { withHint } from '../../../../disk/errno.ts';
import type { Machine } from '../../../../machine.ts';
import type { Share } from '../../../../shards/divide.ts';
import { sameContent } from '../../../../sources/identity.ts';
import { openSpool } from '../../../../sources/stream.ts';

/** An input that holds the same bytes as an earlier one of this command. */
export interface DuplicateInput {
  input: Input;
  sameAs: Input;
}

/** The distinct inputs to deliver, and the duplicates that are left out. */
export async function dedupeInputs(
  inputs: readonly Input[],
): Promise<{ unique: Input[]; duplicates: DuplicateInput[] }> {
  const same = await sameContent(inputs);
  const unique: Input[] = [];
  const duplicates: DuplicateInput[] = [];
  for (const [index, input] of inputs.entries()) {
    const sameAs = inputs[same.get(index) ?? index];
    if (sameAs === undefined || sameAs === input) unique.push(input);
    else duplicates.push({ input, sameAs });
  }
  return { unique, duplicates };
}

/** The spooled streams of a run that is resumed, by their number in its ledger. */
export interface ResumedStreams {
  run: string;
  spools: readonly { number: number; directory: string }[];
  /** Inputs are given in the place of others: they must be those of the run. */
  isMoved: boolean;
}

/** Inputs from spools, with the run that spooled each and its number there. */
export type SpooledInputs = ReadonlyMap<Input, { run: string; number: number; directory: string }>;

/** Opens what an earlier process spooled. The caller closes the inputs. */
export async function openSpools(resumed: ResumedStreams | undefined): Promise<SpooledInputs> {
  const inputs = new Map<Input, { run: string; number: number; directory: string }>();
  if (resumed === undefined) return inputs;
  for (const spool of resumed.spools) {
    inputs.set(await openSpool(spool.directory), { run: resumed.run, ...spool });
  }
  return inputs;
}

interface LockContext {
  workingDirectory: string;
  /** The directory that spools a stream. */
  spoolOf: (input: Input) => string;
  spooled: SpooledInputs;
}

/** Identifies inputs for the ledger. A pipe has no identity: reading its head could block forever. */
export async function identifyInputs(
  shares: readonly Share[],
  { workingDirectory, spoolOf, spooled }: LockContext,
): Promise<GivenInput[]> {
  const given: GivenInput[] = [];
  for (const { input, span } of shares) {
    const from = spooled.get(input);
    if (input.kind !== 'stream') {
      const { path } = input;
      const absolutePath = isAddress(path) ? placeOfAddress(path) : resolve(workingDirectory, path);
      given.push({
        input,
        absolutePath,
        head: await readHead(input),
        ...(span === undefined ? {} : { span }),
      });
    } else if (from === undefined) {
      given.push({ input, absolutePath: undefined, head: new Uint8Array(), spool: spoolOf(input) });
    } else {
      const { run, number, directory } = from;
      const resumes = { run, number };
      given.push({ input, absolutePath: undefined, head: new Uint8Array(), spool: directory, resumes });
    }
  }
  return given;
}

interface LockLocation {
  stateDirectory: string;
  /** Locks that the caller already holds, perhaps for the same inputs. */
  besides?: LockSet;
  machine: Machine;
}

interface LockOptions extends LockLocation {
  /** The name of the new run, if one starts. */
  run: string;
  recipe: string;
  /** Parts of one whole do not exclude each other; the whole, and parts of another number or list, do. */
  part: RunPart | undefined;
  /** What else to lock: descriptions by lock name. */
  outputs: ReadonlyMap<string, string>;
}

/**
 * Acquires locks per recipe and input: by content, to exclude copies, and by path, since a short file that
 * grows changes its identity. A stream is locked by its run. Throws a Failure `locked` when another run holds
 * one of them.
 */
export async function lockInputs(given: readonly GivenInput[], options: LockOptions): Promise<LockSet> {
  const { run, recipe, part, outputs } = options;
  const wanted: WantedLocks = { subjects: new Map(outputs), sharedNames: new Set(), part };
  for (const { input, absolutePath, head, resumes } of given) {
    if (absolutePath === undefined) wanted.subjects.set(runKey(resumes?.run ?? run), input.path);
    else wantInput(wanted, { recipe, headDigest: identify(head).headDigest, path: absolutePath }, input.path);
  }
  return takeLocks(wanted, options);
}

/**
 * Acquires the locks of a whole run, which excludes any process working on it. Throws a Failure `locked` when
 * there is one.
 */
export async function lockRun(
  { run, state }: Pick<FoundRun, 'run' | 'state'>,
  location: LockLocation,
): Promise<LockSet> {
  const { recipe, part } = state.start;
  const wanted: WantedLocks = { subjects: new Map([[runKey(run), run]]), sharedNames: new Set(), part };
  for (const { kind, path, headDigest } of state.inputs.values()) {
    if (kind !== 'stream') wantInput(wanted, { recipe, headDigest, path }, path);
  }
  return takeLocks(wanted, location);
}

/** Acquires the locks of runs on which no process works; skips the others. */
export function lockIfFree(location: LockLocation): LockRun {
  return async (found) => {
    try {
      return await lockRun(found, location);
    } catch (error) {
      if (error instanceof Failure && error.kind === 'locked') return undefined;
      throw error;
    }
  };
}

function runKey(run: string): string {
  return `run-${run}`;
}

interface WantedLocks {
  /** What is locked, for messages, by lock name. */
  subjects: Map<string, string>;
  /** Those that parts of one whole hold together. */
  sharedNames: Set<string>;
  part: RunPart | undefined;
}

/** A part holds an input together with the other parts of its whole, and its own part of it alone. */
function wantInput(
  { subjects, sharedNames, part }: WantedLocks,
  { recipe, headDigest, path }: { recipe: string; headDigest: string; path: string },
  subject: string,
): void {
  for (const digest of [headDigest, identify(Buffer.from(path)).headDigest]) {
    const key = `${recipe.slice(0, 12)}-${digest.slice(0, 24)}`;
    subjects.set(key, subject);
    if (part === undefined) continue;
    sharedNames.add(key);
    subjects.set(`${key}-${part.index}-of-${part.of}`, subject);
  }
}

async function takeLocks(
  { subjects, sharedNames: names, part }: WantedLocks,
  { stateDirectory, besides, machine }: LockLocation,
): Promise<LockSet> {
  const directory = join(stateDirectory, 'locks');
  try {
    return await acquireLocks({
      directory,
      subjects,
      machine,
      ...(part === undefined ? {} : { shared: { names, group: groupOf(part) } }),
      ...(besides === undefined ? {} : { besides }),
    });
  } catch (error) {
    throw withHint(
      error,
      `${stateDirectory} must be writable; choose another place with --state-dir, or deliver without a ledger (--no-ledger) when every row has an id`,
    );
  }
}

/** Parts of one number and one list: they never have the same bytes. */
function groupOf({ of, list }: RunPart): string {
  return `one of ${of} parts of list ${list.slice(0, 8)}`;
}
