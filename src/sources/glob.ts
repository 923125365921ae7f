/** Finds the files that a glob stands for, and passes over no directory in silence. */
import { readdir, realpath, type Dirent } from 'node:fs';
import { basename, isAbsolute } from 'node:path';
import { localFailure, withFailureContext } from '../disk/errno.ts';
import { Failure } from '../failure.ts';

/**
 * The names of the files, sorted; undefined for a name without a wildcard. Throws a Failure `local` for a directory that
 * cannot be looked into, and `usage` for one whose name cannot be written: the files in them would be missing.
 */
export async function matchFiles(pattern: string, directory: string): Promise<string[] | undefined> {
  const { glob, isDynamicPattern } = await import('tinyglobby');
  if (!isDynamicPattern(pattern)) return undefined;
  const passedOver: PassedOver[] = [];
  const paths = await withFailureContext(`look for ${pattern}`, () =>
    glob(pattern, {
      cwd: directory,
      absolute: isAbsolute(pattern),
      expandDirectories: false,
      fs: watched(passedOver),
    }),
  );
  const [first] = passedOver.sort((one, other) => (one.path < other.path ? -1 : 1));
  if (first !== undefined) throw unreadable(first);
  return paths.sort();
}

/** Node.js reads a name that is not UTF-8 as one with this character in it, under which there is no file. */
export function mayBeMisread(name: string): boolean {
  return name.includes('\uFFFD');
}

interface PassedOver {
  path: string;
  error: NodeJS.ErrnoException;
}

type ReadDirectory = (
  path: string,
  options: { withFileTypes: true },
  done: (error: NodeJS.ErrnoException | null, entries?: Dirent[]) => void,
) => void;

type FindRealPath = (
  path: string,
  done: (error: NodeJS.ErrnoException | null, resolved?: string) => void,
) => void;

/** File system calls whose errors are noted: the search goes on without what cannot be read. */
function watched(passedOver: PassedOver[]): { readdir: typeof readdir; realpath: typeof realpath } {
  const list: ReadDirectory = (path, options, done) =>
    readdir(path, options, (error, entries) => {
      if (error !== null && isMissed(path, error)) passedOver.push({ path, error });
      done(error, entries);
    });
  // Links that lead nowhere hold no rows.
  const follow: FindRealPath = (path, done) =>
    realpath(path, (error, resolved) => {
      if (error !== null && mayBeMisread(path)) passedOver.push({ path, error });
      done(error, resolved);
    });
  return { readdir: list as typeof readdir, realpath: follow as typeof realpath };
}

/**
 * Whether inputs may be in the directory. One that is not there, or was removed meanwhile, has no files; `lost+found`, which
 * a new volume of ext4 has at its root, for root alone, has those that a repair of the file system found.
 *
 * @internal
 */
export function isMissed(path: string, { code }: Pick<NodeJS.ErrnoException, 'code'>): boolean {
  if (code === 'EACCES' && basename(path) === 'lost+found') return false;
  return (code !== 'ENOENT' && code !== 'ENOTDIR') || mayBeMisread(path);
}

function unreadable({ path, error }: PassedOver): Failure {
  if (mayBeMisread(path)) {
    return new Failure('usage', `no such directory: ${path}`, {
      hint: 'if its name is not UTF-8, rename it, or give its files as standard input: - < FILE',
    });
  }
  const { message } = localFailure(`look into ${path}`, error);
  return new Failure('local', message, {
    hint: 'its files would be missing: make it readable, or give those that are meant as a list (--files-from)',
    cause: error,
  });
}
