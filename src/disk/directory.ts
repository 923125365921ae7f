/** Directories that are still there after a loss of power. */
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { explained, systemCode } from './trouble.ts';

/** File systems that cannot sync a directory say one of these; on them there is nothing more to do. */
const unsupported = new Set(['EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM', 'EACCES', 'ENOSYS']);

/** Makes the entries of a directory durable: the names that were created, renamed or removed in it. */
export async function syncDirectory(path: string): Promise<void> {
  await explained(`sync the directory ${path}`, async () => {
    try {
      const handle = await open(path, 'r');
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

/** Makes a directory, for its owner only, and those above it that are missing; all of them durable. */
export async function makeDirectory(path: string): Promise<void> {
  await explained(`create the directory ${path}`, async () => {
    const topmost = await mkdir(path, { recursive: true, mode: 0o700 });
    if (topmost === undefined) return;
    for (let made = path; made.length >= topmost.length; made = dirname(made))
      await syncDirectory(dirname(made));
  });
}
