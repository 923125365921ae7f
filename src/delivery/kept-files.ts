/**
 * Files that grow with a delivery: rejects, their descriptions, replies. Lengths go into the ledger;
 * whoever continues a run cuts the files back to them first, so that nothing stands there twice.
 */
import { open, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ensureDirectory } from '../disk/directory.ts';
import type { FileLengths } from './ledger-records.ts';

export interface KeptFiles {
  /** Appends; durable once `flush` has resolved. */
  append(path: string, bytes: Uint8Array): Promise<void>;
  /** Opens the file and gives its length. */
  lengthOf(path: string): Promise<number>;
  /** Whether the run has put nothing into the file. */
  isEmpty(path: string): boolean;
  flush(): Promise<void>;
  /** Shortens a file. */
  cut(path: string, length: number): Promise<void>;
  /** Cuts every file that the ledger names back to its length, also those that nothing is appended to. */
  cutBack(): Promise<void>;
  lengths(): FileLengths;
  close(): Promise<void>;
}

interface Kept {
  handle: FileHandle;
  length: number;
  dirty: boolean;
}

/**
 * `recorded`: the lengths that the ledger vouches for; what a file holds beyond them is cut off. A file
 * that it does not name begins empty.
 */
export function openKeptFiles(recorded: FileLengths): KeptFiles {
  const files = new Map<string, Promise<Kept>>();
  const lengths: FileLengths = { ...recorded };

  async function openCut(path: string): Promise<Kept> {
    await ensureDirectory(dirname(path));
    const handle = await open(path, 'a', 0o600);
    const { size } = await handle.stat();
    // Somebody may have shortened or removed the file since: what is gone is gone.
    const length = Math.min(recorded[path] ?? 0, size);
    await handle.truncate(length);
    lengths[path] = length;
    return { handle, length, dirty: true };
  }

  function fileAt(path: string): Promise<Kept> {
    const known = files.get(path);
    if (known) return known;
    const opened = openCut(path);
    files.set(path, opened);
    return opened;
  }

  return {
    async append(path, bytes) {
      const file = await fileAt(path);
      await file.handle.appendFile(bytes);
      file.length += bytes.length;
      file.dirty = true;
      lengths[path] = file.length;
    },
    async cut(path, length) {
      const file = await fileAt(path);
      if (length >= file.length) return;
      await file.handle.truncate(length);
      file.length = length;
      file.dirty = true;
      lengths[path] = length;
    },
    lengthOf: async (path) => (await fileAt(path)).length,
    isEmpty: (path) => (lengths[path] ?? 0) === 0,
    async flush() {
      for (const file of await Promise.all(files.values())) {
        if (file.dirty) await file.handle.datasync();
        file.dirty = false;
      }
    },
    async cutBack() {
      for (const path of Object.keys(recorded)) await fileAt(path);
    },
    lengths: () => ({ ...lengths }),
    async close() {
      for (const opened of files.values()) await (await opened).handle.close();
    },
  };
}

/** How long these files are; those that are not there are left out. */
export async function lengthsOf(paths: readonly string[]): Promise<FileLengths> {
  const lengths: FileLengths = {};
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found) lengths[path] = found.size;
  }
  return lengths;
}

/** Removes what an earlier, unrelated run left under the names of this run's files. */
export async function removeStale(paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { force: true });
}
