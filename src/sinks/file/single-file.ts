/**
 * All rows in one file, which is renamed into place after the last window. Until then an older file stays
 * unchanged.
 */
import { basename } from 'node:path';
import { daysIn, emptyCheckpoint, forgetDays, noteWindow } from '../../checkpoint/checkpoint.ts';
import { addDays } from '../../calendar.ts';
import { subtractDays } from '../../checkpoint/ranges.ts';
import type { Days } from '../../contracts/dataset.ts';
import type { Checkpoint, Committed, OpenedSink, Sink, WrittenFile } from '../../contracts/sink.ts';
import type { PulledWindow } from '../../contracts/window.ts';
import { aheadOfClock, outputChanged } from '../notices.ts';
import { OutputFile, onWidened } from './output-file.ts';
import { FileOutputState, type FileOutputOptions } from './output-state.ts';
import { provenByRows } from './proven-days.ts';
import type { ExportState, DescribedFiles } from './state-file.ts';

export class FileSink implements Sink {
  readonly destination: string;
  readonly splitByDay = false;
  readonly acceptsEmptyAnswers = false;
  readonly #options: FileOutputOptions;
  readonly #state: FileOutputState;
  readonly #output: OutputFile;
  /** The state that describes the file now in place. */
  #earlier: DescribedFiles = { checkpoint: emptyCheckpoint, files: [] };
  /** The checkpoint of the file being written. */
  #next: Checkpoint = emptyCheckpoint;
  #isPublished = false;

  constructor(options: FileOutputOptions) {
    const { location, writing, context } = options;
    const { path, place } = location;
    const { columns, digest, format, manifest } = writing;
    this.destination = path;
    this.#options = options;
    this.#state = new FileOutputState(options, {
      stem: path,
      manifest: `${path}.manifest.json`,
      beginning: path,
      isOurs: (name) => name === path,
    });
    this.#output = new OutputFile({
      path,
      place,
      partialPath: () => this.#state.partialPath(basename(path)),
      format,
      columns,
      day: undefined,
      digest: digest || manifest,
      onWidened: onWidened(writing, context),
    });
  }

  /** Available after `open`. */
  get spool(): Sink['spool'] {
    return { directory: this.#state.partialDirectory, named: true };
  }

  async open(): Promise<OpenedSink> {
    const state = await this.#state.open();
    const { incremental } = this.#options;
    if (incremental === undefined) {
      await this.#state.manifest.open([], undefined);
      return { checkpoint: emptyCheckpoint, lost: [], keepsRows: false };
    }
    const found = await this.#find(state);
    const { described, isLess } = this.#state.checkAgainstClock(found.described);
    this.#earlier = described;
    this.#next = described.checkpoint;
    // Write the state even when nothing is fetched: once the doubted day has come, a later run could not
    // tell.
    if (isLess && described.files.length > 0)
      await this.#state.writeState({ identity: incremental.identity, ...described });
    await this.#state.manifest.open(this.#earlier.files, daysIn(this.#next));
    return { checkpoint: this.#next, lost: found.lost, keepsRows: found.keepsRows };
  }

  checkpoint(): Checkpoint {
    return this.#isPublished ? this.#next : this.#earlier.checkpoint;
  }

  async commit(window: PulledWindow): Promise<Committed> {
    const before = this.#output.counts();
    for (const partition of window.partitions) await this.#output.add(partition);
    const after = this.#output.counts();
    this.#next = noteWindow(this.#next, window, this.#options.context.clock);
    return {
      files: [],
      written: after.rows - before.rows,
      known: 0,
      rejected: after.rejected - before.rejected,
    };
  }

  hasRows(days: readonly (Days | undefined)[]): Promise<boolean> {
    return this.#state.hasRows(this.destination, days);
  }

  async finish(): Promise<readonly WrittenFile[]> {
    const file = await this.#output.publish((written) => this.#remember(written));
    this.#options.context.machine.faultPoint('file-shown');
    this.#isPublished = true;
    await this.#forgetBefore(file);
    await this.#state.manifest.put([this.#state.listed(file)], daysIn(this.#next));
    return [file];
  }

  async close(): Promise<void> {
    await this.#output.abandon();
    await this.#state.close();
  }

  /** What the state and the file prove together. A file that differs from the one recorded proves nothing. */
  async #find(
    state: ExportState | undefined,
  ): Promise<{ described: DescribedFiles; lost: readonly Days[]; keepsRows: boolean }> {
    const { clock, onNotice, readRowDays } = this.#options.context;
    const { today } = clock;
    const file = await this.#options.location.place.look(this.destination);
    const nothing = { checkpoint: forgetAll(state?.checkpoint), files: [] };
    if (file === undefined) return { described: nothing, lost: [], keepsRows: false };
    if (state === undefined || state.legacy !== undefined) {
      if (file.bytes === 0) return { described: nothing, lost: [], keepsRows: false };
      if (state?.legacy !== undefined && state.legacy.to >= today) {
        onNotice(aheadOfClock(this.destination, [state.legacy], clock));
      }
      const rowDays = await readRowDays(this.destination, this.spool);
      const checkpoint = provenByRows(state?.legacy, rowDays, today);
      return { described: { checkpoint, files: [] }, lost: [], keepsRows: true };
    }
    const described = [state, state.before].filter((known) => known?.files[0]?.bytes === file.bytes);
    const [known, other] = described;
    if (known !== undefined) {
      const { files } = known;
      const checkpoint = other === undefined ? known.checkpoint : heldByBoth(known, other);
      return { described: { checkpoint, files }, lost: [], keepsRows: true };
    }
    // Days that are not over were never complete.
    const lost = daysIn(state.checkpoint)
      .filter(({ from }) => from < today)
      .map((days) => endBefore(days, today));
    onNotice(outputChanged(`${this.destination} is not as it was left`, lost));
    return { described: nothing, lost, keepsRows: false };
  }

  /**
   * Saves the state before the file is renamed. After a crash, the file's length tells which of the two
   * states applies.
   */
  async #remember(written: WrittenFile): Promise<void> {
    const { incremental } = this.#options;
    await this.#state.manifest.drop([this.#state.nameOf(this.destination)]);
    if (incremental === undefined) return this.#state.removeState();
    await this.#state.writeState({
      identity: incremental.identity,
      checkpoint: this.#next,
      files: [this.#state.factsOf(written)],
      before: this.#earlier,
    });
  }

  /** Drops the previous state once the file is in place. */
  async #forgetBefore(written: WrittenFile): Promise<void> {
    const { incremental } = this.#options;
    if (incremental === undefined) return;
    const { identity } = incremental;
    const files = [this.#state.factsOf(written)];
    await this.#state.writeState({ identity, checkpoint: this.#next, files });
  }
}

function endBefore({ from, to }: Days, today: string): Days {
  return { from, to: to < today ? to : addDays(today, -1) };
}

function forgetAll(checkpoint: Checkpoint | undefined): Checkpoint {
  return checkpoint === undefined ? emptyCheckpoint : forgetDays(checkpoint, checkpoint.ranges);
}

/**
 * Two recorded files of the same length: only the days in both count, with the read dates of the older one.
 */
function heldByBoth({ checkpoint }: DescribedFiles, before: DescribedFiles): Checkpoint {
  const added = subtractDays(daysIn(before.checkpoint), daysIn(checkpoint));
  return { ...forgetDays(before.checkpoint, added), first: checkpoint.first };
}
