/** What a reader of export replies promises: the positions of rows, ids and times. */
import type { Column, RowEncoding } from './dataset.ts';

/**
 * Positions of rows in a buffer, one array entry per row, reused for the next buffer: an object per row would
 * cost more than everything else. -1 means that the row has no such cell.
 */
export interface RowOffsets {
  count: number;
  /** Offset of the first byte not consumed: the start of a row that is incomplete. */
  consumed: number;
  from: Int32Array;
  /** Line end included. */
  to: Int32Array;
  idFrom: Int32Array;
  idTo: Int32Array;
  timeFrom: Int32Array;
  timeTo: Int32Array;
  /** The UTC day of the time as a number such as 20261101, where the reader knows it; -1 where it does not. */
  day: Int32Array;
  /** 1 where the reader knows that the id is a UUID; its 128 bits are then four of `idWords`. */
  isUuid: Uint8Array;
  idWords: Uint32Array;
  /** 1 for a row that cannot be kept; `problem` says why. */
  broken: Uint8Array;
}

/** Why a row is not kept. */
export interface RowDefect {
  /** A short code in kebab case. */
  reason: string;
  column?: string;
  message: string;
}

/** What the output requires of each row besides its id and time. */
export interface RowCheck {
  /** Values must have their column's type. Otherwise a row only needs as many cells as the header. */
  types: boolean;
  /** The columns that are written; undefined: all. */
  columns: readonly string[] | undefined;
}

/** Finds the rows of one reply, with their ids and times. Keeps no bytes. */
export interface RowReader {
  /** Every whole row of `bytes[0, length)`, in order. The result is valid until the next call. */
  scan(bytes: Buffer, length: number): RowOffsets;
  /**
   * CSV: the columns of the header row, none before it was read. NDJSON: the published columns and every key
   * seen so far.
   */
  columns(): readonly Column[];
  /** The header row as received, line end included; empty where there is none. */
  header(): Uint8Array;
  /** Why a row of the last scan is broken. */
  problem(row: number): RowDefect;
}

export interface RowReaderOptions {
  encoding: RowEncoding;
  /** Published columns, for their types. */
  columns: readonly Column[];
  idColumn?: string;
  timeColumn?: string;
  /** Undefined: rows are parsed only as far as id and time require. */
  check?: RowCheck;
}

export type CreateRowReader = (options: RowReaderOptions) => RowReader;
