/** Finds files with secrets that users other than the owner may access. */
import { stat } from 'node:fs/promises';
import { sep } from 'node:path';

/** Read, write or execute, by the group or by everyone ("POSIX, sys/stat.h"). */
const othersMask = 0o077;

/**
 * The mode of a regular file, as `chmod` takes it, if users other than its owner may access it; else
 * undefined.
 */
export async function modeForOthers(path: string): Promise<string | undefined> {
  // On Windows the mode does not tell who has access.
  if (sep === '\\') return undefined;
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true || (found.mode & othersMask) === 0) return undefined;
  return (found.mode & 0o777).toString(8).padStart(4, '0');
}
