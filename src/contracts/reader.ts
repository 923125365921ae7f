/** What a reader of replies promises: where rows, ids and times stand. */
import type { Column, RowEncoding } from './dataset.ts';

/**
 * Where the rows of some bytes stand: an entry a row in each array, and used again for the next bytes. So many
 * rows pass that an object for each would cost more than all else. -1: the row has no such cell.
 */
export interface RowOffsets {
  count: number;
  /** The first byte not consumed: the start of a row that has not ended yet. */
  consumed: number;
  from: Int32Array;
  /** Line end included. */
  to: Int32Array;
  idFrom: Int32Array;
  idTo: Int32Array;
  timeFrom: Int32Array;
  timeTo: Int32Array;
  /** 1 for a row that cannot be kept; the reader knows why. */
  broken: Uint8Array;
}

/** Why a row is not kept. */
export interface RowDefect {
  /** A short code in kebab case. */
  reason: string;
  column?: string;
  message: string;
}

/** What the output asks of each row, beyond its id and time. */
export interface RowCheck {
  /** Values must be of their column's type; else a row only needs as many cells as the header. */
  types: boolean;
  /** The columns that are written; undefined: all. */
  columns: readonly string[] | undefined;
}

/** Finds the rows of one reply, and where in them id and time stand. Keeps no bytes. */
export interface RowReader {
  /** Every whole row of `bytes[0, length)` in order; the answer holds until the next call. */
  scan(bytes: Buffer, length: number): RowOffsets;
  /** Of the header row, or (ndjson) the published ones and every key seen since. Empty before a header was read. */
  columns(): readonly Column[];
  /** The header row as it came, line end included; empty where there is none. */
  header(): Uint8Array;
  /** Of a broken row of the last scan. */
  problem(row: number): RowDefect;
}

export interface RowReaderOptions {
  encoding: RowEncoding;
  /** Published columns, for their types. */
  columns: readonly Column[];
  idColumn?: string;
  timeColumn?: string;
  /** Undefined: rows are only looked into as far as id and time stand. */
  check?: RowCheck;
}

export type CreateRowReader = (options: RowReaderOptions) => RowReader;
