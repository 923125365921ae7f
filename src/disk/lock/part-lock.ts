/**
 * Locks of a directory that is written as a whole, or in parts by several processes: parts of one number exclude
 * each other one by one, and everybody else altogether.
 */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { acquireLock, refuseHeld, type Lock } from './lock.ts';
import { waitForLock, type WaitRequest } from './wait-for-lock.ts';

/** One of `of` parts; `index` counts from 0. */
export interface LockedPart {
  index: number;
  of: number;
}

export interface PartLockRequest {
  /** The beginning of the paths of all these locks; their directory exists. */
  stem: string;
  /** Undefined: the whole. */
  part: LockedPart | undefined;
  /** What is locked, for messages. */
  subject: string;
  machine: WaitRequest['machine'];
}

/** The beginning of what belongs to the part alone: `STEM`, or `STEM.2-of-8`. */
export function partStem(stem: string, part: LockedPart | undefined): string {
  return part === undefined ? stem : `${stem}.${part.index}-of-${part.of}`;
}

/**
 * Acquires the lock of the whole, or of the part. Throws like `acquireLock`, also when the other kind is held, or a
 * part of another number. The caller releases it.
 */
export async function acquirePartLock({ stem, part, subject, machine }: PartLockRequest): Promise<Lock> {
  // Both sides look at each other's locks, and only one at a time may.
  const guard = await waitForLock({ path: `${stem}.guard.lock`, subject, machine });
  try {
    for (const { path, name } of await otherLocks(stem, part))
      await refuseHeld({ path, subject: `${subject}${name}`, machine });
    return await acquireLock({ path: `${partStem(stem, part)}.lock`, subject, machine });
  } finally {
    await guard.release();
  }
}

/** The locks that exclude this one, but for its own. `name`: of a part, as messages say it. */
async function otherLocks(
  stem: string,
  part: LockedPart | undefined,
): Promise<{ path: string; name: string }[]> {
  const whole = part === undefined ? [] : [{ path: `${stem}.lock`, name: '' }];
  const begin = `${basename(stem)}.`;
  const parts = (await readdir(dirname(stem))).flatMap((file) => {
    if (!file.startsWith(begin)) return [];
    const [, index, of] = /^(\d+)-of-(\d+)\.lock$/.exec(file.slice(begin.length)) ?? [];
    if (index === undefined || Number(of) === part?.of) return [];
    return [{ path: join(dirname(stem), file), name: ` (part ${index} of ${of})` }];
  });
  return [...whole, ...parts];
}
