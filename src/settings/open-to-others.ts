/** Files with secrets in them that more people can read than their owner. */
import { stat } from 'node:fs/promises';
import { sep } from 'node:path';

/** Read, write or run, by the group or by anybody ("POSIX, sys/stat.h"). */
const othersMask = 0o077;

/** The mode of a regular file, as `chmod` takes it, when others than its owner may use it; else undefined. */
export async function modeForOthers(path: string): Promise<string | undefined> {
  // On Windows access is not in the mode.
  if (sep === '\\') return undefined;
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true || (found.mode & othersMask) === 0) return undefined;
  return (found.mode & 0o777).toString(8).padStart(4, '0');
}
