/** What all files of one output share: the lock, the directory of partial files, the saved state and the manifest. */
import { lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { checkAgainstClock } from '../../checkpoint/checkpoint.ts';
import type { Column, Days } from '../../contracts/dataset.ts';
import type { OutputFormat } from '../../contracts/encoder.ts';
import type { OutputPlace, PlacedFile } from '../../contracts/place.ts';
import type { Clock, Sink, EmitNotice, WrittenFile } from '../../contracts/sink.ts';
import type { Lock, LockRequest } from '../../disk/lock/lock.ts';
import { acquirePartLock, partStem } from '../../disk/lock/part-lock.ts';
import { waitForLock } from '../../disk/lock/wait-for-lock.ts';
import { withFailureContext, withHint } from '../../disk/errno.ts';
import type { Machine } from '../../machine.ts';
import { below } from './names.ts';
import { Manifest, type KnownFile } from './manifest.ts';
import { aheadOfClock } from '../notices.ts';
import type { DirectoryPart } from './shared-directory.ts';
import {
  readState,
  requireIdentity,
  textOfState,
  type ExportState,
  type FileFacts,
  type DescribedFiles,
} from './state-file.ts';

/** What an output of one file and one of a file a day have in common. */
export interface FileOutputOptions {
  location: OutputLocation;
  writing: WritingOptions;
  /** Undefined: the output is created anew and no state is saved. */
  incremental: { identity: ExportState['identity'] } | undefined;
  context: OutputContext;
}

/** Which output it is. */
export interface OutputLocation {
  /** The output as the user wrote it: the file, or the directory. */
  path: string;
  /** Where it stands. */
  place: OutputPlace;
  /** `events`: the dataset's name. */
  dataset: string;
  /** Other processes write other days of the directory. */
  part?: DirectoryPart | undefined;
}

/** How its files are written. */
export interface WritingOptions {
  format: OutputFormat;
  /** The columns for the header of a file without rows. */
  columns: readonly Column[];
  /** Whether to add columns that later rows have. */
  evolve: boolean;
  /** Whether reports include the SHA-256 of files. */
  digest: boolean;
  /** Whether a manifest is written. */
  manifest: boolean;
}

/** What it works with. */
export interface OutputContext {
  clock: Clock;
  onNotice: EmitNotice;
  /** The days that occur in the rows of a file of this format. Throws a Failure when it cannot be read. */
  readRowDays: (path: string, spool: Sink['spool']) => Promise<readonly string[]>;
  machine: LockRequest['machine'] & Pick<Machine, 'now' | 'sleep' | 'faultPoint'>;
}

export interface OutputNames {
  /** The path without an ending, from which the names of hidden files are derived; all parts of an output have one. */
  stem: string;
  manifest: string;
  /** How the names of its files begin. */
  beginning: string;
  isOurs: (name: string) => boolean;
}

export class FileOutputState {
  readonly #location: OutputLocation;
  readonly #context: OutputContext;
  readonly #incremental: FileOutputOptions['incremental'];
  /** `DIR/.events.csv.scarf-cli`: prefix of the state. */
  readonly #stem: string;
  /** Prefix of the lock. */
  readonly #lockStem: string;
  /** Prefix of the directory of partial files. */
  readonly #ownStem: string;
  readonly #names: OutputNames;
  /** The version of the state that was read or written last. */
  #stateVersion: string | undefined;
  readonly manifest: Manifest;
  #partialDirectory = '';
  #lock: Lock | undefined;

  constructor({ location, writing, incremental, context }: FileOutputOptions, names: OutputNames) {
    this.#location = location;
    this.#context = context;
    this.#incremental = incremental;
    this.#names = names;
    const { dataset, part, place } = location;
    this.#stem = partStem(below(dirname(names.stem), `.${basename(names.stem)}.scarf-cli`), part);
    this.#lockStem = place.ownStem(names.stem);
    this.#ownStem = partStem(this.#lockStem, part);
    const share = part && { part, lock: () => this.#lockManifest(names.manifest) };
    this.manifest = new Manifest({ path: names.manifest, place, dataset, isWanted: writing.manifest, share });
  }

  /** The name of the state file. */
  get stateName(): string {
    return basename(this.#statePath());
  }

  /** The directory of this run's partial files, with an unpredictable name. Available after `open`. */
  get partialDirectory(): string {
    return this.#partialDirectory;
  }

  /** Acquires the lock, removes what killed runs left, and reads the state, which may be another export's. */
  async open(): Promise<ExportState | undefined> {
    const { part, path, place } = this.#location;
    const { machine } = this.#context;
    const directory = dirname(this.#ownStem);
    await withFailureContext(`create the directory ${directory}`, () =>
      mkdir(directory, { recursive: true }),
    );
    this.#lock = await acquirePartLock({ stem: this.#lockStem, part, subject: path, machine }).catch(
      (error: unknown) => {
        const hint = `${directory} must be writable: a lock and files that are not complete yet stand there`;
        throw withHint(error, hint);
      },
    );
    this.#partialDirectory = await withFailureContext(`write to ${directory}`, () =>
      mkdtemp(`${this.#ownStem}-parts-`),
    );
    const hasDied = await withFailureContext(`clear ${directory}`, () => this.#clearAbandoned());
    await place.clear(this.#names.beginning, { isOurs: this.#names.isOurs, hasDied });
    const found = await place.readText(this.#statePath());
    this.#stateVersion = found?.version;
    const state = found === undefined ? undefined : readState(this.#statePath(), found.text);
    if (state !== undefined && this.#incremental !== undefined) {
      requireIdentity(this.#statePath(), state, this.#incremental.identity);
    }
    return state;
  }

  /** The path for a partial file. */
  partialPath(name: string): string {
    return join(this.partialDirectory, name);
  }

  /**
   * The part of the state that is consistent with this machine's clock; reports the rest. `isLess`: the state
   * must be saved again.
   */
  checkAgainstClock(described: DescribedFiles): { described: DescribedFiles; isLess: boolean } {
    const { clock, onNotice } = this.#context;
    const { checkpoint, doubted } = checkAgainstClock(described.checkpoint, clock);
    if (doubted.length > 0) onNotice(aheadOfClock(this.#location.path, doubted, clock));
    return { described: { ...described, checkpoint }, isLess: doubted.length > 0 };
  }

  async writeState(state: ExportState): Promise<void> {
    const { place } = this.#location;
    const expected = { version: this.#stateVersion };
    this.#stateVersion = await place.writeText(this.#statePath(), textOfState(state), expected);
    this.#context.machine.faultPoint('state-written');
  }

  async removeState(): Promise<void> {
    await this.#location.place.remove(this.#statePath());
    this.#stateVersion = undefined;
  }

  /** A written file as the state records it. */
  factsOf({ bytes, columns, day, path, rows }: WrittenFile): FileFacts {
    return { path: this.nameOf(path), ...(day === undefined ? {} : { day }), rows, bytes, columns };
  }

  /** Size and modification time of a file; undefined when it is missing. */
  async look(facts: Pick<FileFacts, 'path'>): Promise<PlacedFile | undefined> {
    return this.#location.place.look(this.pathOf(facts));
  }

  nameOf(path: string): string {
    return relative(dirname(this.#stem), path);
  }

  pathOf(facts: Pick<FileFacts, 'path'>): string {
    return below(dirname(this.#stem), facts.path);
  }

  /** A written file as the manifest lists it. */
  listed(file: WrittenFile): KnownFile {
    const { sha256 } = file;
    return { ...this.factsOf(file), ...(sha256 === undefined ? {} : { sha256 }) };
  }

  /**
   * Whether a file has rows of these days; undefined means any row. A file that cannot be read counts as
   * having rows.
   */
  async hasRows(path: string, days: readonly (Days | undefined)[]): Promise<boolean> {
    const file = await this.#location.place.look(path);
    if (file === undefined || file.bytes === 0) return false;
    try {
      const spool = { directory: this.partialDirectory, named: true };
      const found = await this.#context.readRowDays(path, spool);
      return found.some((day) =>
        days.some((some) => some === undefined || (some.from <= day && day <= some.to)),
      );
    } catch {
      return true;
    }
  }

  async close(): Promise<void> {
    if (this.#lock === undefined) return;
    await this.clearPartial();
    await this.#lock.release();
    this.#lock = undefined;
  }

  async clearPartial(): Promise<void> {
    const path = this.#partialDirectory;
    if (path === '') return;
    await withFailureContext(`remove ${path}`, () => rm(path, { recursive: true, force: true }));
  }

  /**
   * Removes partial files of killed runs, and says whether there were any. The lock excludes live runs, and only files of the same
   * user are removed.
   */
  async #clearAbandoned(): Promise<boolean> {
    let hasDied = false;
    const { uid } = await lstat(this.#partialDirectory);
    const directory = dirname(this.#ownStem);
    const begin = `${basename(this.#ownStem)}-parts`;
    for (const name of await readdir(directory)) {
      const path = join(directory, name);
      if (!name.startsWith(begin) || path === this.#partialDirectory) continue;
      // Earlier versions used one name for all runs.
      if (!/^(-\w{6})?$/.test(name.slice(begin.length))) continue;
      const found = await lstat(path);
      if (!found.isDirectory() || found.uid !== uid) continue;
      await rm(path, { recursive: true, force: true });
      hasDied = true;
    }
    return hasDied;
  }

  #lockManifest(path: string): Promise<Lock> {
    const { machine } = this.#context;
    const lock = `${this.#location.place.ownStem(path)}.lock`;
    return waitForLock({ path: lock, subject: path, machine });
  }

  #statePath(): string {
    return `${this.#stem}.json`;
  }
}
