/** What the files of one output share: its lock, its parts, its state. */
import { lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Column, Days, OutputFormat, Standing, WrittenFile } from '../contracts-export.ts';
import { acquireLock, type Lock, type LockRequest } from '../disk/lock.ts';
import { explained } from '../disk/trouble.ts';
import { writeManifest } from './manifest.ts';
import { readState, writeState, type ExportState } from './state-file.ts';

export interface FilePlaceOptions {
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
  incremental: { identity: ExportState['identity']; today: string } | undefined;
  machine: LockRequest['machine'];
}

export class FilePlace {
  readonly options: FilePlaceOptions;
  /** `DIR/.events.csv.scarf-cli`: lock, parts and state begin with it. */
  readonly #stem: string;
  readonly #manifestPath: string;
  readonly #written: WrittenFile[] = [];
  #partsDirectory = '';
  #lock: Lock | undefined;
  #state: ExportState | undefined;
  #days: Days | undefined;

  /** `stem`: path without an ending, from which the names of hidden files are made. */
  constructor(options: FilePlaceOptions, names: { stem: string; manifest: string }) {
    this.options = options;
    this.#stem = join(dirname(names.stem), `.${basename(names.stem)}.scarf-cli`);
    this.#manifestPath = names.manifest;
  }

  /** Of this run only, under a name that nobody else can prepare; from `open` on. */
  get partsDirectory(): string {
    return this.#partsDirectory;
  }

  get state(): ExportState | undefined {
    return this.#state;
  }

  /** Takes the lock, clears what a dead run left and reads the state. */
  async open(): Promise<Standing> {
    const { incremental, machine, path } = this.options;
    const directory = dirname(this.#stem);
    await explained(`create the directory ${directory}`, () => mkdir(directory, { recursive: true }));
    this.#lock = await acquireLock({ path: `${this.#stem}.lock`, subject: path, machine });
    this.#partsDirectory = await explained(`write to ${directory}`, () => mkdtemp(`${this.#stem}-parts-`));
    await explained(`clear ${directory}`, () => this.#clearAbandoned());
    if (incremental !== undefined) this.#state = await readState(this.#statePath(), incremental.identity);
    return { from: this.#state?.from, through: this.#state?.through };
  }

  /** A name for a part. */
  partPath(name: string): string {
    return join(this.partsDirectory, name);
  }

  /** Notes that these days are in the output now; a day that is not over is not whole. */
  async commitDays(days: Days | undefined): Promise<void> {
    const { incremental } = this.options;
    if (days === undefined) return;
    this.#days = { from: this.#days?.from ?? days.from, to: days.to };
    if (incremental === undefined) return;
    const through = days.to < incremental.today ? days.to : dayBefore(incremental.today);
    const earlier = this.#state;
    this.#state = {
      identity: incremental.identity,
      from: earlier !== undefined && earlier.from < days.from ? earlier.from : days.from,
      through: earlier !== undefined && earlier.through > through ? earlier.through : through,
    };
    await writeState(this.#statePath(), this.#state);
  }

  noteWritten(files: readonly WrittenFile[]): void {
    this.#written.push(...files);
  }

  async writeManifest(): Promise<void> {
    const { dataset, incremental, manifest } = this.options;
    if (!manifest) return;
    const keepEarlier = incremental !== undefined;
    const path = this.#manifestPath;
    await writeManifest({ path, dataset, days: this.#days, keepEarlier }, this.#written);
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
    await explained(`remove ${path}`, () => rm(path, { recursive: true, force: true }));
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

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
