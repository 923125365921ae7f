/** Which file a name means in the end: links followed, also where nothing stands yet. */
import { lstat, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { withFailureContext, systemCode } from '../errno.ts';

/** A name, resolved. */
export interface FinalPath {
  /** Without links. Where nothing stands yet: where a file of this name would be made. */
  path: string;
  /** Device and inode of what stands there; undefined where nothing does. */
  file: string | undefined;
  kind: 'missing' | 'file' | 'directory' | 'fifo' | 'socket' | 'block' | 'characters';
}

const maxLinks = 40;

/**
 * Resolves an absolute path. A name below a directory that cannot be searched counts as missing: opening it fails with
 * the same error. Without `named` the path of what is there stays as it was given.
 */
export async function finalPath(path: string, { named = true } = {}): Promise<FinalPath> {
  return withFailureContext(`look at ${path}`, async () => {
    const found = await stat(path, { bigint: true }).catch((error: unknown) => missing(error));
    if (found === undefined) return { path: await whereItWouldBe(path), file: undefined, kind: 'missing' };
    const file = `${found.dev}:${found.ino}`;
    const kind = kindOf(found);
    // What a descriptor leads to may have no name of its own: `pipe:[4711]`.
    const real = named ? await realpath(path).catch(() => path) : path;
    return { path: real, file, kind };
  });
}

/** Whether an absolute path names a descriptor of a process, such as `/dev/stdout`, rather than a file. */
export function isDescriptorPath(path: string): boolean {
  return /^\/dev\/(std(in|out|err)|fd\/\d+)$|^\/proc\/(self|thread-self|\d+)\/fd\/\d+$/.test(path);
}

/**
 * A text that is the same for two missing names when they would become the same file. On a file system that does not
 * tell letters by their case, neither does this.
 */
export async function missingKey(path: string): Promise<string> {
  const { existing, rest } = await nearestExisting(path);
  const found = await stat(existing, { bigint: true });
  const name = (await tellsCase(existing)) ? rest : rest.normalize('NFC').toLowerCase();
  return `${found.dev}:${found.ino}/${name}`;
}

/** The end of a chain of links that leads nowhere, its directory without links. */
async function whereItWouldBe(path: string): Promise<string> {
  let current = path;
  for (let links = 0; links < maxLinks; links += 1) {
    const { existing, rest } = await nearestExisting(dirname(current));
    current = join(existing, rest, basename(current));
    const link = await readlink(current).catch(() => undefined);
    if (link === undefined) return current;
    current = resolve(dirname(current), link);
  }
  return current;
}

/** The deepest directory above a path that is there, without links, and what follows it. */
async function nearestExisting(path: string): Promise<{ existing: string; rest: string }> {
  let existing = path;
  const rest: string[] = [];
  for (;;) {
    const real = await realpath(existing).catch(() => undefined);
    if (real !== undefined) return { existing: real, rest: join(...rest) };
    if (dirname(existing) === existing) return { existing, rest: join(...rest) };
    rest.unshift(basename(existing));
    existing = dirname(existing);
  }
}

/** Whether the file system there tells `a` from `A`: found out by asking for a name that exists in other letters. */
async function tellsCase(path: string): Promise<boolean> {
  for (let current = path; dirname(current) !== current; current = dirname(current)) {
    const swapped = swapCase(basename(current));
    if (swapped === basename(current)) continue;
    const [own, other] = await Promise.all(
      [current, join(dirname(current), swapped)].map((name) =>
        lstat(name, { bigint: true }).catch(() => undefined),
      ),
    );
    return own?.ino !== other?.ino || own?.dev !== other?.dev;
  }
  return true;
}

function swapCase(text: string): string {
  return [...text]
    .map((letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()))
    .join('');
}

const missingCodes = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG', 'ELOOP']);

function missing(error: unknown): undefined {
  if (missingCodes.has(systemCode(error) ?? '')) return undefined;
  throw error;
}

interface Kinds {
  isFile(): boolean;
  isDirectory(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isBlockDevice(): boolean;
}

function kindOf(found: Kinds): FinalPath['kind'] {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'directory';
  if (found.isFIFO()) return 'fifo';
  if (found.isSocket()) return 'socket';
  return found.isBlockDevice() ? 'block' : 'characters';
}
