/** All rows in one file. It takes its name after the last window: until then an older file stays as it is. */
import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Committed, Days, PulledWindow, Sink, Standing, WrittenFile } from '../contracts-export.ts';
import { OutputFile } from './output-file.ts';
import { FilePlace, type FilePlaceOptions } from './place.ts';

export class FileSink implements Sink {
  readonly place: string;
  readonly splitByDay = false;
  readonly #place: FilePlace;
  readonly #output: OutputFile;
  #days: Days | undefined;

  constructor(options: FilePlaceOptions) {
    const { columns, digest, format, manifest, path } = options;
    this.place = path;
    this.#place = new FilePlace(options, { stem: path, manifest: `${path}.manifest.json` });
    this.#output = new OutputFile({
      path,
      partPath: () => this.#place.partPath(basename(path)),
      format,
      columns,
      day: undefined,
      digest: digest || manifest,
    });
  }

  /** From `open` on. */
  get spool(): Sink['spool'] {
    return { directory: this.#place.partsDirectory, named: true };
  }

  /** Without the file its state says nothing. */
  async open(): Promise<Standing> {
    const standing = await this.#place.open();
    return (await exists(this.place)) ? standing : { from: undefined, through: undefined };
  }

  async commit(window: PulledWindow): Promise<Committed> {
    const before = this.#output.counts();
    for (const lane of window.lanes) await this.#output.add(lane);
    const after = this.#output.counts();
    if (window.days !== undefined) {
      this.#days = { from: this.#days?.from ?? window.days.from, to: window.days.to };
    }
    return {
      files: [],
      written: after.rows - before.rows,
      known: 0,
      rejected: after.rejected - before.rejected,
    };
  }

  async finish(): Promise<readonly WrittenFile[]> {
    const file = await this.#output.publish();
    this.#place.noteWritten([file]);
    await this.#place.commitDays(this.#days);
    await this.#place.writeManifest();
    return [file];
  }

  async close(): Promise<void> {
    await this.#output.abandon();
    await this.#place.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
