/** Directories that are still there after a loss of power. */
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { withFailureContext, systemCode } from './errno.ts';
import type { OpenFile } from './open-file.ts';

/** File systems that cannot sync a directory say one of these; on them there is nothing more to do. */
const unsupported = new Set(['EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM', 'EACCES', 'ENOSYS']);

/** Makes changes to a directory durable: names that were created, renamed or removed in it. */
export async function syncDirectory(path: string, openFile: OpenFile = open): Promise<void> {
  await withFailureContext(`sync the directory ${path}`, async () => {
    try {
      const handle = await openFile(path, 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (!unsupported.has(systemCode(error) ?? '')) throw error;
    }
  });
}

/** Creates a directory for its owner only, and missing parents; all of them durable. */
export async function makeDirectory(path: string): Promise<void> {
  await withFailureContext(`create the directory ${path}`, async () => {
    const topmost = await ensureDirectory(path, 0o700);
    if (topmost === undefined) return;
    for (let made = path; made.length >= topmost.length; made = dirname(made))
      await syncDirectory(dirname(made));
  });
}

/**
 * Creates a directory and missing parents; returns the topmost that was created. Not `mkdir` with
 * `recursive`: on a file system that takes no directories (`/proc`), that of Node 20 and 22 loops for ever.
 */
export async function ensureDirectory(path: string, mode = 0o777): Promise<string | undefined> {
  const made = await tryToMake(path, mode);
  if (made !== 'no-parent') return made === 'made' ? path : undefined;
  const topmost = await ensureDirectory(dirname(path), mode);
  await mkdir(path, mode).catch(async (error: unknown) => {
    if (!(await isThere(path, error))) throw error;
  });
  return topmost ?? path;
}

async function tryToMake(path: string, mode: number): Promise<'made' | 'there' | 'no-parent'> {
  try {
    await mkdir(path, mode);
    return 'made';
  } catch (error) {
    if (systemCode(error) === 'ENOENT' && dirname(path) !== path) return 'no-parent';
    if (await isThere(path, error)) return 'there';
    throw error;
  }
}

/**
 * Whether creating a directory failed because it exists. Read-only and automounted directories report errors
 * other than EEXIST.
 */
async function isThere(path: string, error: unknown): Promise<boolean> {
  if (systemCode(error) === 'ENOENT') return false;
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}
