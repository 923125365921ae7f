/** Collects the rows of one window in a file per partition and header, all of which can be cut back. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Column, RowEncoding } from '../../contracts/dataset.ts';
import type { Sink } from '../../contracts/sink.ts';
import type { GrowingPartition, Partition } from '../../contracts/window.ts';
import { ensureDirectory } from '../../disk/directory.ts';
import { PartitionFile } from './partition-file.ts';

export interface SpoolOptions {
  location: Sink['spool'];
  /** Unique among the spools of a run; part of file names. */
  name: string;
  /** Day of each partition by number, undefined for one of several days; empty for a single partition. */
  days: readonly (string | undefined)[];
  encoding: RowEncoding;
}

/** Adjacent rows in a buffer. */
export interface ByteSpan {
  from: number;
  to: number;
}

export interface SpoolMark {
  tables: number;
  files: ReadonlyMap<PartitionFile, { bytes: number; rows: number }>;
}

interface Table {
  header: Uint8Array;
  columns: readonly Column[];
  partitions: Map<number, PartitionFile>;
}

export class WindowSpool {
  readonly #options: SpoolOptions;
  readonly #tables: Table[] = [];
  #current: Table | undefined;
  #tellFirst: (first: GrowingPartition | undefined) => void = () => undefined;
  /** Resolves to the first partition as soon as there is one; to undefined when there is none at the end. */
  readonly first: Promise<GrowingPartition | undefined>;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.first = new Promise((resolve) => (this.#tellFirst = resolve));
  }

  /**
   * Sets the header of the rows that follow. The first header creates the files of all partitions, even without
   * rows.
   */
  async beginTable(header: Uint8Array, columns: readonly Column[]): Promise<void> {
    const known = this.#tables.find((table) => Buffer.compare(table.header, header) === 0);
    this.#current = known ?? { header, columns, partitions: new Map() };
    this.#current.columns = columns;
    if (known) return;
    this.#tables.push(this.#current);
    if (this.#tables.length > 1) return;
    for (let partition = 0; partition < Math.max(1, this.#options.days.length); partition++) {
      await this.#fileOf(this.#current, partition);
    }
    const file = this.#current.partitions.get(0);
    if (file !== undefined)
      this.#tellFirst({ partition: file.asPartition(columns), next: () => file.nextRows() });
  }

  async append(
    partition: number,
    bytes: Uint8Array,
    runs: { spans: readonly ByteSpan[]; rows: number },
  ): Promise<void> {
    if (this.#current === undefined) throw new Error('a table begins before its rows');
    const file = await this.#fileOf(this.#current, partition);
    await file.append(
      runs.spans.map(({ from, to }) => bytes.subarray(from, to)),
      runs.rows,
    );
  }

  /** The current state, for `cutTo`. */
  mark(): SpoolMark {
    const files = this.#tables.flatMap(({ partitions }) => [...partitions.values()]);
    return {
      tables: this.#tables.length,
      files: new Map(files.map((file) => [file, { bytes: file.bytes, rows: file.rows }])),
    };
  }

  /** Removes every row and header added after the mark. */
  async cutTo(mark: SpoolMark): Promise<void> {
    for (const { partitions } of this.#tables.splice(mark.tables)) {
      for (const file of partitions.values()) await file.close();
    }
    this.#current = undefined;
    for (const { header, partitions } of this.#tables) {
      for (const file of partitions.values()) {
        const point = mark.files.get(file) ?? { bytes: header.length, rows: 0 };
        await file.cutTo(point.bytes, point.rows);
      }
    }
  }

  /** Ends the spool and returns the partitions by number; those of later headers only when they have rows. */
  finish(): Partition[] {
    this.#tellFirst(undefined);
    this.#tables[0]?.partitions.get(0)?.complete();
    const partitions = this.#tables.flatMap(({ columns, partitions: files }, table) =>
      [...files].map(([number, file]) => ({ number, table, partition: file.asPartition(columns) })),
    );
    return partitions
      .filter(({ table, partition }) => table === 0 || partition.rows > 0)
      .sort((left, right) => left.number - right.number || left.table - right.table)
      .map(({ partition }) => partition);
  }

  /** Waits for pending syncs. Throws a Failure `local` when one failed. */
  async settle(): Promise<void> {
    for (const { partitions } of this.#tables) for (const file of partitions.values()) await file.settle();
  }

  /** Closes and removes the files that the sink has not adopted. */
  async discard(): Promise<void> {
    this.#tellFirst(undefined);
    for (const { partitions } of this.#tables) {
      for (const file of partitions.values()) await file.close();
    }
    if (this.#options.location.named) await rm(this.#directory(), { recursive: true, force: true });
  }

  async #fileOf(table: Table, number: number): Promise<PartitionFile> {
    const known = table.partitions.get(number);
    if (known) return known;
    const { days, encoding, location } = this.#options;
    const directory = this.#directory();
    if (location.named) await ensureDirectory(directory, 0o700);
    const file = await PartitionFile.create({
      path: join(directory, `${this.#options.name}-${this.#tables.indexOf(table)}-${number}.${encoding}`),
      named: location.named,
      day: days[number],
      encoding,
      header: table.header,
    });
    table.partitions.set(number, file);
    return file;
  }

  #directory(): string {
    const { name, location } = this.#options;
    return location.named ? join(location.directory, name) : location.directory;
  }
}
