/** What an output format promises: rows to the bytes of a file. */
import type { Column } from './dataset.ts';
import type { Partition } from './window.ts';

/** One output file in the making: what `add` and `end` give, one after the other, is the file. */
export interface Encoder {
  /** Whether the partition's bytes are what `add` would give; then they count as added. Only for the first partition. */
  adopt(partition: Partition): boolean;
  add(partition: Partition): AsyncIterable<Uint8Array>;
  /** `columns`: what a file has that no partition was added to. */
  end(columns: readonly Column[]): AsyncIterable<Uint8Array>;
  /** Rows so far, and those that could not be encoded. */
  counts(): { rows: number; rejected: number };
  /** Names in the file's order; empty before the first partition. */
  columns(): readonly string[];
  /** Columns that the partition's rows have and the file has not, and which may yet be given to it with `widen`. */
  lacks(partition: Partition): readonly Column[];
}

/** What a file has that more rows are added to. */
export interface BegunFile {
  columns: readonly Column[];
  rows: number;
  rejected: number;
}

export interface OutputFormat {
  name: 'csv' | 'ndjson' | 'parquet';
  /** With its dot: `.csv`, `.csv.gz`. */
  suffix: string;
  /** The columns that were asked for; undefined: those of the rows. */
  chosen: readonly string[] | undefined;
  /** `begun`: an encoder for what follows in a file that is not ended. */
  open(begun?: BegunFile): Encoder;
  /** A file of this format with more columns behind those it has, empty in every row. */
  widen(file: AsyncIterable<Uint8Array>, more: readonly Column[]): AsyncIterable<Uint8Array>;
}
