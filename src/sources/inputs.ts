/** Turns command-line arguments into inputs: files, globs, standard input, FIFOs, and objects of storage. */
import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Input } from '../contracts/input.ts';
import { isAddress, type ObjectReader } from '../contracts/storage.ts';
import { withFailureContext, localFailure, systemCode } from '../disk/errno.ts';
import { asFailure, Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { fileInput } from './file.ts';
import { containerHeadBytes, packingOf } from './containers.ts';
import { packedInput } from './packed/file.ts';
import { diskFile } from './open-files.ts';
import { matchFiles, mayBeMisread } from './glob.ts';
import { objectFile } from './object-file.ts';
import { pipeOfPath, pipeOfStandardInput } from './pipes.ts';
import type { RangedFile } from './ranged-file.ts';
import { shareReading } from './shared-reading.ts';
import type { SharedReading } from './shared-reading.ts';
import { streamInput, type Pipe } from './stream.ts';

export interface InputOptions {
  /** Where streams are spooled, each in its own directory, which is created when the stream is first read. */
  spoolDirectory: string;
  /** The encoding of text, as `TextDecoder` names it; UTF-8 when absent. */
  encoding?: string | undefined;
  /** How many threads see the slabs that are read; 1 when absent. */
  threads?: number;
  /** A pattern that matches nothing is no error. */
  allowEmpty?: boolean;
  /** What is given are names, not patterns. */
  literal?: boolean;
  /** Reads what addresses (`s3://…`) name; without it there are only files. */
  objects?: ObjectReader | undefined;
}

/**
 * The inputs in the order given; the matches of a pattern are sorted by name. A name that exists is taken
 * literally, whatever characters it contains. Throws a Failure `usage` for a missing file, a directory, or
 * standard input given twice, and `local` for a file that cannot be read. The caller closes each input. @internal
 */
export async function openInputs(
  patterns: readonly string[],
  machine: Pick<Machine, 'stdin' | 'workingDirectory'>,
  options: InputOptions,
): Promise<Input[]> {
  if (patterns.filter((pattern) => pattern === '-').length > 1) {
    throw new Failure('usage', 'standard input (-) can be read only once');
  }
  const { paths, problem } = await findInputs(patterns, machine, options);
  if (problem) throw problem;
  return openFound(paths, machine, options);
}

/** All files found, in the order of the patterns, and the first problem with one of them. */
export interface FoundInputs {
  paths: string[];
  problem: Failure | undefined;
}

/** The names of the inputs that `openInputs` would open. Opens nothing and throws nothing. */
export async function findInputs(
  patterns: readonly string[],
  { workingDirectory }: Pick<Machine, 'workingDirectory'>,
  { allowEmpty = false, literal = false, objects }: Pick<InputOptions, 'allowEmpty' | 'literal' | 'objects'>,
): Promise<FoundInputs> {
  const found: FoundInputs = { paths: [], problem: undefined };
  for (const pattern of patterns) {
    try {
      const names = await namesOf(pattern, workingDirectory, { literal, objects });
      if (names.length === 0 && !allowEmpty) throw nothingMatches(pattern);
      found.paths.push(...names);
    } catch (error) {
      found.problem ??= asFailure(error);
    }
  }
  return found;
}

/** Opens what `findInputs` found. Throws like `openInputs`. */
export async function openFound(
  paths: readonly string[],
  machine: Pick<Machine, 'stdin' | 'workingDirectory'>,
  options: InputOptions,
): Promise<Input[]> {
  const run: ReadingContext = { machine, options, reading: shareReading(options) };
  const inputs: Input[] = [];
  for (const path of paths) inputs.push(await openInput(path, inputs.length, run));
  return inputs;
}

interface ReadingContext {
  machine: Pick<Machine, 'stdin' | 'workingDirectory'>;
  options: InputOptions;
  reading: SharedReading;
}

/** The names that a pattern stands for; none where it is a glob that nothing matches. */
async function namesOf(
  pattern: string,
  directory: string,
  { literal, objects }: { literal: boolean; objects: ObjectReader | undefined },
): Promise<string[]> {
  if (objects !== undefined && isAddress(pattern)) {
    return (await objects.find(pattern)).map(({ address }) => address);
  }
  // It would be the working directory.
  if (pattern === '') throw new Failure('usage', 'the name of an input is empty');
  if (pattern === '-' || (await exists(resolve(directory, pattern)))) return [pattern];
  const paths = literal ? undefined : await matchFiles(pattern, directory);
  if (paths === undefined) throw noSuchFile(pattern);
  for (const path of paths.filter(mayBeMisread)) {
    if (!(await exists(resolve(directory, path)))) throw noSuchFile(path);
  }
  return paths;
}

function noSuchFile(name: string): Failure {
  const hint = whyNotFound(name);
  return new Failure('usage', `no such file: ${name}`, hint === undefined ? {} : { hint });
}

/** What the name tells about why there is no such file. */
function whyNotFound(name: string): string | undefined {
  if (mayBeMisread(name))
    return 'if its name is not UTF-8, rename it, or give it as standard input: - < FILE';
  if (/^file:\/\//i.test(name)) return 'name the file by its path, without file://';
  if (/^[a-z][\w+.-]*:\/\//i.test(name))
    return 'addresses that are read begin with https://, s3:// or gs://; download others first, or pipe them: - < FILE';
  if (name.startsWith('~')) return 'a shell replaces ~ only outside quotes; write $HOME or the whole path';
  return undefined;
}

function nothingMatches(pattern: string): Failure {
  return new Failure('usage', `no file matches ${pattern}`, { hint: 'pass --allow-empty to accept that' });
}

async function openInput(path: string, index: number, context: ReadingContext): Promise<Input> {
  const { machine, options, reading } = context;
  const spoolDirectory = join(options.spoolDirectory, String(index));
  const { encoding } = options;
  const asStream = (pipe: Pipe): Input => streamInput({ ...pipe, encoding }, spoolDirectory, reading.pool);
  if (path === '-') return asStream(pipeOfStandardInput(machine.stdin));
  if (reading.objects !== undefined && isAddress(path)) {
    const object = await reading.objects.reader.look(path);
    if (object === undefined) throw noSuchFile(path);
    return rangedInput(objectFile(object, reading.objects), context);
  }
  const absolutePath = resolve(machine.workingDirectory, path);
  const stats = await withFailureContext(`read ${path}`, () => stat(absolutePath, { bigint: true }));
  if (stats.isDirectory()) throw directoryFailure(path);
  if (!stats.isFile() || (stats.size === 0n && (await holdsMoreThanItSays(absolutePath)))) {
    await withFailureContext(`read ${path}`, () => access(absolutePath, constants.R_OK));
    return asStream(pipeOfPath(path, absolutePath, stats.isFIFO()));
  }
  const { dev: device, ino: inode, size } = stats;
  const known = { path, absolutePath, device, inode, size: Number(size) };
  return rangedInput(diskFile(known, reading.files), context);
}

async function rangedInput(file: RangedFile, { options, reading }: ReadingContext): Promise<Input> {
  const { encoding } = options;
  const head = Buffer.alloc(containerHeadBytes);
  const packing = packingOf(head.subarray(0, await file.read(head, 0)));
  // Thousands of inputs must not need thousands of handles.
  await file.forget();
  if (packing === undefined && encoding === undefined) return fileInput(file, reading);
  return packedInput(file, { packing, encoding }, reading);
}

/** Files of /proc and of some file systems over a network say that they are empty, and are not. */
async function holdsMoreThanItSays(absolutePath: string): Promise<boolean> {
  const handle = await open(absolutePath).catch(() => undefined);
  try {
    const { bytesRead } = (await handle?.read(Buffer.alloc(1))) ?? { bytesRead: 0 };
    // A file that has just been written to is an ordinary one.
    return bytesRead > 0 && (await handle?.stat())?.size === 0;
  } catch {
    return false;
  } finally {
    await handle?.close();
  }
}

function directoryFailure(path: string): Failure {
  return new Failure('usage', `${path} is a directory`, {
    hint: `name its files: '${join(path, '*')}', or '${join(path, '**')}' for those below it too`,
  });
}

async function exists(absolutePath: string): Promise<boolean> {
  try {
    await stat(absolutePath);
    return true;
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes(code)) return false;
    throw localFailure(`read ${absolutePath}`, error);
  }
}
