/** Files without names, which vanish with the process however it ends. */
import { unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { withFailureContext } from '../errno.ts';
import { createPartialFile } from './partial-file.ts';

/**
 * Opens a new file for reading and writing, whose bytes are on the file system of this directory. Its name is gone when
 * the promise is fulfilled; one that a killed process left is removed by the next. The caller closes it. Throws a
 * Failure `local`.
 */
export function openAnonymousFile(directory: string): Promise<FileHandle> {
  return withFailureContext(`create a temporary file in ${directory}`, async () => {
    const { handle, path } = await createPartialFile(join(directory, 'scarf-cli'), 0o600);
    await unlink(path);
    return handle;
  });
}
