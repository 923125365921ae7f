/**
 * Decides which files at paths given by the user belong to a run: it created them or was told to append to them.
 * Any other file at such a path is never truncated, emptied or replaced.
 */
import { createReadStream, type BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { resolveRowOutput } from '../../disk/output/output-path.ts';
import { withFailureContext, systemCode } from '../../disk/errno.ts';
import { Failure } from '../../failure.ts';
import type { FileLengths, OwnedFile, OwnedFiles, RejectsKinds } from '../ledger/records.ts';

/** What to do with a path: create the file, continue that of the run, append to an existing one, or replace it. */
export type OutputDecision = 'new' | 'own' | 'append' | 'overwrite';

export type OutputDecisions = ReadonlyMap<string, OutputDecision>;

/** Files that an earlier run left, and their lengths at its last record. */
export interface LeftFiles {
  owned: OwnedFiles;
  files: FileLengths;
  /** Kinds of its rejects files, by path. */
  rejectsKinds?: RejectsKinds;
}

export interface DecideOptions {
  /** Files of the resumed run. */
  resumed: LeftFiles | undefined;
  /** Files of earlier runs over the same rows, to which this run appends. */
  earlier: readonly LeftFiles[];
  /** Files of all other runs, which may have added to those of the resumed one since. */
  others?: readonly LeftFiles[];
  /** The file of replies, if any: a run that goes on writes its own anew, so that nothing may stand behind them. */
  rewritten?: string | undefined;
  overwrite: boolean;
  append: boolean;
}

/**
 * Decides for each absolute path. Throws a Failure `usage` for an existing file that is not owned, without `append`
 * or `overwrite`. Changes nothing.
 */
export async function decideOutputs(
  paths: readonly string[],
  options: DecideOptions,
): Promise<OutputDecisions> {
  const decisions = new Map<string, OutputDecision>();
  for (const path of paths) decisions.set(path, await decide(path, options));
  return decisions;
}

async function decide(path: string, options: DecideOptions): Promise<OutputDecision> {
  const output = await resolveRowOutput(path);
  if (output.kind === 'stream' || output.existing === undefined || output.existing.size === 0) return 'new';
  const isOwn = await isOwned(path, options.resumed);
  const isAddedTo = isOwn && (await wasAddedTo(path, options));
  if (isOwn && !isAddedTo) return 'own';
  if (isAddedTo && path === options.rewritten) throw addedTo(path);
  if (isAddedTo) return 'append';
  for (const left of options.earlier) if (await isAsLeft(path, left)) return 'append';
  if (options.append) return 'append';
  if (options.overwrite) return 'overwrite';
  throw new Failure('usage', `${path} already exists and was not made by this run`, {
    hint: 'move it away, or use what it holds first; else say --append to add to it, or --overwrite to replace it',
  });
}

function addedTo(path: string): Failure {
  return new Failure('usage', `another run has added to ${path} since this one wrote to it`, {
    hint: 'name another file: it gets all replies of this run, and this one stays as it is',
  });
}

/** Whether another run added to a file of the resumed one since: what is behind its own rows is not its own. */
async function wasAddedTo(path: string, { resumed, others = [] }: DecideOptions): Promise<boolean> {
  const own = resumed?.files[path] ?? 0;
  for (const other of others) if ((other.files[path] ?? 0) > own && (await isOwned(path, other))) return true;
  return false;
}

/** Whether the path still holds the file that a run left, with the same length. */
export async function isAsLeft(path: string, left: LeftFiles): Promise<boolean> {
  const output = await resolveRowOutput(path);
  if (output.kind === 'stream' || output.existing === undefined) return false;
  return left.files[path] === output.existing.size && (await isOwned(path, left));
}

/** Whether the path still holds the file that a run left. */
export async function isOwned(path: string, left: LeftFiles | undefined): Promise<boolean> {
  const owned = left?.owned[path];
  return owned !== undefined && (await isSameFile(path, owned));
}

/** Whether the path holds the recorded file, whatever has been written to it since. */
async function isSameFile(path: string, { inode, born }: OwnedFile): Promise<boolean> {
  const found = await stat(path, { bigint: true }).catch(ignoreMissing);
  if (found === undefined) return false;
  if (String(found.ino) !== inode) return false;
  if (String(found.birthtimeNs) === born) return true;
  // A new file may reuse the inode number of a deleted one: the number alone suffices only where the file system
  // records no birth times.
  return !keepsBirths(found) && !keepsBirths(await stat(dirname(path), { bigint: true }));
}

/**
 * Whether birth times are recorded: without them the change time is reported in their place, as it also is for a
 * brand new file.
 */
function keepsBirths({ birthtimeNs, ctimeNs }: BigIntStats): boolean {
  return birthtimeNs !== 0n && birthtimeNs !== ctimeNs;
}

/** Identity of the file at a path. Throws a Failure `local`. */
export async function identifyFile(path: string): Promise<OwnedFile> {
  return withFailureContext(`look at ${path}`, async () => {
    const { ino, birthtimeNs } = await stat(path, { bigint: true });
    return { inode: String(ino), born: String(birthtimeNs) };
  });
}

/** Identity, length and checksum of the file at a path. Throws a Failure `local`. */
export async function sealFile(path: string): Promise<OwnedFile> {
  return { ...(await identifyFile(path)), ...(await sumFile(path)) };
}

/**
 * What happened to a file since its run ended. Without a recorded checksum only the length is compared. Throws a
 * Failure `local` when it cannot be read.
 */
export async function stateOfFile(
  path: string,
  { bytes, crc32: sum }: Pick<OwnedFile, 'bytes' | 'crc32'>,
): Promise<FileState> {
  const found = await withFailureContext(`look at ${path}`, () => stat(path).catch(ignoreMissing));
  if (found === undefined) return 'gone';
  if (!found.isFile() || found.size !== bytes) return 'changed';
  return sum === undefined || (await sumFile(path)).crc32 === sum ? 'present' : 'changed';
}

export type FileState = 'present' | 'changed' | 'gone';

async function sumFile(path: string): Promise<{ bytes: number; crc32: number }> {
  return withFailureContext(`read ${path}`, async () => {
    let bytes = 0;
    let sum = 0;
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
      sum = crc32(chunk as Buffer, sum);
      bytes += (chunk as Buffer).length;
    }
    return { bytes, crc32: sum };
  });
}

function ignoreMissing(error: unknown): undefined {
  if (!['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) throw error;
}
