/**
 * Which of the files that a user named belong to a run: it made them, or was told to add to them. Nothing else that
 * stands under those names is shortened, emptied or replaced.
 */
import { createReadStream, type BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { resolveRowOutput } from '../../disk/output/output-path.ts';
import { withFailureContext, systemCode } from '../../disk/errno.ts';
import { Failure } from '../../failure.ts';
import type { FileLengths, OwnedFile, OwnedFiles, RejectsKinds } from '../ledger/records.ts';

/** What becomes of a name: a new file, the run's own one, an older one that is added to, or one that is replaced. */
export type OutputDecision = 'new' | 'own' | 'append' | 'overwrite';

export type OutputDecisions = ReadonlyMap<string, OutputDecision>;

/** What a run left: its files, and how long they were by its last record. */
export interface Estate {
  owned: OwnedFiles;
  files: FileLengths;
  /** What its files of rejects hold. */
  rejectsKinds?: RejectsKinds;
}

export interface DecideOptions {
  /** Of the run that goes on. */
  resumed: Estate | undefined;
  /** Of earlier runs over the same rows, to which this one adds. */
  earlier: readonly Estate[];
  overwrite: boolean;
  append: boolean;
}

/** Decides for each of these absolute paths. Throws a Failure `usage` for a file that is somebody else's. Changes nothing. */
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
  if (await isOwned(path, options.resumed)) return 'own';
  for (const estate of options.earlier) if (await isAsLeft(path, estate)) return 'append';
  if (options.append) return 'append';
  if (options.overwrite) return 'overwrite';
  throw new Failure('usage', `${path} already exists and was not made by this run`, {
    hint: 'move it away, or use what it holds first; else say --append to add to it, or --overwrite to replace it',
  });
}

/** Whether the file at a path is one that a run left, and as long as it was then. */
export async function isAsLeft(path: string, estate: Estate): Promise<boolean> {
  const output = await resolveRowOutput(path);
  if (output.kind === 'stream' || output.existing === undefined) return false;
  return estate.files[path] === output.existing.size && (await isOwned(path, estate));
}

/** Whether the file at a path is one that a run left. */
export async function isOwned(path: string, estate: Estate | undefined): Promise<boolean> {
  const owned = estate?.owned[path];
  return owned !== undefined && (await isSameFile(path, owned));
}

/** Whether the file at a path is the very one that was noted, whatever has been written to it. */
async function isSameFile(path: string, { inode, born }: OwnedFile): Promise<boolean> {
  const found = await stat(path, { bigint: true }).catch(ignoreMissing);
  if (found === undefined) return false;
  if (String(found.ino) !== inode) return false;
  if (String(found.birthtimeNs) === born) return true;
  // A new file may get the number of one that is gone: only where births are not kept is the number enough.
  return !keepsBirths(found) && !keepsBirths(await stat(dirname(path), { bigint: true }));
}

/** A file system that keeps no time of birth gives that of the last change; so does one for what is brand new. */
function keepsBirths({ birthtimeNs, ctimeNs }: BigIntStats): boolean {
  return birthtimeNs !== 0n && birthtimeNs !== ctimeNs;
}

/** What the file at a path is told by from now on. Throws a Failure `local`. */
export async function identifyFile(path: string): Promise<OwnedFile> {
  return withFailureContext(`look at ${path}`, async () => {
    const { ino, birthtimeNs } = await stat(path, { bigint: true });
    return { inode: String(ino), born: String(birthtimeNs) };
  });
}

/** As `identifyFile`, with what it holds. */
export async function sealFile(path: string): Promise<OwnedFile> {
  return { ...(await identifyFile(path)), ...(await sumFile(path)) };
}

/** What has become of a file since its run ended. One of which no checksum is known is told by its length. */
export async function fateOfFile(
  path: string,
  { bytes, crc32: sum }: Pick<OwnedFile, 'bytes' | 'crc32'>,
): Promise<FileFate> {
  const found = await withFailureContext(`look at ${path}`, () => stat(path).catch(ignoreMissing));
  if (found === undefined) return 'gone';
  if (!found.isFile() || found.size !== bytes) return 'changed';
  return sum === undefined || (await sumFile(path)).crc32 === sum ? 'present' : 'changed';
}

export type FileFate = 'present' | 'changed' | 'gone';

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
