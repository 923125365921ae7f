import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { withFailureContext } from '../../disk/errno.ts';

/** A directory of our own, for files without names. */
export function makeTemporaryDirectory(parent: string): Promise<string> {
  return withFailureContext(`create a directory in ${parent}`, () => mkdtemp(join(parent, 'scarf-cli-')));
}
