/**
 * Partial files: what is written next to its target until it is complete. Their names cannot be guessed and
 * identify the process that made them, so that what a killed process left is found and removed, and no other
 * file ever is.
 */
import { randomBytes } from 'node:crypto';
import { constants, lstat, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { msPerDay } from '../../calendar.ts';
import { processTag, stateOfTag } from '../lock/processes.ts';

/** Leaves room for the rest of the name within the 255 bytes that file systems allow. */
const maxNameBytes = 120;

/** One whose process cannot be checked (another host, another container) counts as abandoned after this long. */
const abandonedAfterMs = msPerDay;

export interface PartialFile {
  path: string;
  handle: FileHandle;
}

/** Creates an empty partial file next to `target`, and removes those that dead processes left there. */
export async function createPartialFile(target: string, mode: number): Promise<PartialFile> {
  const tag = await processTag();
  const path = join(dirname(target), `${stemOf(target)}${tag}.${randomBytes(8).toString('hex')}.part`);
  const handle = await open(path, newFile, mode);
  await removeAbandoned(target, handle).catch(() => undefined);
  return { path, handle };
}

const newFile = constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW | constants.O_RDWR;

/** Best effort: a partial file that remains only takes space. */
async function removeAbandoned(target: string, own: FileHandle): Promise<void> {
  const directory = dirname(target);
  const stem = stemOf(target);
  const found = (await readdir(directory)).filter((name) => name.startsWith(stem) && isPartial(name, stem));
  if (found.length < 2) return;
  const { uid, mtimeMs } = await own.stat();
  for (const name of found) {
    const path = join(directory, name);
    const stats = await lstat(path);
    if (!stats.isFile() || stats.uid !== uid) continue;
    const life = await stateOfTag(name.slice(stem.length).split('.')[0] ?? '');
    const isOld = mtimeMs - stats.mtimeMs > abandonedAfterMs;
    if (life === 'gone' || (life === 'elsewhere' && isOld)) await rm(path, { force: true });
  }
}

/** How the names of all partial files of a target begin. */
function stemOf(target: string): string {
  const bytes = Buffer.from(basename(target)).subarray(0, maxNameBytes);
  return `.${bytes.toString('utf8').replace(/\uFFFD+$/, '')}.`;
}

function isPartial(name: string, stem: string): boolean {
  return /^[\w-]+\.[0-9a-f]{16}\.part$/.test(name.slice(stem.length));
}
