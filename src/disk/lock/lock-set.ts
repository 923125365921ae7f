/**
 * Thousands of locks in one file per holder: each run lists the names that it holds and compares them with
 * the lists of all others. No descriptor stays open, and there is no write per name.
 */
import { open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../directory.ts';
import {
  isHeld,
  lockedFailure,
  nameHolder,
  parseHolder,
  refreshEveryMs,
  type Found,
  type Holder,
  type Lock,
  type LockRequest,
} from './lock.ts';
import { waitForLock } from './wait-for-lock.ts';
import { withFailureContext, systemCode } from '../errno.ts';
import type { Machine } from '../../machine.ts';

/** Locks that are acquired and released together. */
export interface LockSet extends Lock {
  /** Distinguishes this set from all others. */
  readonly token: string;
}

export interface LockSetRequest {
  /** The directory with the lists of all holders. Created when it is missing. */
  directory: string;
  /** What is locked, for messages, by lock name. Names contain no line end. */
  subjects: ReadonlyMap<string, string>;
  /** Names that holders of the same group share; any other holder excludes the whole group. */
  shared?: SharedNames;
  /** A set of the caller's own, whose names do not conflict. */
  besides?: LockSet;
  machine: LockRequest['machine'] & Pick<Machine, 'sleep'>;
}

export interface SharedNames {
  names: ReadonlySet<string>;
  /** As messages say it: `one of 3 parts`. */
  group: string;
}

/** Behind a name in a list stands its group, when it is shared. */
const groupMark = '\t';

/** File name ending of lists. A process that was killed while writing leaves a draft, which nobody reads. */
const listEnding = '.held';
const draftEnding = '.listing';

/** Lists are compared and written by one process at a time, which takes milliseconds. */
const guardName = 'guard.lock';

/**
 * Acquires all locks or none. Throws at once: a Failure `locked` that names the holder of one of them, or
 * `local` when the list cannot be written. Locks of dead processes are taken over, as `acquireLock` does.
 */
export async function acquireLocks(request: LockSetRequest): Promise<LockSet> {
  const { directory, machine } = request;
  await makeDirectory(directory);
  const guard = await waitForLock({ path: join(directory, guardName), subject: 'the locks', machine });
  try {
    return await withFailureContext(`lock in ${directory}`, async () => {
      const self = await nameHolder(machine);
      await compareWithOthers(request, self);
      await writeList(request, self);
      return holdSet(request, self);
    });
  } finally {
    await guard.release();
  }
}

/** Removes the lists of dead processes; throws when a living one holds a wanted name. */
async function compareWithOthers(request: LockSetRequest, self: Holder): Promise<void> {
  const { directory, subjects, besides, machine } = request;
  for (const file of await readdir(directory)) {
    const path = join(directory, file);
    // Whoever wrote it held the guard then, and does not any more.
    if (file.endsWith(draftEnding)) await rm(path, { force: true });
    if (!file.endsWith(listEnding) || file === `${besides?.token}${listEnding}`) continue;
    const list = await readList(path);
    if (list === undefined) continue;
    if (!(await isHeld(list, self, machine))) {
      await rm(path, { force: true });
      continue;
    }
    const taken = list.names.find((held) => excludes(held, request));
    // A list that cannot be read may hold anything.
    if (taken === undefined && list.holder !== undefined) continue;
    const [any = 'the inputs'] = subjects.values();
    const subject = subjects.get(taken?.name ?? '') ?? any;
    const group = taken?.group === undefined ? '' : ` (${taken.group})`;
    throw lockedFailure({ subject: `${subject}${group}` }, list.holder);
  }
}

function excludes({ name, group }: HeldName, { subjects, shared }: LockSetRequest): boolean {
  if (!subjects.has(name)) return false;
  return group === undefined || group !== shared?.group || !shared.names.has(name);
}

interface HeldName {
  name: string;
  /** Undefined: by its holder alone. */
  group: string | undefined;
}

interface List extends Omit<Found, 'text'> {
  names: HeldName[];
}

async function readList(path: string): Promise<List | undefined> {
  try {
    const [head = '', ...lines] = (await readFile(path, 'utf8')).split('\n');
    const holder = parseHolder(head);
    const names = lines.map((line) => {
      const [name = '', group] = line.split(groupMark);
      return { name, group };
    });
    return { names, holder, refreshedAt: holder?.refreshedAt ?? (await stat(path)).mtimeMs };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeList({ directory, subjects, shared }: LockSetRequest, self: Holder): Promise<void> {
  const draft = join(directory, `${self.token}${draftEnding}`);
  const lines = [...subjects.keys()].map((name) =>
    shared?.names.has(name) === true ? `${name}${groupMark}${shared.group}` : name,
  );
  const text = [JSON.stringify(self), ...lines].join('\n');
  try {
    await writeFile(draft, text, { flag: 'wx', mode: 0o600 });
    await rename(draft, join(directory, `${self.token}${listEnding}`));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function holdSet({ directory, machine }: LockSetRequest, self: Holder): LockSet {
  const path = join(directory, `${self.token}${listEnding}`);
  let refreshing = Promise.resolve();
  const stop = machine.every(refreshEveryMs, () => {
    // The next refresh makes up for one that fails; a list that was taken over is not created again.
    refreshing = refresh(path, { ...self, refreshedAt: machine.now() }).catch(() => undefined);
  });
  return {
    token: self.token,
    async release() {
      stop();
      await refreshing;
      await withFailureContext(`release the locks in ${directory}`, () => rm(path, { force: true }));
    },
  };
}

/** Written in place: the time always has the same number of digits. */
async function refresh(path: string, holder: Holder): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.write(JSON.stringify(holder), 0);
  } finally {
    await handle.close();
  }
}
