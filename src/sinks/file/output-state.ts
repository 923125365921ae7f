/** What the files of one output share: its lock, its parts, its state. */
import { lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { believe } from '../../checkpoint/checkpoint.ts';
import type { Column, Days } from '../../contracts/dataset.ts';
import type { OutputFormat } from '../../contracts/encoder.ts';
import type { Clock, Sink, EmitNotice, WrittenFile } from '../../contracts/sink.ts';
import { syncDirectory } from '../../disk/directory.ts';
import { acquireLock, type Lock, type LockRequest } from '../../disk/lock/lock.ts';
import { withFailureContext } from '../../disk/errno.ts';
import type { Machine } from '../../machine.ts';
import { Manifest, type KnownFile } from './manifest.ts';
import { aheadOfClock } from '../notices.ts';
import { statFile } from './stat-file.ts';
import {
  readState,
  requireIdentity,
  writeState,
  type ExportState,
  type FileFacts,
  type Remembered,
} from './state-file.ts';

export interface FileOutputStateOptions {
  /** The output as the user wrote it: the file, or the directory. */
  path: string;
  /** `events`: the dataset's name. */
  dataset: string;
  format: OutputFormat;
  /** Of a file without rows. */
  columns: readonly Column[];
  /** Whether files carry their SHA-256 in reports. */
  digest: boolean;
  /** Whether a manifest is written. */
  manifest: boolean;
  /** Undefined: the output is made anew and nothing is remembered. */
  incremental: { identity: ExportState['identity'] } | undefined;
  clock: Clock;
  /** Whether a file is given the columns that later rows have. */
  evolve: boolean;
  onNotice: EmitNotice;
  /** The days of which a file of this format has rows. Throws a Failure when it cannot be read. */
  readRowDays: (path: string, spool: Sink['spool']) => Promise<readonly string[]>;
  machine: LockRequest['machine'] & Pick<Machine, 'now' | 'faultPoint'>;
}

export class FileOutputState {
  readonly options: FileOutputStateOptions;
  /** `DIR/.events.csv.scarf-cli`: lock, parts and state begin with it. */
  readonly #stem: string;
  readonly manifest: Manifest;
  #partsDirectory = '';
  #lock: Lock | undefined;

  /** `stem`: path without an ending, from which the names of hidden files are made. */
  constructor(options: FileOutputStateOptions, names: { stem: string; manifest: string }) {
    this.options = options;
    this.#stem = join(dirname(names.stem), `.${basename(names.stem)}.scarf-cli`);
    const { dataset, manifest } = options;
    this.manifest = new Manifest({ path: names.manifest, dataset, isWanted: manifest });
  }

  /** Of this run only, under a name that nobody else can prepare; from `open` on. */
  get partsDirectory(): string {
    return this.#partsDirectory;
  }

  /** Takes the lock, clears what a dead run left and reads the state, which may be another export's. */
  async open(): Promise<ExportState | undefined> {
    const { incremental, machine, path } = this.options;
    const directory = dirname(this.#stem);
    await withFailureContext(`create the directory ${directory}`, () =>
      mkdir(directory, { recursive: true }),
    );
    this.#lock = await acquireLock({ path: `${this.#stem}.lock`, subject: path, machine });
    this.#partsDirectory = await withFailureContext(`write to ${directory}`, () =>
      mkdtemp(`${this.#stem}-parts-`),
    );
    await withFailureContext(`clear ${directory}`, () => this.#clearAbandoned());
    const state = await readState(this.#statePath());
    if (state !== undefined && incremental !== undefined) {
      requireIdentity(this.#statePath(), state, incremental.identity);
    }
    return state;
  }

  /** A name for a part. */
  partPath(name: string): string {
    return join(this.partsDirectory, name);
  }

  /** What of it may be believed by this machine's clock; tells what may not. `isLess`: the state has to be written anew. */
  believed(remembered: Remembered): { remembered: Remembered; isLess: boolean } {
    const { clock } = this.options;
    const { checkpoint, doubted } = believe(remembered.checkpoint, clock);
    if (doubted.length > 0) this.options.onNotice(aheadOfClock(this.options.path, doubted, clock));
    return { remembered: { ...remembered, checkpoint }, isLess: doubted.length > 0 };
  }

  async writeState(state: ExportState): Promise<void> {
    await writeState(this.#statePath(), state);
    this.options.machine.faultPoint('state-written');
  }

  async removeState(): Promise<void> {
    const path = this.#statePath();
    await withFailureContext(`remove ${path}`, () => rm(path, { force: true }));
    await syncDirectory(dirname(path));
  }

  /** What the state says of a file. */
  factsOf({ bytes, columns, day, path, rows }: WrittenFile): FileFacts {
    return { path: this.nameOf(path), ...(day === undefined ? {} : { day }), rows, bytes, columns };
  }

  /** The file of these facts as it is now; undefined when it is gone. */
  async look(facts: Pick<FileFacts, 'path'>): Promise<{ bytes: number; changedMs: number } | undefined> {
    return statFile(this.pathOf(facts));
  }

  nameOf(path: string): string {
    return relative(dirname(this.#stem), path);
  }

  pathOf(facts: Pick<FileFacts, 'path'>): string {
    return join(dirname(this.#stem), facts.path);
  }

  /** What the manifest says of a file that was written. */
  listed(file: WrittenFile): KnownFile {
    const { sha256 } = file;
    return { ...this.factsOf(file), ...(sha256 === undefined ? {} : { sha256 }) };
  }

  /** Whether a file has rows of these days; undefined: any rows. One that cannot be read has. */
  async hasRows(path: string, days: readonly (Days | undefined)[]): Promise<boolean> {
    const file = await statFile(path);
    if (file === undefined || file.bytes === 0) return false;
    try {
      const spool = { directory: this.partsDirectory, named: true };
      const found = await this.options.readRowDays(path, spool);
      return found.some((day) =>
        days.some((some) => some === undefined || (some.from <= day && day <= some.to)),
      );
    } catch {
      return true;
    }
  }

  async close(): Promise<void> {
    if (this.#lock === undefined) return;
    await this.clearParts();
    await this.#lock.release();
    this.#lock = undefined;
  }

  async clearParts(): Promise<void> {
    const path = this.#partsDirectory;
    if (path === '') return;
    await withFailureContext(`remove ${path}`, () => rm(path, { recursive: true, force: true }));
  }

  /** Whoever holds the lock may remove what this user's killed runs left, and nothing of anybody else. */
  async #clearAbandoned(): Promise<void> {
    const { uid } = await lstat(this.#partsDirectory);
    const directory = dirname(this.#stem);
    const begin = `${basename(this.#stem)}-parts`;
    for (const name of await readdir(directory)) {
      const path = join(directory, name);
      if (!name.startsWith(begin) || path === this.#partsDirectory) continue;
      // Earlier versions had one name for all runs.
      if (!/^(-\w{6})?$/.test(name.slice(begin.length))) continue;
      const found = await lstat(path);
      if (found.isDirectory() && found.uid === uid) await rm(path, { recursive: true, force: true });
    }
  }

  #statePath(): string {
    return `${this.#stem}.json`;
  }
}
