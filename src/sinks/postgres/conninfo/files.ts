/** Reads connection files that may be missing. */
import { readFile } from 'node:fs/promises';
import { Failure } from '../../../failure.ts';

/** The text of a file; undefined when there is none. Throws a Failure `local` when it cannot be read. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Failure('local', `cannot read ${path}: ${message}`, { cause: error });
  }
}
