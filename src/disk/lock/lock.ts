/** One run at a time: an exclusive file that names its holder, and is taken over when the holder is dead. */
import { link, lstat, open, readdir, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { identifySelf, stateOfProcess } from './processes.ts';
import type { ProcessIdentity } from './processes.ts';
import { readRegularFile } from '../read-file.ts';
import { withFailureContext, systemCode } from '../errno.ts';

export const refreshEveryMs = 60_000;

/** A holder on another host counts as dead when it has not refreshed its lock for this long. */
const staleAfterMs = 5 * 60_000;

export interface Lock {
  /** Releases the lock. Does nothing when another process has taken it over. */
  release(): Promise<void>;
}

export interface LockRequest {
  /** The lock file; its directory exists. */
  path: string;
  /** What is locked, for messages: `events.log`. */
  subject: string;
  machine: Pick<Machine, 'hostname' | 'pid' | 'now' | 'every' | 'isAlive' | 'randomBytes'>;
}

/** The holder of a lock, as written in its file. */
export interface Holder extends ProcessIdentity {
  /** Distinguishes two locks of one process. */
  token: string;
  /** Milliseconds since the epoch. Refreshed in place, so always with the same number of digits. */
  refreshedAt: number;
}

/**
 * Acquires the lock or throws at once: a Failure `locked` that names the holder, or `local` when the file
 * cannot be written. It takes over the lock of a process of this host that has ended, and one from elsewhere
 * that was not refreshed for five minutes. The caller releases it.
 */
export async function acquireLock(request: LockRequest): Promise<Lock> {
  const self = await nameHolder(request.machine);
  return withFailureContext(`lock ${request.path}`, async () => {
    const lock = hold(request, self, await take(request, self));
    await removeDeadDrafts(request, self).catch(() => undefined);
    return lock;
  });
}

/** This process as the holder of a new lock. */
export async function nameHolder(machine: LockRequest['machine']): Promise<Holder> {
  const token = Buffer.from(machine.randomBytes(8)).toString('hex');
  return { ...(await identifySelf(machine)), token, refreshedAt: machine.now() };
}

/** Creates the lock file; removes that of a dead holder first. */
async function take(request: LockRequest, self: Holder): Promise<FileHandle> {
  for (;;) {
    const handle = await create(request.path, self);
    if (handle) return handle;
    await removeIfDead(request, self);
  }
}

/** What file systems without hard links report. */
const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Removes drafts of processes that were killed while acquiring this lock. Best effort: drafts block nothing. */
async function removeDeadDrafts({ path, machine }: LockRequest, self: Holder): Promise<void> {
  const begin = `${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(begin) || !/^[0-9a-f]+\.draft$/.test(name.slice(begin.length))) continue;
    const draft = join(dirname(path), name);
    if (!(await lstat(draft)).isFile()) continue;
    const found = await read(draft);
    if (found !== undefined && !(await isHeld(found, self, machine))) await rm(draft, { force: true });
  }
}

/** Creates the file with its content atomically; undefined when it exists already. */
async function create(path: string, self: Holder): Promise<FileHandle | undefined> {
  const draft = `${path}.${self.token}.draft`;
  const handle = await openDraft(draft, self);
  try {
    await link(draft, path);
    return handle;
  } catch (error) {
    await handle.close();
    if (withoutLinks.has(systemCode(error) ?? '')) return createWithoutLink(path, self);
    if (systemCode(error) === 'EEXIST') return undefined;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** In two steps. A reader in between sees a damaged lock, which counts as held while it is fresh. */
async function createWithoutLink(path: string, self: Holder): Promise<FileHandle | undefined> {
  try {
    return await openDraft(path, self);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return undefined;
    throw error;
  }
}

async function openDraft(path: string, self: Holder): Promise<FileHandle> {
  const handle = await open(path, 'wx+', 0o600);
  try {
    await handle.writeFile(JSON.stringify(self));
    return handle;
  } catch (error) {
    // On a full disk. Left there without a name in it, a lock would count as held for a while.
    await handle.close();
    await rm(path, { force: true });
    throw error;
  }
}

/**
 * Removes the lock of a dead holder; throws a Failure `locked` when the holder is alive. Several processes
 * may find the same dead lock: only the holder of its claim, a lock named after it, may remove it, and checks
 * again first, because an earlier claimant may have put its own lock there.
 */
async function removeIfDead(request: LockRequest, self: Holder): Promise<void> {
  const found = await read(request.path);
  if (!found) return;
  if (await isHeld(found, self, request.machine)) throw lockedFailure(request, found.holder);
  const claim = { ...request, path: `${request.path}.${found.holder?.token ?? 'damaged'}.claim` };
  const handle = await take(claim, self);
  try {
    const again = await read(request.path);
    const isSame = again?.text === found.text && !(await isHeld(again, self, request.machine));
    if (isSame) await rm(request.path, { force: true });
  } finally {
    await removeOwn(handle, claim.path);
  }
}

/** Throws like `acquireLock` while a living process holds the lock, and takes nothing. */
export async function refuseHeld(request: LockRequest): Promise<void> {
  const found = await withFailureContext(`read ${request.path}`, () => read(request.path));
  if (found === undefined) return;
  if (await isHeld(found, await nameHolder(request.machine), request.machine))
    throw lockedFailure(request, found.holder);
}

/** What a lock file says about its holder. */
export interface Found {
  text: string;
  /** Undefined when the text is damaged. */
  holder: Holder | undefined;
  refreshedAt: number;
}

async function read(path: string): Promise<Found | undefined> {
  try {
    const text = (await readRegularFile(path)).toString('utf8');
    const holder = parseHolder(text);
    return { text, holder, refreshedAt: holder?.refreshedAt ?? (await stat(path)).mtimeMs };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The holder in the text of a lock file; undefined when the text is damaged. */
export function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    const whole =
      typeof value?.host === 'string' &&
      typeof value.pid === 'number' &&
      /^\w+$/.test(value.token ?? '') &&
      typeof value.refreshedAt === 'number';
    return whole ? (value as Holder) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the holder of a lock is alive, as far as this process can tell. */
export async function isHeld(
  found: Omit<Found, 'text'>,
  self: Holder,
  machine: LockRequest['machine'],
): Promise<boolean> {
  const life = found.holder ? await stateOfProcess(found.holder, self, machine) : 'elsewhere';
  return life === 'elsewhere' ? machine.now() - found.refreshedAt <= staleAfterMs : life === 'running';
}

function hold(request: LockRequest, self: Holder, handle: FileHandle): Lock {
  let refreshing = Promise.resolve();
  const stop = request.machine.every(refreshEveryMs, () => {
    const text = JSON.stringify({ ...self, refreshedAt: request.machine.now() });
    // In place: if somebody took the lock over, theirs is another file. A refresh that fails is made up for by the next.
    refreshing = handle.write(text, 0).then(
      () => undefined,
      () => undefined,
    );
  });
  return {
    async release() {
      stop();
      await refreshing;
      await withFailureContext(`release the lock ${request.path}`, () => removeOwn(handle, request.path));
    },
  };
}

async function removeOwn(handle: FileHandle, path: string): Promise<void> {
  const own = await handle.stat();
  await handle.close();
  const there = await stat(path).catch(() => undefined);
  if (there?.ino === own.ino && there.dev === own.dev) await rm(path, { force: true });
}

/** The Failure of a process that comes second. */
export function lockedFailure(
  { subject }: Pick<LockRequest, 'subject'>,
  holder: Holder | undefined,
): Failure {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'a process that left no name';
  return new Failure('locked', `another run is using ${subject}: ${who}`, {
    hint: 'wait for it to end, or stop it and run again',
  });
}
