/**
 * Reads files by position. Thousands of inputs may be open while the system allows few open files, so idle
 * handles are closed and reopened; a reopened file must be the same file.
 */
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { withFailureContext } from '../disk/errno.ts';
import { Failure } from '../failure.ts';
import { shrank, type RangedFile } from './ranged-file.ts';

/** How many idle handles stay open: they are likely to be used again, and a process may have few. */
const maxIdleHandles = 16;

/** A regular file as it was when the run began. */
export interface KnownFile {
  /** As the user wrote it, for messages. */
  path: string;
  absolutePath: string;
  device: bigint;
  inode: bigint;
  /** Size in bytes. What is appended later is not read. */
  size: number;
}

interface Entry {
  handle: Promise<FileHandle>;
  users: number;
}

/** A file of a disk, read through handles that come and go. */
export function diskFile(file: KnownFile, files: OpenFiles): RangedFile {
  return {
    path: file.path,
    size: file.size,
    absolutePath: file.absolutePath,
    version: undefined,
    read: (buffer, position) => files.read(file, buffer, position),
    // Undefined when it no longer exists.
    modifiedMs: async () => (await stat(file.absolutePath).catch(() => undefined))?.mtimeMs,
    forget: () => files.forget(file),
  };
}

export class OpenFiles {
  /** Least recently used first. */
  readonly #entries = new Map<KnownFile, Entry>();

  /**
   * Fills `buffer` from `position` on, up to the size that the file had when the run began; returns how many
   * bytes were read. Throws a Failure `local` when the file was replaced or truncated.
   */
  async read(file: KnownFile, buffer: Buffer, position: number): Promise<number> {
    const wanted = Math.min(buffer.length, file.size - position);
    if (wanted <= 0) return 0;
    return this.#use(file, async (handle) => {
      let length = 0;
      while (length < wanted) {
        const { bytesRead } = await handle.read(buffer, length, wanted - length, position + length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      if (length > 0) return length;
      throw shrank(file, position);
    });
  }

  /** Closes the handle of a file that is no longer needed. */
  async forget(file: KnownFile): Promise<void> {
    const entry = this.#entries.get(file);
    if (entry) await this.#close(file, entry);
  }

  async #use<Result>(file: KnownFile, work: (handle: FileHandle) => Promise<Result>): Promise<Result> {
    const entry = this.#entries.get(file) ?? { handle: openSame(file), users: 0 };
    this.#entries.delete(file);
    this.#entries.set(file, entry);
    entry.users++;
    try {
      return await withFailureContext(`read ${file.path}`, async () => work(await entry.handle));
    } finally {
      entry.users--;
      await this.#closeIdle();
    }
  }

  async #closeIdle(): Promise<void> {
    if (this.#entries.size <= maxIdleHandles) return;
    for (const [file, entry] of this.#entries) {
      if (entry.users > 0) continue;
      await this.#close(file, entry);
      return;
    }
  }

  async #close(file: KnownFile, entry: Entry): Promise<void> {
    this.#entries.delete(file);
    // A handle that never opened was reported to its caller.
    const handle = await entry.handle.catch(() => undefined);
    await handle?.close();
  }
}

async function openSame(file: KnownFile): Promise<FileHandle> {
  const handle = await open(file.absolutePath, 'r');
  const { dev, ino } = await handle.stat({ bigint: true });
  if (dev === file.device && ino === file.inode) return handle;
  await handle.close();
  throw new Failure('local', `${file.path} was replaced by another file while it was being read`);
}
