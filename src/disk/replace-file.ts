/** A file that appears whole or not at all. */
import { lstat, open, realpath, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../failure.ts';
import { syncDirectory } from './directory.ts';
import { explained, systemCode } from './trouble.ts';

export interface Replacement {
  /** Where the bytes gather until they are committed: `<path>.part`. */
  readonly partPath: string;
  /** Bytes written. */
  readonly length: number;
  /** One call at a time. Throws a Failure of kind `local`; the caller then aborts. */
  write(bytes: Uint8Array | string): Promise<void>;
  /** Makes the bytes durable, gives them the final name and makes that durable. When it throws, the part is gone. */
  commit(): Promise<void>;
  /** Removes the part; the target stays as it was. Does nothing after a commit. */
  abort(): Promise<void>;
}

/**
 * Begins a new version of the file at `path`, beside it. A symbolic link is followed, and an existing
 * file keeps its mode. A part that a crash left is overwritten: two writers need a lock.
 */
export async function replaceFile(path: string, mode = 0o666): Promise<Replacement> {
  return explained(`write ${path}`, async () => {
    const existing = await followed(path);
    const target = existing?.path ?? path;
    const handle = await open(`${target}.part`, 'w', existing?.mode ?? mode);
    return new Part(target, handle);
  });
}

/** Puts `content` at `path`, whole or not at all. */
export async function writeWhole(path: string, content: Uint8Array | string, mode = 0o666): Promise<void> {
  const replacement = await replaceFile(path, mode);
  try {
    await replacement.write(content);
    await replacement.commit();
  } finally {
    await replacement.abort();
  }
}

class Part implements Replacement {
  readonly partPath: string;
  length = 0;
  readonly #target: string;
  #handle: FileHandle | undefined;

  constructor(target: string, handle: FileHandle) {
    this.#target = target;
    this.partPath = `${target}.part`;
    this.#handle = handle;
  }

  async write(content: Uint8Array | string): Promise<void> {
    const handle = this.#open();
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    await explained(`write ${this.partPath}`, async () => {
      for (let written = 0; written < bytes.length;) {
        written += (await handle.write(bytes, written)).bytesWritten;
      }
    });
    this.length += bytes.length;
  }

  async commit(): Promise<void> {
    const handle = this.#open();
    try {
      await explained(`write ${this.#target}`, async () => {
        await handle.sync();
        await handle.close();
        await rename(this.partPath, this.#target);
        this.#handle = undefined;
      });
    } finally {
      await this.abort();
    }
    await syncDirectory(dirname(this.#target));
  }

  async abort(): Promise<void> {
    const handle = this.#handle;
    if (!handle) return;
    this.#handle = undefined;
    await handle.close().catch(() => undefined);
    await explained(`remove ${this.partPath}`, () => rm(this.partPath, { force: true }));
  }

  #open(): FileHandle {
    if (this.#handle) return this.#handle;
    throw new Failure('bug', `${this.#target} was committed or aborted already`);
  }
}

async function followed(path: string): Promise<{ path: string; mode: number } | undefined> {
  try {
    const real = await realpath(path);
    const stats = await lstat(real);
    if (!stats.isFile()) throw new Failure('local', `${path} is not a regular file`);
    return { path: real, mode: stats.mode & 0o777 };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
