/** Where the rows of one window are gathered: a file for each lane and header, all of which can be cut back. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Column, GrowingPartition, Partition, RowEncoding, Sink } from '../../contracts-export.ts';
import { ensureDirectory } from '../../disk/directory.ts';
import { PartitionFile } from './partition-file.ts';

export interface SpoolOptions {
  place: Sink['spool'];
  /** Unique among the spools of a run; part of the file names. */
  name: string;
  /** The days of the lanes, by lane number, undefined for a lane of several; empty when there is one lane. */
  days: readonly (string | undefined)[];
  encoding: RowEncoding;
}

/** Rows that stand one behind the other in a buffer. */
export interface Run {
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
  lanes: Map<number, PartitionFile>;
}

export class Spool {
  readonly #options: SpoolOptions;
  readonly #tables: Table[] = [];
  #current: Table | undefined;
  #tellFirst: (first: GrowingPartition | undefined) => void = () => undefined;
  /** The first lane as soon as there is one; undefined when there is none at the end. */
  readonly first: Promise<GrowingPartition | undefined>;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.first = new Promise((resolve) => (this.#tellFirst = resolve));
  }

  /** Says under which header the following rows stand. Every lane of a first header is made, rows or none. */
  async beginTable(header: Uint8Array, columns: readonly Column[]): Promise<void> {
    const known = this.#tables.find((table) => Buffer.compare(table.header, header) === 0);
    this.#current = known ?? { header, columns, lanes: new Map() };
    this.#current.columns = columns;
    if (known) return;
    this.#tables.push(this.#current);
    if (this.#tables.length > 1) return;
    for (let lane = 0; lane < Math.max(1, this.#options.days.length); lane++) {
      await this.#laneFile(this.#current, lane);
    }
    const file = this.#current.lanes.get(0);
    if (file !== undefined) this.#tellFirst({ lane: file.asLane(columns), next: () => file.growth.next() });
  }

  async append(
    lane: number,
    bytes: Uint8Array,
    runs: { spans: readonly Run[]; rows: number },
  ): Promise<void> {
    if (this.#current === undefined) throw new Error('a table begins before its rows');
    const file = await this.#laneFile(this.#current, lane);
    await file.append(
      runs.spans.map(({ from, to }) => bytes.subarray(from, to)),
      runs.rows,
    );
  }

  /** A point to which `cutTo` goes back. */
  mark(): SpoolMark {
    const files = this.#tables.flatMap(({ lanes }) => [...lanes.values()]);
    return {
      tables: this.#tables.length,
      files: new Map(files.map((file) => [file, { bytes: file.bytes, rows: file.rows }])),
    };
  }

  /** Takes back every row, and every header, that came after the mark. */
  async cutTo(mark: SpoolMark): Promise<void> {
    for (const { lanes } of this.#tables.splice(mark.tables)) {
      for (const file of lanes.values()) await file.close();
    }
    this.#current = undefined;
    for (const { header, lanes } of this.#tables) {
      for (const file of lanes.values()) {
        const point = mark.files.get(file) ?? { bytes: header.length, rows: 0 };
        await file.cutTo(point.bytes, point.rows);
      }
    }
  }

  /** No more rows come. The lanes in the order of their days; those of later headers only where they hold rows. */
  finish(): Partition[] {
    this.#tellFirst(undefined);
    this.#tables[0]?.lanes.get(0)?.growth.end('whole');
    const lanes = this.#tables.flatMap(({ columns, lanes: files }, table) =>
      [...files].map(([number, file]) => ({ number, table, lane: file.asLane(columns) })),
    );
    return lanes
      .filter(({ table, lane }) => table === 0 || lane.rows > 0)
      .sort((left, right) => left.number - right.number || left.table - right.table)
      .map(({ lane }) => lane);
  }

  /** Waits until nothing is on its way to the disk any more. Throws when something did not get there. */
  async settle(): Promise<void> {
    for (const { lanes } of this.#tables) for (const file of lanes.values()) await file.settle();
  }

  /** Closes and removes what nobody took away. */
  async discard(): Promise<void> {
    this.#tellFirst(undefined);
    for (const { lanes } of this.#tables) {
      for (const file of lanes.values()) await file.close();
    }
    if (this.#options.place.named) await rm(this.#directory(), { recursive: true, force: true });
  }

  async #laneFile(table: Table, number: number): Promise<PartitionFile> {
    const known = table.lanes.get(number);
    if (known) return known;
    const { days, encoding, place } = this.#options;
    const directory = this.#directory();
    await ensureDirectory(directory, 0o700);
    const file = await PartitionFile.create({
      path: join(directory, `${this.#options.name}-${this.#tables.indexOf(table)}-${number}.${encoding}`),
      named: place.named,
      day: days[number],
      encoding,
      header: table.header,
    });
    table.lanes.set(number, file);
    return file;
  }

  #directory(): string {
    const { name, place } = this.#options;
    return place.named ? join(place.directory, name) : place.directory;
  }
}
