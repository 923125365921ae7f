/** Append-only log; an append resolves after fdatasync. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../failure.ts';
import { syncDirectory } from './directory.ts';
import { withFailureContext, localFailure } from './errno.ts';
import type { OpenFile } from './open-file.ts';

export interface AppendLog {
  readonly path: string;
  /** Bytes that are on disk. */
  readonly length: number;
  /**
   * Resolves when `record` is on disk, power loss included. Records keep the order of the calls. Throws
   * a Failure of kind `local`, and from then on every later call throws it too: after a failed sync
   * nobody knows what is on disk, and a second sync would lie.
   */
  append(record: Uint8Array | string): Promise<void>;
  /** Waits for what was appended and closes the file. */
  close(): Promise<void>;
}

/**
 * Opens or creates the log at `path`. `length` is how much of it is valid, as its reader found: what is
 * behind that, a record torn by a crash, is cut off for good before this resolves.
 */
export async function appendLog(path: string, length: number, openFile: OpenFile = open): Promise<AppendLog> {
  return withFailureContext(`open ${path}`, async () => {
    const handle = await openFile(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      await cutTail(handle, path, length);
      await syncDirectory(dirname(path), openFile);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return new GroupedLog(path, handle, length);
  });
}

interface Waiting {
  bytes: Uint8Array;
  resolve: () => void;
  reject: (failure: Failure) => void;
}

/** One write and one sync serve all records that gathered while the last ones were on their way. */
class GroupedLog implements AppendLog {
  readonly path: string;
  length: number;
  readonly #handle: FileHandle;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #failure: Failure | undefined;

  constructor(path: string, handle: FileHandle, length: number) {
    this.path = path;
    this.length = length;
    this.#handle = handle;
  }

  append(record: Uint8Array | string): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    const bytes = typeof record === 'string' ? Buffer.from(record) : record;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, resolve, reject });
      this.#writing ??= this.#writeGroups();
    });
  }

  async close(): Promise<void> {
    await this.#writing;
    this.#failure ??= new Failure('bug', `${this.path} is closed`);
    await this.#handle.close();
  }

  async #writeGroups(): Promise<void> {
    // Records of the same turn of the event loop share the first write.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      await this.#writeGroup(group);
    }
    this.#writing = undefined;
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      if (this.#failure) throw this.#failure;
      const bytes = Buffer.concat(group.map((waiting) => waiting.bytes));
      await writeAt(this.#handle, bytes, this.length);
      await this.#handle.datasync();
      this.length += bytes.length;
      for (const { resolve } of group) resolve();
    } catch (error) {
      const failure = localFailure(`write ${this.path}`, error);
      this.#failure = failure;
      for (const { reject } of group) reject(failure);
    }
  }
}

async function cutTail(handle: FileHandle, path: string, length: number): Promise<void> {
  const { size } = await handle.stat();
  if (size < length) {
    throw new Failure(
      'local',
      `${path} has ${size} bytes and should have ${length}: something else changed it`,
    );
  }
  if (size > length) await handle.truncate(length);
  await handle.sync();
}

async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
