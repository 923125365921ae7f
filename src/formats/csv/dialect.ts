/** How the cells of a table are separated and written, as data. */

/** What to do with records that have more or fewer cells than columns. */
export type Ragged = 'reject' | 'pad' | 'truncate' | 'fit';

export interface Dialect {
  /** One or more characters. */
  delimiter: string;
  /** The quote around cells, one byte; undefined when there is none. */
  quote: string | undefined;
  /**
   * The escape character, one byte: inside quotes before a quote or itself; in tables without quotes before
   * any character, where it also introduces letters for control characters, such as `t` for a tab. Undefined:
   * quotes are doubled.
   */
  escape: string | undefined;
  /** The escape may precede any character, inside quotes and in unquoted cells. */
  escapeAll: boolean;
  /** Unquoted texts that mean null: left out with `--empty omit`, otherwise null. */
  nulls: readonly string[];
  /** Whether white space around cells is removed. */
  trim: boolean;
  /** Lines that begin with this are skipped. */
  comment: string | undefined;
  /** How many lines before the table are skipped. */
  skipLines: number;
  ragged: Ragged;
}

/** RFC 4180. */
export const CSV_DIALECT: Dialect = {
  delimiter: ',',
  quote: '"',
  escape: undefined,
  escapeAll: false,
  nulls: [],
  trim: false,
  comment: undefined,
  skipLines: 0,
  ragged: 'reject',
};

/** "A TSV file has no quotes" (IANA, text/tab-separated-values). */
export const TSV_DIALECT: Dialect = { ...CSV_DIALECT, delimiter: '\t', quote: undefined };
