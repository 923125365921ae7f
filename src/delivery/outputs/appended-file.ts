/** One file or stream that a delivery appends to. */
import { constants } from 'node:fs';
import { unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ensureDirectory } from '../../disk/directory.ts';
import { withFailureContext } from '../../disk/errno.ts';
import type { OpenFile } from '../../disk/open-file.ts';
import { resolveRowOutput } from '../../disk/output/output-path.ts';
import type { openOutputStream } from '../../disk/output/output-stream.ts';
import { Failure } from '../../failure.ts';
import type { IdleHandles } from './idle-handles.ts';
import type { OutputDecision } from './owned-files.ts';

/** Methods throw a Failure `local` when the file cannot be written or was replaced by another. */
export interface AppendedFile {
  /** Length in bytes; of a stream, what this process wrote. */
  readonly length: number;
  append(bytes: Uint8Array): Promise<void>;
  /** Shortens a file; does nothing to a stream. */
  cut(length: number): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface RegularFileOptions {
  /** The length in the ledger, to which the file is cut back. */
  recorded: number;
  decision: OutputDecision | undefined;
  openFile: OpenFile;
  handles: IdleHandles;
}

/**
 * Opens a file at its recorded length. `target`: the file that `path` leads to. Throws a Failure `local` for a file that
 * came to be since it was decided that there is none.
 */
export async function openRegularFile(
  path: string,
  target: string,
  options: RegularFileOptions,
): Promise<AppendedFile> {
  const opened = await withFailureContext(`write ${path}`, () => openCut(path, target, options));
  const file = new RegularFile(path, opened, options.handles);
  // Counts the new handle as idle, so that the limit applies to it.
  await options.handles.use(file, async () => undefined);
  return file;
}

/** A file when first opened. */
interface OpenedFile {
  target: string;
  handle: FileHandle;
  inode: number;
  length: number;
  openFile: OpenFile;
}

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
const reopenFlags = O_APPEND | O_NOFOLLOW | O_RDWR;

async function openCut(
  path: string,
  target: string,
  { recorded, decision, openFile }: RegularFileOptions,
): Promise<OpenedFile> {
  await ensureDirectory(dirname(target));
  // Unlinked rather than truncated, so that hard links keep their content.
  if (decision === 'overwrite') await removeFile(target);
  const handle = await openFile(target, reopenFlags | O_CREAT, 0o600);
  const { size, ino: inode } = await handle.stat();
  if ((decision === 'new' || decision === 'overwrite') && size > 0) {
    await handle.close();
    throw new Failure('local', `${path} came to be while the run was under way, and is not its own`);
  }
  // The file may have been shortened since: it cannot be extended again.
  const length = Math.min(recorded, size);
  await handle.truncate(length);
  return { target, handle, inode, length, openFile };
}

/** Its handle may be closed while idle, since there may be one file per input. Written bytes are synced before that. */
class RegularFile implements AppendedFile {
  length: number;
  readonly #path: string;
  readonly #opened: OpenedFile;
  readonly #handles: IdleHandles;
  #handle: FileHandle | undefined;
  #isDirty = true;
  /** It could not be shortened: bytes that do not count are at its end. */
  #isTorn = false;

  constructor(path: string, opened: OpenedFile, handles: IdleHandles) {
    this.length = opened.length;
    this.#path = path;
    this.#opened = opened;
    this.#handles = handles;
    this.#handle = opened.handle;
  }

  append(bytes: Uint8Array): Promise<void> {
    return this.#use(async (handle) => {
      if (this.#isTorn) throw new Failure('local', `${this.#path} ends in a row that was written in part`);
      try {
        await handle.appendFile(bytes);
      } catch (error) {
        // A full disk takes a part of the bytes, behind which nothing may be written.
        await this.#shorten(handle, this.length);
        throw error;
      }
      this.length += bytes.length;
      this.#isDirty = true;
    });
  }

  cut(length: number): Promise<void> {
    return this.#use(async (handle) => {
      await this.#shorten(handle, length);
      this.length = length;
      this.#isDirty = true;
    });
  }

  async #shorten(handle: FileHandle, length: number): Promise<void> {
    this.#isTorn = true;
    await handle.truncate(length);
    this.#isTorn = false;
  }

  async flush(): Promise<void> {
    if (!this.#isDirty) return;
    await this.#use(async (handle) => {
      await handle.datasync();
      this.#isDirty = false;
    });
  }

  close(): Promise<void> {
    return this.#handles.use(this, async () => {
      await this.#handle?.close();
      this.#handle = undefined;
    });
  }

  async closeIdle(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    if (handle === undefined) return;
    try {
      if (this.#isDirty) await handle.datasync();
      this.#isDirty = false;
    } finally {
      await handle.close();
    }
  }

  #use(work: (handle: FileHandle) => Promise<void>): Promise<void> {
    return withFailureContext(`write ${this.#path}`, () =>
      this.#handles.use(this, async () => {
        this.#handle ??= await reopen(this.#path, this.#opened);
        await work(this.#handle);
      }),
    );
  }
}

/** Throws a Failure `local` when another file now has this path. */
async function reopen(path: string, { target, inode, openFile }: OpenedFile): Promise<FileHandle> {
  const handle = await openFile(target, reopenFlags);
  const { ino } = await handle.stat();
  if (ino === inode) return handle;
  await handle.close();
  throw new Failure('local', `${path} was replaced by another file while the run was under way`);
}

/** A stream, opened on the first write, so that a FIFO without rejects is never waited for. */
export function appendToStream(openStream: () => ReturnType<typeof openOutputStream>): AppendedFile {
  let opening: ReturnType<typeof openOutputStream> | undefined;
  let length = 0;
  return {
    get length() {
      return length;
    },
    async append(bytes) {
      opening ??= openStream();
      // A reader that has left is not an error: the delivery continues.
      await (await opening).write(bytes);
      length += bytes.length;
    },
    cut: async () => undefined,
    flush: async () => undefined,
    close: async () => {
      const stream = await opening?.catch(() => undefined);
      await stream?.close();
    },
  };
}

/** Removes a regular file, never a symbolic link to it. */
export async function removeFile(path: string): Promise<void> {
  const output = await resolveRowOutput(path);
  if (output.kind === 'stream' || output.existing === undefined) return;
  await withFailureContext(`write ${path}`, () => unlink(output.path));
}
