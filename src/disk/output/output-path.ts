/**
 * What the path of an output refers to; checked for every output before anything is opened. Only a regular file may be
 * replaced; anything else is written to as a stream, or refused.
 */
import type { Stats } from 'node:fs';
import { access, constants, lstat, readlink, realpath, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import { Failure } from '../../failure.ts';
import { withFailureContext, systemCode } from '../errno.ts';

/** A regular file, or a name under which one may be made. `path` is where links lead. */
export interface FileOutput {
  kind: 'file';
  path: string;
  /** What stands there; undefined when nothing does. */
  existing: Stats | undefined;
}

/** Something that takes bytes and is never replaced: a FIFO, a character device, an open descriptor. */
export interface StreamOutput {
  kind: 'stream';
  /** As the user wrote it. */
  path: string;
  /** Where links lead. */
  at: string;
  /** Of this process, already open; undefined: it is opened by its path. */
  descriptor: number | undefined;
}

export interface DirectoryOutput {
  kind: 'directory';
  path: string;
}

export type OutputPath = FileOutput | StreamOutput | DirectoryOutput;

/** The absolute path of what a flag names; `-` is standard output. */
export function outputPath(text: string, workingDirectory: string): string {
  return text === '-' ? '/dev/stdout' : resolve(workingDirectory, text);
}

/** As many links as Linux follows in one path. */
const maxLinks = 40;

/**
 * Resolves links and determines the kind of output. A dangling link refers to the file that it names. Throws a Failure
 * `usage` for anything that writing would destroy (a block device, a socket) and for links of another user in a shared
 * directory, and a Failure `local` for a path that cannot be examined. Opens and changes nothing.
 */
export async function resolveOutput(path: string): Promise<OutputPath> {
  return withFailureContext(`write ${path}`, async () => {
    let at = path;
    for (let links = 0; links <= maxLinks; links++) {
      const descriptor = await descriptorAt(at);
      if (descriptor !== undefined) return { kind: 'stream', path, at, descriptor };
      const stats = await lstatIfThere(at);
      if (stats?.isSymbolicLink() !== true) return classify(path, at, stats);
      await refusePlanted(path, at, stats);
      at = besides(at, await readlink(at));
    }
    throw new Failure('local', `cannot write ${path}: too many symbolic links (ELOOP)`);
  });
}

/** As `resolveOutput`, for where only a file will do: everything else is a Failure `usage`. */
export async function resolveFileOutput(path: string): Promise<FileOutput> {
  const output = await resolveOutput(path);
  if (output.kind === 'file') return output;
  if (output.kind === 'directory') throw refused(path, 'it is a directory');
  throw refused(path, 'it is no regular file');
}

/** As `resolveOutput`, for where rows are written: only a directory is a Failure `usage`. */
export async function resolveRowOutput(path: string): Promise<FileOutput | StreamOutput> {
  const output = await resolveOutput(path);
  if (output.kind === 'directory') throw refused(path, 'it is a directory');
  return output;
}

/** Refuses, as a Failure `usage`, what cannot become a directory of outputs: a file, a device, and the root directory. */
export async function refuseAsDirectory(path: string): Promise<void> {
  const [found, root] = await withFailureContext(`write to ${path}`, () =>
    Promise.all([stat(path).catch(ignoreMissing), stat('/')]),
  );
  if (found === undefined) return;
  if (!found.isDirectory()) throw refused(path, 'it is not a directory');
  if (found.ino === root.ino && found.dev === root.dev)
    throw refused(path, 'it is the root directory of this system');
}

/**
 * Throws the Failure that writing a whole file at `path` would end with, as far as that can be known without creating
 * one. `makesDirectory`: the writer creates missing directories, and appends to an existing file.
 */
export async function checkWritable(path: string, { makesDirectory = false } = {}): Promise<void> {
  const output = await resolveRowOutput(path);
  if (output.kind !== 'file' || (makesDirectory && output.existing !== undefined)) return;
  await withFailureContext(`write ${path}`, () => checkDirectory(dirname(output.path), makesDirectory));
}

async function checkDirectory(path: string, mayBeMissing: boolean): Promise<void> {
  try {
    await access(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (!mayBeMissing) throw error;
    ignoreMissing(error);
    await checkDirectory(dirname(path), true);
  }
}

function classify(path: string, at: string, stats: Stats | undefined): Promise<OutputPath> | OutputPath {
  if (stats === undefined || stats.isFile()) return writable({ kind: 'file', path: at, existing: stats });
  if (stats.isDirectory()) return { kind: 'directory', path: at };
  if (stats.isFIFO() || stats.isCharacterDevice()) return { kind: 'stream', path, at, descriptor: undefined };
  throw refused(path, stats.isSocket() ? 'it is a socket' : 'it is a block device');
}

/** Replacing a file only needs write permission for its directory; a read-only file is nevertheless kept. */
async function writable(output: FileOutput): Promise<FileOutput> {
  if (output.existing !== undefined) await access(output.path, constants.W_OK);
  return output;
}

/** The descriptor of this process that a path refers to, in any spelling. */
async function descriptorAt(path: string): Promise<number | undefined> {
  const named = /^\/dev\/(?:(stdin|stdout|stderr)|fd\/(\d+))$/.exec(path);
  if (named?.[1] !== undefined) return ['stdin', 'stdout', 'stderr'].indexOf(named[1]);
  if (named?.[2] !== undefined) return Number(named[2]);
  const name = basename(path);
  if (!/^\d+$/.test(name)) return undefined;
  const directory = await realpath(dirname(path)).catch(() => '');
  const owner = /^\/proc\/(\d+)(?:\/task\/\d+)?\/fd$/.exec(directory)?.[1];
  if (owner === undefined) return undefined;
  if (owner !== basename(await realpath('/proc/self'))) throw refused(path, 'it belongs to another process');
  return Number(name);
}

async function lstatIfThere(path: string): Promise<Stats | undefined> {
  return lstat(path).catch(ignoreMissing);
}

function ignoreMissing(error: unknown): undefined {
  if (systemCode(error) !== 'ENOENT') throw error;
}

/** The kernel's own rule for opening (fs.protected_symlinks), since links are followed here by hand. */
async function refusePlanted(path: string, link: string, { uid }: Stats): Promise<void> {
  const directory = await stat(dirname(link));
  const isShared = (directory.mode & 0o1002) === 0o1002;
  if (!isShared || uid === directory.uid || uid === (await ownUserId())) return;
  throw refused(path, `${link} is a link that another user made in a shared directory`);
}

async function ownUserId(): Promise<number> {
  const self = await stat('/proc/self').catch(() => undefined);
  return self?.uid ?? userInfo().uid;
}

/** Without normalizing: `..` is meant from where the directory really is. */
function besides(link: string, target: string): string {
  return isAbsolute(target) ? target : `${dirname(link)}/${target}`;
}

function refused(path: string, reason: string): Failure {
  return new Failure('usage', `cannot write ${path}: ${reason}`, { hint: 'choose another name' });
}
