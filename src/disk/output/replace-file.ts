/** Atomic replacement: a file appears complete or not at all. */
import { constants, copyFile, lstat, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../../failure.ts';
import { syncDirectory } from '../directory.ts';
import { resolveFileOutput, type FileOutput } from './output-path.ts';
import { createPartialFile, type PartialFile } from './partial-file.ts';
import { withFailureContext, systemCode } from '../errno.ts';

export interface Replacement {
  /** Bytes written. */
  readonly length: number;
  /** One call at a time. Throws a Failure of kind `local`; the caller then aborts. */
  write(bytes: Uint8Array | string): Promise<void>;
  /** Makes the bytes durable, renames them into place and makes that durable. When it throws, the partial file is gone. */
  commit(): Promise<void>;
  /** Removes the partial file and leaves the target as it was. Does nothing after a commit. */
  abort(): Promise<void>;
}

/**
 * Starts a new version of the file at `path`, as a partial file next to it. Follows links; a replaced file keeps its
 * mode, and its owner and group as far as this process may set them. Throws a Failure `usage` for anything
 * but a regular file: nothing else is ever replaced.
 */
export async function replaceFile(path: string, mode = 0o666): Promise<Replacement> {
  const target = await resolveFileOutput(path);
  return withFailureContext(`write ${path}`, async () => {
    const partial = await createPartialFile(target.path, target.existing === undefined ? mode : 0o600);
    return new FileReplacement(path, target, partial);
  });
}

/** Writes `content` to `path`, completely or not at all. */
export async function writeWhole(path: string, content: Uint8Array | string, mode = 0o666): Promise<void> {
  const replacement = await replaceFile(path, mode);
  try {
    await replacement.write(content);
    await replacement.commit();
  } finally {
    await replacement.abort();
  }
}

/**
 * Moves a file of our own to `path` as `replaceFile` would: durable, owner and mode kept. From another file
 * system it is first copied to a partial file there. When it throws, both files are as they were.
 */
export async function publishFile(source: string, path: string): Promise<void> {
  const target = await resolveFileOutput(path);
  await withFailureContext(`write ${path}`, async () => {
    const handle = await open(source, constants.O_RDWR | constants.O_NOFOLLOW);
    try {
      await keepOwner(handle, target.existing);
      await handle.sync();
    } finally {
      await handle.close();
    }
    try {
      await putInPlace(source, path, target);
    } catch (error) {
      if (systemCode(error) !== 'EXDEV') throw error;
      await publishCopy(source, path, target);
    }
  });
}

async function publishCopy(source: string, path: string, target: FileOutput): Promise<void> {
  const partial = await createPartialFile(target.path, 0o600);
  const copy = new FileReplacement(path, target, partial);
  try {
    await copyFile(source, partial.path);
    await copy.commit();
    await rm(source);
  } finally {
    await copy.abort();
  }
}

class FileReplacement implements Replacement {
  length = 0;
  readonly #path: string;
  readonly #target: FileOutput;
  readonly #partial: PartialFile;
  #handle: FileHandle | undefined;

  /** `path`: as the user wrote it, for messages. */
  constructor(path: string, target: FileOutput, partial: PartialFile) {
    this.#path = path;
    this.#target = target;
    this.#partial = partial;
    this.#handle = partial.handle;
  }

  async write(content: Uint8Array | string): Promise<void> {
    const handle = this.#open();
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    await withFailureContext(`write ${this.#path}`, async () => {
      for (let written = 0; written < bytes.length;) {
        written += (await handle.write(bytes, written)).bytesWritten;
      }
    });
    this.length += bytes.length;
  }

  async commit(): Promise<void> {
    const handle = this.#open();
    try {
      await withFailureContext(`write ${this.#path}`, async () => {
        await keepOwner(handle, this.#target.existing);
        await handle.sync();
        await putInPlace(this.#partial.path, this.#path, this.#target);
        this.#handle = undefined;
        await handle.close();
      });
    } finally {
      await this.abort();
    }
  }

  async abort(): Promise<void> {
    const handle = this.#handle;
    if (!handle) return;
    this.#handle = undefined;
    await handle.close().catch(() => undefined);
    await withFailureContext(`remove ${this.#partial.path}`, () => rm(this.#partial.path, { force: true }));
  }

  #open(): FileHandle {
    if (this.#handle) return this.#handle;
    throw new Failure('bug', `${this.#path} was committed or aborted already`);
  }
}

/** The rename, and nothing but a file of the same name is ever under it. */
async function putInPlace(partial: string, path: string, target: FileOutput): Promise<void> {
  const there = await lstat(target.path).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw error;
  });
  if (there?.isFile() === false) {
    throw new Failure('usage', `cannot write ${path}: it is no longer a regular file`);
  }
  await rename(partial, target.path);
  await syncDirectory(dirname(target.path));
}

/** Where owner or group cannot be set, the file belongs to this process, and set-id bits are dropped. */
async function keepOwner(handle: FileHandle, existing: Stats | undefined): Promise<void> {
  if (existing === undefined) return;
  const { uid, gid, mode } = existing;
  const own = await handle.stat();
  if (own.uid !== uid) await handle.chown(uid, own.gid).catch(ignoreNotPermitted);
  if (own.gid !== gid) await handle.chown((await handle.stat()).uid, gid).catch(ignoreNotPermitted);
  const kept = await handle.stat();
  await handle.chmod(kept.uid === uid && kept.gid === gid ? mode & 0o7777 : mode & 0o777);
}

function ignoreNotPermitted(error: unknown): void {
  if (!['EPERM', 'EINVAL', 'ENOSYS', 'ENOTSUP'].includes(systemCode(error) ?? '')) throw error;
}
