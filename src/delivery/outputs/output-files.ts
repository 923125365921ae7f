/**
 * Files that grow with a delivery: rejects, their descriptions, replies. Lengths go into the ledger;
 * whoever continues a run cuts the files back to them first, so that nothing stands there twice. What is no file (a
 * device, a FIFO, standard output) takes the same bytes and is never cut: nothing about it is on record.
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
  /** Removes files that were to be replaced, and were not, since the run put nothing into them. */
  removeReplaced(): Promise<void>;
  close(): Promise<void>;
}

interface Kept {
  /** Bytes of this run. */
  length: number;
  append(bytes: Uint8Array): Promise<void>;
  cut(length: number): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface OutputFilesOptions {
  machine: StreamMachine;
  /** Ends the wait for a FIFO that nobody reads. */
  signal: AbortSignal;
  /** Of the names that the user gave. */
  decisions: OutputDecisions;
  /** Puts on record that a file is the run's own, before anything is put into it. */
  onMade: (path: string, file: OwnedFile) => Promise<void>;
  openFile?: OpenFile;
}

/**
 * `recorded`: the lengths that the ledger vouches for; what a file holds beyond them is cut off. A file
 * that it does not name begins empty. Whatever else stands under a name that the user gave stays: what was decided about
 * it holds when the first bytes come.
 */
export function openOutputFiles(recorded: FileLengths, options: OutputFilesOptions): OutputFiles {
  const files = new Map<string, Promise<Kept>>();
  const lengths: FileLengths = { ...recorded };
  const streamed = new Map<string, Kept>();
  const handles = new IdleHandles(maxOpenFiles);

  async function openOne(path: string): Promise<Kept> {
    const output = await resolveRowOutput(path);
    if (output.kind === 'file') {
      const decision = options.decisions.get(path);
      const opening = { recorded: recorded[path] ?? 0, decision, openFile: options.openFile ?? open };
      const opened = await openCut(path, output, opening);
      const kept = await overFile(path, opened, handles);
      if (decision === 'new' || decision === 'overwrite')
        await options.onMade(path, await identifyFile(path));
      lengths[path] = kept.length;
      return kept;
    }
    const kept = overStream(() => openOutputStream(output, options.machine, options.signal));
    delete lengths[path];
    streamed.set(path, kept);
    return kept;
  }

  function fileAt(path: string): Promise<Kept> {
    const known = files.get(path);
    if (known) return known;
    const opened = openOne(path);
    files.set(path, opened);
    return opened;
  }

  return {
    async append(path, bytes) {
      const file = await fileAt(path);
      await file.append(bytes);
      if (!streamed.has(path)) lengths[path] = file.length;
    },
    async cut(path, length) {
      const file = await fileAt(path);
      if (length >= file.length || streamed.has(path)) return;
      await file.cut(length);
      lengths[path] = length;
    },
    lengthOf: async (path) => (await fileAt(path)).length,
    isEmpty: (path) => (streamed.get(path)?.length ?? lengths[path] ?? 0) === 0,
    async flush() {
      for (const file of await Promise.all(files.values())) await file.flush();
    },
    async cutBack() {
      for (const path of Object.keys(recorded)) await fileAt(path);
    },
    lengths: () => ({ ...lengths }),
    async removeReplaced() {
      for (const [path, decision] of options.decisions) {
        if (decision === 'overwrite' && !files.has(path)) await removeFile(path);
      }
    },
    async close() {
      for (const opened of files.values()) await (await opened).close();
    },
  };
}

/** Of those that are not at work. */
const maxOpenFiles = 16;

interface Opening {
  recorded: number;
  decision: OutputDecision | undefined;
  openFile: OpenFile;
}

/** A file as it was opened first, at its length. */
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
    // Other names of the file keep what it holds.
    if (decision === 'overwrite') await removeFile(target);
    const handle = await openFile(target, reopenFlags | O_CREAT, 0o600);
    const { size, ino: inode } = await handle.stat();
    if ((decision === 'new' || decision === 'overwrite') && size > 0) {
      await handle.close();
      throw new Failure('local', `${path} came to be while the run was under way, and is not its own`);
    }
    // Somebody may have shortened or removed the file since: what is gone is gone.
    const length = Math.min(recorded, size);
    await handle.truncate(length);
    return { target, handle, inode, length, openFile };
  });
}

/** Throws a Failure `local` when another file has taken its place. */
async function reopen(path: string, { target, inode, openFile }: OpenedFile): Promise<FileHandle> {
  const handle = await openFile(target, reopenFlags);
  const { ino } = await handle.stat();
  if (ino === inode) return handle;
  await handle.close();
  throw new Failure('local', `${path} was replaced by another file while the run was under way`);
}

/** A file whose handle comes and goes: there may be one an input. What is closed meanwhile is on the disk. */
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
  // It takes its place among those that are open.
  await handles.use(idle, async () => undefined);
  return kept;
}

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
const reopenFlags = O_APPEND | O_NOFOLLOW | O_RDWR;

/** Opened with the first bytes, so that a FIFO is waited for only when there is something for it. */
function overStream(openStream: () => ReturnType<typeof openOutputStream>): Kept {
  let opening: ReturnType<typeof openOutputStream> | undefined;
  const kept: Kept = {
    length: 0,
    async append(bytes) {
      opening ??= openStream();
      // A reader that has gone wants no more; the delivery goes on.
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

/** Removes a regular file, and no link to it. */
async function removeFile(path: string): Promise<void> {
  const output = await resolveRowOutput(path);
  if (output.kind === 'stream' || output.existing === undefined) return;
  await withFailureContext(`write ${path}`, () => unlink(output.path));
}
