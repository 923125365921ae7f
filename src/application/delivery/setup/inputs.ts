/** The inputs of a delivery: opened, told apart by content, and locked. */
import { dirname, join, resolve } from 'node:path';
import type { Input } from '../../../contracts/input.ts';
import { acquireLocks, type LockSet } from '../../../disk/lock/lock-set.ts';
import { identify, readHead } from '../../../delivery/resume/input-identity.ts';
import type { FoundRun } from '../../../delivery/ledger/ledger.ts';
import type { LockRun } from '../../../delivery/ledger/run-catalog.ts';
import type { GivenInput } from '../../../delivery/resume/prior-runs.ts';
import { Failure } from '../../../failure.ts';
import type { Machine } from '../../../machine.ts';
import { sameContent } from '../../../sources/identity.ts';
import { openSpool } from '../../../sources/stream.ts';

/** An input that holds the same bytes as an earlier one of this command. */
export interface DuplicateInput {
  input: Input;
  sameAs: Input;
}

/** What is to be delivered, once each, and what is left out because it is among it already. */
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

/** The streams of a run that is continued: by their number in its ledger, where they were spooled. */
export interface ResumedStreams {
  run: string;
  spools: readonly { number: number; directory: string }[];
}

/** Streams out of spools, with what they are in the run that made these. */
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
  /** Where a stream's bytes are kept. */
  spoolOf: (input: Input) => string;
  spooled: SpooledInputs;
}

/** What the ledger knows inputs by. A pipe is known by nothing: reading its head could wait for ever. */
export async function identifyInputs(
  inputs: readonly Input[],
  { workingDirectory, spoolOf, spooled }: LockContext,
): Promise<GivenInput[]> {
  const given: GivenInput[] = [];
  for (const input of inputs) {
    const from = spooled.get(input);
    if (input.kind !== 'stream') {
      given.push({ input, absolutePath: resolve(workingDirectory, input.path), head: await readHead(input) });
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
  /** Locks that the caller holds already, of the same inputs perhaps. */
  besides?: LockSet;
  machine: Machine;
}

interface LockOptions extends LockLocation {
  /** The run that begins, should one begin. */
  run: string;
  recipe: string;
  /** What else is locked with them, by the name of its lock. */
  outputs: ReadonlyMap<string, string>;
}

/**
 * Takes a lock per recipe and input: by content, so that a copy is kept out, and by path, since a short
 * file that grows changes its beginning; a stream is locked by its run. Throws a Failure `locked` when
 * another run holds one.
 */
export async function lockInputs(given: readonly GivenInput[], options: LockOptions): Promise<LockSet> {
  const { run, recipe, outputs } = options;
  const subjects = new Map(outputs);
  for (const { input, absolutePath, head, resumes } of given) {
    const keys =
      absolutePath === undefined
        ? [runKey(resumes?.run ?? run)]
        : inputKeys(recipe, { headDigest: identify(head).headDigest, path: absolutePath });
    for (const key of keys) subjects.set(key, input.path);
  }
  return takeLocks(subjects, options);
}

/** Takes the locks of a whole run: nobody is at work on it then. Throws a Failure `locked` when somebody is. */
export async function lockRun(
  { run, state }: Pick<FoundRun, 'run' | 'state'>,
  location: LockLocation,
): Promise<LockSet> {
  const subjects = new Map([[runKey(run), run]]);
  for (const { kind, path, headDigest } of state.inputs.values()) {
    if (kind === 'stream') continue;
    for (const key of inputKeys(state.start.recipe, { headDigest, path })) subjects.set(key, path);
  }
  return takeLocks(subjects, location);
}

/** Takes the locks of runs that nobody is at work on; those of others are left alone. */
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

function inputKeys(recipe: string, { headDigest, path }: { headDigest: string; path: string }): string[] {
  const digests = [headDigest, identify(Buffer.from(path)).headDigest];
  return digests.map((digest) => `${recipe.slice(0, 12)}-${digest.slice(0, 24)}`);
}

/** `subjects`: what is locked, by the name of its lock, for messages. */
async function takeLocks(
  subjects: ReadonlyMap<string, string>,
  { stateDirectory, besides, machine }: LockLocation,
): Promise<LockSet> {
  const directory = join(stateDirectory, 'locks');
  try {
    return await acquireLocks({
      directory,
      subjects,
      machine,
      ...(besides === undefined ? {} : { besides }),
    });
  } catch (error) {
    throw withHint(error, directory);
  }
}

/** Where nothing can be written there may still be a way. */
function withHint(error: unknown, directory: string): unknown {
  if (!(error instanceof Failure) || error.kind !== 'local' || error.hint !== undefined) return error;
  return new Failure('local', error.message, {
    hint: `${dirname(directory)} must be writable; choose another place with --state-dir, or deliver without a ledger (--no-ledger) when every row has an id`,
    cause: error,
  });
}
