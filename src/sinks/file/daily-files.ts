/** One file per day in a directory. The files of a window appear when the window is complete. */
import { daysIn, emptyCheckpoint, forgetDays, noteWindow } from '../../checkpoint/checkpoint.ts';
import { eachDay } from '../../calendar.ts';
import { uniteDays } from '../../checkpoint/ranges.ts';
import type { Days } from '../../contracts/dataset.ts';
import type { Checkpoint, Committed, OpenedSink, Sink, WrittenFile } from '../../contracts/sink.ts';
import type { Partition, PulledWindow } from '../../contracts/window.ts';
import { below } from './names.ts';
import { OutputFile, onWidened } from './output-file.ts';
import { FileOutputState, type FileOutputOptions } from './output-state.ts';
import { findDayFiles, type DayFiles } from './find-day-files.ts';
import { ofPart } from './shared-directory.ts';
import type { ExportState, FileFacts } from './state-file.ts';

/**
 * `flat`: `events-2026-11-01.csv`. `hive`: `date=2026-11-01/events.csv`, where query engines read the
 * directory as a column.
 */
export type Layout = 'flat' | 'hive';

/** The column that `hive` directories stand for; the files in them leave it out. */
export const partitionColumn = 'date';

export interface DirectorySinkOptions extends FileOutputOptions {
  layout: Layout;
}

export class DirectorySink implements Sink {
  readonly destination: string;
  readonly splitByDay = true;
  readonly acceptsEmptyAnswers = false;
  readonly #options: DirectorySinkOptions;
  readonly #state: FileOutputState;
  #checkpoint: Checkpoint = emptyCheckpoint;
  /** The files known to be intact, by day. */
  #files = new Map<string, FileFacts>();
  /** The state of an export that this run replaces instead of continuing. */
  #foreign: ExportState | undefined;

  constructor(options: DirectorySinkOptions) {
    const { dataset, part, path } = options.location;
    const beginning = below(path, options.layout === 'hive' ? `${partitionColumn}=` : `${dataset}-`);
    this.destination = path;
    this.#options = options;
    this.#state = new FileOutputState(options, {
      stem: below(path, dataset),
      // Query engines skip names that begin with an underscore.
      manifest: below(path, `_${dataset}.manifest.json`),
      beginning,
      isOurs: (name) => {
        const day = name.slice(beginning.length, beginning.length + 10);
        return name === this.#pathOf(day) && part?.has(day) !== false;
      },
    });
  }

  /** Available after `open`. */
  get spool(): Sink['spool'] {
    return { directory: this.#state.partialDirectory, named: true };
  }

  async open(): Promise<OpenedSink> {
    const state = await this.#state.open();
    const { incremental } = this.#options;
    const found = incremental && (await this.#goOnFrom(state, incremental.identity));
    if (found === undefined) this.#foreign = state;
    const known = incremental === undefined ? (state?.files ?? []) : [...this.#files.values()];
    await this.#state.manifest.open(known, incremental === undefined ? undefined : daysIn(this.#checkpoint));
    await this.#removeAhead(found?.ahead ?? []);
    // Write the state even when nothing is fetched: once the doubted day has come, a later run could not
    // tell.
    if (found?.isLess === true) await this.#writeState();
    return { checkpoint: this.#checkpoint, lost: [], keepsRows: false };
  }

  checkpoint(): Checkpoint {
    return this.#checkpoint;
  }

  /** Notes where the whole export begins, of which this process may have only later days. */
  async begins(day: string): Promise<void> {
    const { first } = this.#checkpoint;
    if (first !== undefined && first <= day) return;
    this.#checkpoint = { ...this.#checkpoint, first: day };
    await this.#writeState();
  }

  async commit(window: PulledWindow): Promise<Committed> {
    await this.#forgetForeign(window);
    await this.#noteBeginning(window);
    const outputs = new Map(daysOf(window).map((day) => [day, this.#output(day)]));
    const counts = { rows: 0, rejected: 0 };
    const files: WrittenFile[] = [];
    try {
      for (const partition of window.partitions) await outputs.get(dayOfPartition(partition))?.add(partition);
      await this.#state.manifest.drop(
        [...outputs.keys()].map((day) => this.#state.nameOf(this.#pathOf(day))),
      );
      for (const output of outputs.values()) {
        files.push(await output.publish());
        this.#options.context.machine.faultPoint('day-file-shown');
        counts.rows += output.counts().rows;
        counts.rejected += output.counts().rejected;
      }
    } finally {
      for (const output of outputs.values()) await output.abandon();
    }
    await this.#noteRead(window, files);
    return { files, written: counts.rows, known: 0, rejected: counts.rejected };
  }

  async hasRows(days: readonly (Days | undefined)[]): Promise<boolean> {
    for (const some of days) {
      for (const day of some === undefined ? [] : eachDay(some)) {
        const facts = this.#files.get(day);
        if (facts?.rows === 0) continue;
        if (await this.#state.hasRows(this.#pathOf(day), [single(day)])) return true;
      }
    }
    return false;
  }

  finish(): Promise<readonly WrittenFile[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    return this.#state.close();
  }

  /** Takes over the days whose files are there as they were written. */
  async #goOnFrom(state: ExportState | undefined, identity: ExportState['identity']): Promise<DayFiles> {
    const options = { ...this.#options, state: this.#state, pathOf: (day: string) => this.#pathOf(day) };
    const found = await findDayFiles(state, identity, options);
    this.#checkpoint = found.checkpoint;
    this.#files = found.files;
    return found;
  }

  /** The manifest lists them no more before they go, and the state names them until all are gone. */
  async #removeAhead(files: readonly FileFacts[]): Promise<void> {
    await this.#state.manifest.drop(files.map(({ path }) => path));
    for (const facts of files) await this.#options.location.place.remove(this.#state.pathOf(facts));
  }

  /** Records an earlier first day before its files appear, so that it is known even if the run is killed. */
  async #noteBeginning({ days }: PulledWindow): Promise<void> {
    const { first } = this.#checkpoint;
    if (days === undefined || (first !== undefined && first <= days.from)) return;
    this.#checkpoint = { ...this.#checkpoint, first: days.from };
    await this.#writeState();
  }

  async #writeState(): Promise<void> {
    const { incremental, location } = this.#options;
    const { part } = location;
    if (incremental === undefined) return;
    const { identity } = incremental;
    const checkpoint = part === undefined ? this.#checkpoint : ofPart(this.#checkpoint, part);
    const files = inOrder(this.#files).filter(({ day = '' }) => part === undefined || part.has(day));
    await this.#state.writeState({ identity, checkpoint, files });
  }

  async #noteRead(window: PulledWindow, files: readonly WrittenFile[]): Promise<void> {
    const { context, incremental } = this.#options;
    if (window.days === undefined) return;
    for (const file of files) this.#files.set(file.day ?? '', this.#state.factsOf(file));
    this.#checkpoint = noteWindow(this.#checkpoint, window, context.clock);
    const { manifest } = this.#state;
    await this.#writeState();
    const earlier = incremental === undefined ? manifest.ranges : [];
    await manifest.put(
      files.map((file) => this.#state.listed(file)),
      uniteDays(earlier, daysIn(this.#checkpoint)),
    );
  }

  /**
   * Removes the state of another export from the directory, so that no incremental export takes these files
   * for its own.
   */
  async #forgetForeign({ days }: PulledWindow): Promise<void> {
    const state = this.#foreign;
    if (state === undefined || days === undefined) return;
    if (state.legacy !== undefined) {
      this.#foreign = undefined;
      return this.#state.removeState();
    }
    const checkpoint = forgetDays(state.checkpoint, [days]);
    const files = state.files.filter(({ day }) => day === undefined || day < days.from || day > days.to);
    await this.#state.writeState((this.#foreign = { ...state, checkpoint, files }));
  }

  #output(day: string): OutputFile {
    const { location, writing, context } = this.#options;
    const { columns, digest, format, manifest } = writing;
    return new OutputFile({
      path: this.#pathOf(day),
      place: location.place,
      partialPath: () => this.#state.partialPath(`${day}${format.suffix}`),
      format,
      columns,
      day,
      digest: digest || manifest,
      onWidened: onWidened(writing, context),
    });
  }

  #pathOf(day: string): string {
    const { location, writing, layout } = this.#options;
    const { dataset, path } = location;
    const { suffix } = writing.format;
    const name =
      layout === 'hive' ? `${partitionColumn}=${day}/${dataset}${suffix}` : `${dataset}-${day}${suffix}`;
    return below(path, name);
  }
}

/** Every day of the window. A day without rows gets a file too, to show that it had none. */
function daysOf({ days, partitions }: PulledWindow): string[] {
  return days === undefined ? partitions.map(dayOfPartition) : eachDay(days);
}

function dayOfPartition(partition: Partition): string {
  return partition.day ?? '';
}

function single(day: string) {
  return { from: day, to: day };
}

function inOrder(files: ReadonlyMap<string, FileFacts>): FileFacts[] {
  return [...files.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
}
