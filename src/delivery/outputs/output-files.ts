/**
 * Files that grow during a delivery: rejects, their descriptions, replies. Their lengths are recorded in the
 * ledger; a resumed run first cuts them back to those, so that nothing appears twice. Devices, FIFOs and standard
 * output receive the same bytes but are never cut, and nothing about them is recorded.
 */
import { open } from 'node:fs/promises';
import { resolveRowOutput } from '../../disk/output/output-path.ts';
import { openOutputStream, type StreamMachine } from '../../disk/output/output-stream.ts';
import type { OpenFile } from '../../disk/open-file.ts';
import type { FileLengths } from '../ledger/records.ts';
import { appendToStream, openRegularFile, removeFile, type AppendedFile } from './appended-file.ts';
import { IdleHandles } from './idle-handles.ts';
import { identifyFile, type OutputDecisions } from './owned-files.ts';
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
  /**
   * Shortens a file to `length` bytes after something could not be written to it. Never throws: where it cannot be
   * shortened, nothing more is written to it, and its length counts as `length`.
   */
  takeBack(path: string, length: number): Promise<void>;
  /** Cuts every recorded file back to its recorded length, including files that receive nothing more. */
  cutBack(): Promise<void>;
  lengths(): FileLengths;
  /** Removes files to be overwritten that the run wrote nothing to. */
  removeReplaced(): Promise<void>;
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
  readonly #files = new Map<string, Promise<AppendedFile>>();
  readonly #lengths: FileLengths;
  /** Those of the files that are streams, which have no length to return to. */
  readonly #streamed = new Map<string, AppendedFile>();
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

  async takeBack(path: string, length: number): Promise<void> {
    if (!this.#files.has(path)) return;
    try {
      await this.cut(path, length);
    } catch {
      // Of a file that could not even be opened, no length is recorded.
      if (path in this.#lengths) this.#lengths[path] = length;
    }
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
    for (const opened of this.#files.values()) {
      // One that could not be opened was told of when it was used, and keeps no other open.
      const file = await opened.catch(() => undefined);
      await file?.close();
    }
  }

  #fileAt(path: string): Promise<AppendedFile> {
    const known = this.#files.get(path);
    if (known) return known;
    const opened = this.#open(path);
    this.#files.set(path, opened);
    return opened;
  }

  async #open(path: string): Promise<AppendedFile> {
    const options = this.#options;
    const output = await resolveRowOutput(path);
    if (output.kind === 'file') {
      const decision = options.decisions.get(path);
      const recorded = this.#recorded[path] ?? 0;
      const how = { recorded, decision, openFile: options.openFile ?? open, handles: this.#handles };
      const file = await openRegularFile(path, output.path, how);
      if (decision === 'new' || decision === 'overwrite')
        await options.onMade(path, await identifyFile(path));
      this.#lengths[path] = file.length;
      return file;
    }
    const stream = appendToStream(() => openOutputStream(output, options.machine, options.signal));
    delete this.#lengths[path];
    this.#streamed.set(path, stream);
    return stream;
  }
}
