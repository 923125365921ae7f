/** File system errors in plain words: one table for everything that touches a disk. */
import { constants } from 'node:os';
import { Failure } from '../failure.ts';

const meanings: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBADF: 'it is not open',
  EBUSY: 'it is in use',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it exists already',
  EFBIG: 'the file would be too large',
  EIO: 'the disk reported an error',
  EISDIR: 'it is a directory',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many open files on this system',
  ENOBUFS: 'the system has no buffers left',
  ENOENT: 'no such file or directory',
  ENOMEM: 'out of memory',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is no directory',
  ENXIO: 'nothing can be read from it',
  EPERM: 'not permitted',
  EPIPE: 'whoever read the output has gone',
  EROFS: 'the file system is read-only',
  ESTALE: 'the network file system lost it',
  ETXTBSY: 'it is being executed',
};

/** What helps, where the cause is a limit of the process and no place would be better. */
const remedies: Readonly<Record<string, string>> = {
  EFBIG: 'raise the limit on the size of files (ulimit -f), then run the same command again',
  EMFILE: 'raise the limit on open files (ulimit -n), then run the same command again',
};

/**
 * A Failure `local` that says what failed and why: `cannot write a.csv: the disk is full (ENOSPC)`. A Failure
 * is passed on unchanged.
 */
export function localFailure(doing: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  const code = systemCode(cause);
  if (code === undefined) return new Failure('local', `cannot ${doing}: ${describe(cause)}`, { cause });
  const meaning = meanings[code] ?? 'the system refused';
  const hint = remedies[code];
  return new Failure('local', `cannot ${doing}: ${meaning} (${code})`, {
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}

/** The error code, such as `ENOENT`; undefined for what is not a system error. */
export function systemCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  if (typeof thrown.code === 'string' && /^E[A-Z0-9]+$/.test(thrown.code)) return thrown.code;
  const { errno } = thrown as NodeJS.ErrnoException;
  return unnamed.find((name) => errno === -constants.errno[name]);
}

/** Errors that libuv reports only by number ("Unknown system error -122"). */
const unnamed = ['EDQUOT', 'ESTALE'] as const;

/** What was thrown; a Failure `local` that says nothing yet about what helps gets this hint. */
export function withHint(thrown: unknown, hint: string): unknown {
  if (!(thrown instanceof Failure) || thrown.kind !== 'local' || thrown.hint !== undefined) return thrown;
  return new Failure('local', thrown.message, { hint, cause: thrown });
}

/** Runs `work` and turns what it throws into a Failure that says what was being done. */
export async function withFailureContext<Result>(
  doing: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw localFailure(doing, error);
  }
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
