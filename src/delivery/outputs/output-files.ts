/**
 * Files that grow during a delivery: rejects, their descriptions, replies. Their lengths are recorded in the
 * ledger; a resumed run first cuts them back to those, so that nothing appears twice. Devices, FIFOs and standard
 * output receive the same bytes but are never cut, and nothing about them is recorded.
 */
import { constants } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ensureDirectory } from '../../disk/directory.ts';
import { resolveRowOutput, type FileOutput } from '../../disk/output/output-path.ts';
import { openOutputStream, type StreamMachine } from '../../disk/output/output-stream.ts';
import { withFailureContext } from '../../disk/errno.ts';
import type { OpenFile } from '../../disk/open-file.ts';
import { Failure } from '../../failure.ts';
import type { FileLengths } from '../ledger/records.ts';
import { IdleHandles, type IdleHandle } from './idle-handles.ts';
import { identifyFile, type OutputDecision, type OutputDecisions } from './owned-files.ts';
import { type OwnedFile } from '../ledger/records.ts';

export interface OutputFiles {
  /** Appends bytes; they are durable once `flush` has resolved. */
  append(path: string, bytes: Uint8Array): Promise<void>;
  /** Opens the file and returns its length in bytes. */
  lengthOf(path: string): Promise<number>;
  /** Whether the run has written nothing to the file. */
  isEmpty(path: string): boolean;
  flush(): Promise<void>;
  /** Shortens a file to `length` bytes; does nothing to a shorter one or a stream. */
  cut(path: string, length: number): Promise<void>;
  /** Cuts every recorded file back to its recorded length, including files that receive nothing more. */
  cutBack(): Promise<void>;
  lengths(): FileLengths;
  /** Removes files to be overwritten that the run wrote nothing to. */
  removeReplaced(): Promise<void>;
  close(): Promise<void>;
}

interface Kept {
  /** Length in bytes; of a stream, what this process wrote. */
  length: number;
  append(bytes: Uint8Array): Promise<void>;
  cut(length: number): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface OutputFilesOptions {
  machine: StreamMachine;
  /** Ends the wait for a reader of a FIFO. */
  signal: AbortSignal;
  /** For the paths given by the user. */
  decisions: OutputDecisions;
  /** Records that the run owns the file, before anything is written to it. */
  onMade: (path: string, file: OwnedFile) => Promise<void>;
  openFile?: OpenFile;
}

/**
 * Opens files as they are used; the caller closes the result. `recorded`: lengths from the ledger; a file is cut
 * back to its own, and to nothing when it has none, except as `decisions` say for paths given by the user. Methods
 * throw a Failure `local` when a file cannot be written or was replaced.
 */
export function openOutputFiles(recorded: FileLengths, options: OutputFilesOptions): OutputFiles {
  return new OpenOutputFiles(recorded, options);
}

/** Limit on open files that are idle. */
const maxOpenFiles = 16;

class OpenOutputFiles implements OutputFiles {
  readonly #recorded: FileLengths;
  readonly #options: OutputFilesOptions;
  readonly #files = new Map<string, Promise<Kept>>();
  readonly #lengths: FileLengths;
  /** Those of the files that are streams, which have no length to return to. */
  readonly #streamed = new Map<string, Kept>();
  readonly #handles = new IdleHandles(maxOpenFiles);

  constructor(recorded: FileLengths, options: OutputFilesOptions) {
    this.#recorded = recorded;
    this.#options = options;
    this.#lengths = { ...recorded };
  }

  async append(path: string, bytes: Uint8Array): Promise<void> {
    const file = await this.#fileAt(path);
    await file.append(bytes);
    if (!this.#streamed.has(path)) this.#lengths[path] = file.length;
  }

  async cut(path: string, length: number): Promise<void> {
    const file = await this.#fileAt(path);
    if (length >= file.length || this.#streamed.has(path)) return;
    await file.cut(length);
    this.#lengths[path] = length;
  }

  async lengthOf(path: string): Promise<number> {
    return (await this.#fileAt(path)).length;
  }

  isEmpty(path: string): boolean {
    return (this.#streamed.get(path)?.length ?? this.#lengths[path] ?? 0) === 0;
  }

  async flush(): Promise<void> {
    for (const file of await Promise.all(this.#files.values())) await file.flush();
  }

  async cutBack(): Promise<void> {
    for (const path of Object.keys(this.#recorded)) await this.#fileAt(path);
  }

  lengths(): FileLengths {
    return { ...this.#lengths };
  }

  async removeReplaced(): Promise<void> {
    for (const [path, decision] of this.#options.decisions) {
      if (decision === 'overwrite' && !this.#files.has(path)) await removeFile(path);
    }
  }

  async close(): Promise<void> {
    for (const opened of this.#files.values()) await (await opened).close();
  }

  #fileAt(path: string): Promise<Kept> {
    const known = this.#files.get(path);
    if (known) return known;
    const opened = this.#open(path);
    this.#files.set(path, opened);
    return opened;
  }

  async #open(path: string): Promise<Kept> {
    const options = this.#options;
    const output = await resolveRowOutput(path);
    if (output.kind === 'file') {
      const decision = options.decisions.get(path);
      const recorded = this.#recorded[path] ?? 0;
      const opened = await openCut(path, output, { recorded, decision, openFile: options.openFile ?? open });
      const kept = await overFile(path, opened, this.#handles);
      if (decision === 'new' || decision === 'overwrite')
        await options.onMade(path, await identifyFile(path));
      this.#lengths[path] = kept.length;
      return kept;
    }
    const kept = overStream(() => openOutputStream(output, options.machine, options.signal));
    delete this.#lengths[path];
    this.#streamed.set(path, kept);
    return kept;
  }
}

interface Opening {
  recorded: number;
  decision: OutputDecision | undefined;
  openFile: OpenFile;
}

/** A file when first opened, at its recorded length. */
interface OpenedFile {
  target: string;
  handle: FileHandle;
  inode: number;
  length: number;
  openFile: OpenFile;
}

async function openCut(
  path: string,
  { path: target }: FileOutput,
  { recorded, decision, openFile }: Opening,
): Promise<OpenedFile> {
  return withFailureContext(`write ${path}`, async () => {
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
  });
}

/** Throws a Failure `local` when another file now has this path. */
async function reopen(path: string, { target, inode, openFile }: OpenedFile): Promise<FileHandle> {
  const handle = await openFile(target, reopenFlags);
  const { ino } = await handle.stat();
  if (ino === inode) return handle;
  await handle.close();
  throw new Failure('local', `${path} was replaced by another file while the run was under way`);
}

/**
 * A file whose handle may be closed while idle, since there may be one file per input. Written bytes are synced
 * before that.
 */
async function overFile(path: string, opened: OpenedFile, handles: IdleHandles): Promise<Kept> {
  let isDirty = true;
  let handle: FileHandle | undefined = opened.handle;
  const idle: IdleHandle = {
    async close() {
      const closing = handle;
      handle = undefined;
      if (closing === undefined) return;
      try {
        if (isDirty) await closing.datasync();
        isDirty = false;
      } finally {
        await closing.close();
      }
    },
  };
  const use = (work: (open: FileHandle) => Promise<void>) =>
    withFailureContext(`write ${path}`, () =>
      handles.use(idle, async () => {
        handle ??= await reopen(path, opened);
        await work(handle);
      }),
    );
  const kept: Kept = {
    length: opened.length,
    append: (bytes) =>
      use(async (file) => {
        await file.appendFile(bytes);
        kept.length += bytes.length;
        isDirty = true;
      }),
    cut: (to) =>
      use(async (file) => {
        await file.truncate(to);
        kept.length = to;
        isDirty = true;
      }),
    flush: async () => {
      if (!isDirty) return;
      await use(async (file) => {
        await file.datasync();
        isDirty = false;
      });
    },
    close: () =>
      handles.use(idle, async () => {
        await handle?.close();
        handle = undefined;
      }),
  };
  // Counts the new handle as idle, so that the limit applies to it.
  await handles.use(idle, async () => undefined);
  return kept;
}

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
const reopenFlags = O_APPEND | O_NOFOLLOW | O_RDWR;

/** A stream, opened on the first write, so that a FIFO without rejects is never waited for. */
function overStream(openStream: () => ReturnType<typeof openOutputStream>): Kept {
  let opening: ReturnType<typeof openOutputStream> | undefined;
  const kept: Kept = {
    length: 0,
    async append(bytes) {
      opening ??= openStream();
      // A reader that has left is not an error: the delivery continues.
      await (await opening).write(bytes);
      kept.length += bytes.length;
    },
    cut: async () => undefined,
    flush: async () => undefined,
    close: async () => {
      const stream = await opening?.catch(() => undefined);
      await stream?.close();
    },
  };
  return kept;
}

/** Removes a regular file, never a symbolic link to it. */
async function removeFile(path: string): Promise<void> {
  const output = await resolveRowOutput(path);
  if (output.kind === 'stream' || output.existing === undefined) return;
  await withFailureContext(`write ${path}`, () => unlink(output.path));
}
