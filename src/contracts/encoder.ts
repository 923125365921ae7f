/** What an output format promises: rows in, the bytes of a file out. */
import type { Column } from './dataset.ts';
import type { LineEnd, Partition } from './window.ts';

/** One output file. What `add` and `end` give, in order, is its content. */
export interface Encoder {
  /**
   * True when the partition's own bytes are exactly what `add` would give; the encoder then counts them as
   * added. Only possible for the first partition.
   */
  adopt(partition: Partition): boolean;
  add(partition: Partition): AsyncIterable<Uint8Array>;
  /** `columns` become the columns of a file to which no partition was added. */
  end(columns: readonly Column[]): AsyncIterable<Uint8Array>;
  /** Rows encoded so far, and rows that could not be encoded. */
  counts(): { rows: number; rejected: number };
  /** Column names in file order. Empty before the first partition, unless the file was begun earlier. */
  columns(): readonly string[];
  /** Columns of the partition that the file lacks and that `widen` can add. */
  lacks(partition: Partition): readonly Column[];
  /** Of CSV: that of its rows, once it has any. */
  readonly lineEnd?: LineEnd | undefined;
}

/** An existing file that rows are appended to. */
export interface BegunFile {
  columns: readonly Column[];
  rows: number;
  rejected: number;
  lineEnd?: LineEnd | undefined;
}

export interface OutputFormat {
  name: 'csv' | 'ndjson' | 'parquet';
  /** With the dot: `.csv`, `.csv.gz`. */
  suffix: string;
  /** The columns that the user chose; undefined: all columns of the rows. */
  chosen: readonly string[] | undefined;
  /** An encoder for a new file, or for what is appended to a file that was begun. */
  open(begun?: BegunFile): Encoder;
  /** The file with these columns added at the end, empty in every row. */
  widen(file: AsyncIterable<Uint8Array>, more: readonly Column[]): AsyncIterable<Uint8Array>;
}
