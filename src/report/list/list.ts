/** Lists: columns declared once, from which the table, JSON and CSV follow. */

export type ListValue = string | number | boolean | null;

/**
 * One column. `value` is what programs get, in JSON and CSV; undefined counts as null. A table shows a `time`
 * (ISO 8601) as `2 hours ago`, a `count` with thousands separators and a size of `bytes` with its unit.
 */
export interface ListColumn<Row> {
  /** As given to `--columns`; tables show it in capitals. */
  name: string;
  kind?: 'text' | 'time' | 'count' | 'bytes';
  value(row: Row): ListValue | undefined;
  /** What a table shows instead of the value. */
  shown?(row: Row): string;
  /** The fewest terminal columns that it may be cut to. Absent: it is never cut. */
  shrinksTo?: number;
  /**
   * On a narrow terminal the column with the highest number is dropped first. Absent: it is never dropped.
   */
  drops?: number;
  /** Shown only in a table that requests it. */
  isExtra?: true;
}

export interface List<Row> {
  columns: readonly ListColumn<Row>[];
  /** A row for `--output json`; absent: its columns. */
  toJson?(row: Row): unknown;
  /** Printed when there are no rows: a sentence, and what to do. */
  empty: string;
}

/** The user's choices for a list, by the names of the shared option specs. */
export interface ListSettings {
  output?: string;
  columns?: readonly string[];
  jq?: string;
  json: boolean;
}
