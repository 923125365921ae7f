/** One run at a time: an exclusive file that says who holds it, and is taken over from the dead. */
import { link, lstat, open, readdir, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { identifySelf, lifeOf } from './processes.ts';
import type { ProcessIdentity } from './processes.ts';
import { readRegularFile } from '../read-file.ts';
import { withFailureContext, systemCode } from '../errno.ts';

export const refreshEveryMs = 60_000;

/** A holder that cannot be looked at is taken for dead when it has not refreshed its lock for so long. */
const staleAfterMs = 5 * 60_000;

export interface Lock {
  /** Removes the lock. Harmless when somebody took it over. */
  release(): Promise<void>;
}

export interface LockRequest {
  /** The lock file; its directory exists. */
  path: string;
  /** What is locked, for messages: `events.log`. */
  subject: string;
  machine: Pick<Machine, 'hostname' | 'pid' | 'now' | 'every' | 'isAlive' | 'randomBytes'>;
}

/** Who holds a lock, as it stands in its file. */
export interface Holder extends ProcessIdentity {
  /** Tells two locks of one process apart. */
  token: string;
  /** Milliseconds since the epoch; refreshed in place, always in as many digits. */
  refreshedAt: number;
}

/**
 * Takes the lock or throws at once: a Failure of kind `locked` that names the holder, or `local` when
 * the file cannot be written. Taken over is the lock of a process of this host that is gone, and one
 * from elsewhere that was not refreshed for five minutes. Whoever takes it releases it.
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

/** Makes the lock file, removing that of a dead holder first. */
async function take(request: LockRequest, self: Holder): Promise<FileHandle> {
  for (;;) {
    const handle = await create(request.path, self);
    if (handle) return handle;
    await removeIfDead(request, self);
  }
}

/** File systems without hard links say one of these. */
const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Removes the drafts of processes that were killed while they took this lock. Best effort: a draft holds nothing up. */
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

/** Makes the file with its content in one step; undefined when there is one already. */
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

/** In two steps: whoever reads in between finds a damaged lock, which counts as held while it is fresh. */
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
  await handle.writeFile(JSON.stringify(self));
  return handle;
}

/**
 * Removes the lock of a dead holder; throws a Failure of kind `locked` when the holder lives. Several may
 * find the same dead lock: only who holds the claim on it, a lock named after that one, may remove it,
 * and looks again first, since an earlier claimant may have put its own lock there.
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

/** What a lock file says of its holder. */
export interface Found {
  text: string;
  /** Absent when the text is damaged. */
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

/** The holder in the text of a lock file; undefined when it is damaged. */
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
  const life = found.holder ? await lifeOf(found.holder, self, machine) : 'elsewhere';
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

/** The Failure of whoever comes second. */
export function lockedFailure(
  { subject }: Pick<LockRequest, 'subject'>,
  holder: Holder | undefined,
): Failure {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'a process that left no name';
  return new Failure('locked', `another run is using ${subject}: ${who}`, {
    hint: 'wait for it to end, or stop it and run again',
  });
}
