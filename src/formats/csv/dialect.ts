/** How the cells of a table are told apart and written, as data. */

/** What to do with records of more or fewer cells than there are columns; `fit` is both `pad` and `truncate`. */
export type Ragged = 'reject' | 'pad' | 'truncate' | 'fit';

export interface Dialect {
  /** One character or more. */
  delimiter: string;
  /** What stands around cells; undefined: nothing does. One byte. */
  quote: string | undefined;
  /**
   * In front of a quote, or of itself, inside quotes; in tables without quotes in front of any character, where it also
   * writes `\t`, `\n` and the like. Undefined: a quote is written twice. One byte.
   */
  escape: string | undefined;
  /** The escape stands in front of any character, inside quotes and in cells without them. */
  escapeAll: boolean;
  /** Texts of cells, not in quotes, that are as empty. */
  nulls: readonly string[];
  /** White space around cells is none of theirs. */
  trim: boolean;
  /** Lines that begin with this are no records. */
  comment: string | undefined;
  /** Lines in front of the table. */
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
