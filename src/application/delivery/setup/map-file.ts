/** The file that `--map-file` names. */
import { resolve } from 'node:path';
import { localFailure, systemCode } from '../../../disk/errno.ts';
import { readSmallFile } from '../../../disk/read-small-file.ts';
import { Failure } from '../../../failure.ts';

/** Longer than any real map file. */
const maxMapBytes = 16 * 1024 * 1024;

/**
 * The text of the file, which is part of the recipe; undefined without a path. Throws a Failure `usage` for a path that
 * names no file, `local` for a file that cannot be read.
 */
export async function readMapFileText(
  path: string | undefined,
  directory: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    const bytes = await readSmallFile(resolve(directory, path), { maxBytes: maxMapBytes, signal });
    return bytes.toString('utf8');
  } catch (cause) {
    const code = systemCode(cause) ?? '';
    if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(code))
      throw localFailure(`read ${path} (--map-file)`, cause);
    throw new Failure('usage', `--map-file: cannot read ${path} (${code})`, { cause });
  }
}
