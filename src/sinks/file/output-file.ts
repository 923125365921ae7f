/** One output file: written as a partial file, and renamed when it is complete and durable. */
import { createReadStream } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import type { Column } from '../../contracts/dataset.ts';
import type { Encoder, OutputFormat } from '../../contracts/encoder.ts';
import type { OutputPlace } from '../../contracts/place.ts';
import type { EmitNotice, WrittenFile } from '../../contracts/sink.ts';
import type { Partition } from '../../contracts/window.ts';
import { withFailureContext } from '../../disk/errno.ts';
import { digestOf } from './manifest.ts';

export interface OutputFileOptions {
  /** The final name. */
  path: string;
  /** Where it will stand. */
  place: OutputPlace;
  /** Where the partial file is written, in a directory of this run. */
  partialPath: () => string;
  format: OutputFormat;
  day: string | undefined;
  /** The columns for the header of a file without rows. */
  columns: readonly Column[];
  /** Whether to compute the SHA-256 of the file. */
  digest: boolean;
  /**
   * Called with each column that is added to the file because later rows have it. Undefined: such columns are
   * dropped.
   */
  onWidened: ((names: readonly string[]) => void) | undefined;
}

const readBytes = 1024 * 1024;

export class OutputFile {
  readonly #options: OutputFileOptions;
  #encoder: Encoder;
  #handle: FileHandle | undefined;

  constructor(options: OutputFileOptions) {
    this.#options = options;
    this.#encoder = options.format.open();
  }

  counts(): { rows: number; rejected: number } {
    return this.#encoder.counts();
  }

  /**
   * Appends the partition's rows. Moves the partition's file instead of copying where both would be the same.
   */
  async add(partition: Partition): Promise<void> {
    const { path } = this.#options;
    const partialPath = this.#options.partialPath();
    await this.#widenFor(partition);
    const { path: spooledPath } = partition;
    if (spooledPath !== undefined && this.#handle === undefined && this.#encoder.adopt(partition)) {
      await withFailureContext(`write ${path}`, async () => {
        await rename(spooledPath, partialPath);
        this.#handle = await open(partialPath, 'a');
      });
      return;
    }
    await this.#write(this.#encoder.add(partition));
  }

  /** Rewrites the partial file with more columns, which are empty in the rows written so far. */
  async #widenFor(partition: Partition): Promise<void> {
    const { format, onWidened, path } = this.#options;
    if (onWidened === undefined) return;
    const more = this.#encoder.lacks(partition);
    if (more.length === 0) return;
    await this.#write(this.#encoder.end([]));
    await this.abandon();
    const partialPath = this.#options.partialPath();
    const narrowPath = `${partialPath}.narrow`;
    await withFailureContext(`write ${path}`, () => rename(partialPath, narrowPath));
    await this.#write(format.widen(createReadStream(narrowPath, { highWaterMark: readBytes }), more));
    await withFailureContext(`remove ${narrowPath}`, () => rm(narrowPath));
    const names = [...this.#encoder.columns(), ...more.map(({ name }) => name)];
    const columns = names.map((name) => more.find((one) => one.name === name) ?? { name, type: 'text' });
    const { lineEnd } = this.#encoder;
    this.#encoder = format.open({ columns: columns as Column[], ...this.#encoder.counts(), lineEnd });
    onWidened(more.map(({ name }) => name));
  }

  /** Completes the file, makes it durable, and renames it after `beforeItShows` has resolved. */
  async publish(
    beforeItShows: (file: WrittenFile) => Promise<void> = () => Promise.resolve(),
  ): Promise<WrittenFile> {
    const { columns, day, digest, path, place } = this.#options;
    const partialPath = this.#options.partialPath();
    await this.#write(this.#encoder.end(columns));
    const bytes = await this.#settle();
    const sha256 = digest
      ? await digestOf(createReadStream(partialPath, { highWaterMark: readBytes }))
      : undefined;
    const file = {
      path,
      rows: this.#encoder.counts().rows,
      bytes,
      columns: this.#encoder.columns(),
      ...(day === undefined ? {} : { day }),
      ...(sha256 === undefined ? {} : { sha256 }),
    };
    await beforeItShows(file);
    await place.publish(partialPath, path);
    return file;
  }

  /** Closes the partial file. The caller removes its directory. */
  async abandon(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #write(content: AsyncIterable<Uint8Array>): Promise<void> {
    const { path } = this.#options;
    const partialPath = this.#options.partialPath();
    for await (const bytes of content) {
      await withFailureContext(`write ${path}`, async () => {
        this.#handle ??= await open(partialPath, 'a', 0o666);
        await this.#handle.appendFile(bytes);
      });
    }
  }

  /** Closes the partial file, with rows or without; returns its length. */
  async #settle(): Promise<number> {
    const { path } = this.#options;
    const partialPath = this.#options.partialPath();
    return withFailureContext(`write ${path}`, async () => {
      const handle = (this.#handle ??= await open(partialPath, 'a', 0o666));
      const { size } = await handle.stat();
      await this.abandon();
      return size;
    });
  }
}

/** The callback that reports added columns; undefined when columns must not be added. */
export function onWidened(
  { evolve }: { evolve: boolean },
  { onNotice }: { onNotice: EmitNotice },
): OutputFileOptions['onWidened'] {
  if (!evolve) return undefined;
  return (columns) =>
    onNotice({
      code: 'column-added',
      message: `${columns.map((name) => `"${name}"`).join(', ')} is new and was added: earlier rows are empty there`,
      columns,
    });
}
