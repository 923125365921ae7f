/** What a list is: its columns, declared once, from which its table, its JSON and its CSV follow. */

export type ListValue = string | number | boolean | null;

/**
 * One column. `value` is what programs get, in JSON and CSV; undefined counts as null. In a table a `time` (ISO 8601)
 * stands as `2 hours ago`, a `count` with its thousands apart and a size of `bytes` with its unit.
 */
export interface ListColumn<Row> {
  /** As `--columns` says it; a table has it in capitals. */
  name: string;
  kind?: 'text' | 'time' | 'count' | 'bytes';
  value(row: Row): ListValue | undefined;
  /** What people see in place of the value. */
  shown?(row: Row): string;
  /** The fewest terminal columns that it may be cut to. Absent: it is not cut. */
  shrinksTo?: number;
  /** Left out where the terminal is narrow, the highest first. Absent: it stays. */
  drops?: number;
  /** Only in a table that asks for it. */
  isExtra?: true;
}

export interface List<Row> {
  columns: readonly ListColumn<Row>[];
  /** A row as `--output json` has it; absent: its columns. */
  toJson?(row: Row): unknown;
  /** What is said where there are no rows: a sentence, and what to do. */
  empty: string;
}

/** How a list is wanted, by the names of the shared option specs. */
export interface ListSettings {
  output?: string;
  columns?: readonly string[];
  jq?: string;
  json: boolean;
}
