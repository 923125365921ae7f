/** What an analysis of exports finds: plain data, small whatever it was made from. */

/** Kinds of exports; `rollup` is `companies --by`. */
export type ExportKind = 'events' | 'companies' | 'aggregates' | 'rollup';

/** Further values of an event, besides day, artifact, country and company. */
export const BREAKDOWNS = ['type', 'version', 'client', 'platform', 'referer', 'confidence'] as const;
export type BreakdownName = (typeof BREAKDOWNS)[number];

/**
 * Texts by number: 0 for rows without a value, 1 for all texts without a number of their own ("(other)"), and 2 for
 * `values[0]`. Counts of numbered texts are complete.
 */
export interface Values {
  values: readonly string[];
}

/** Rows of equal day, artifact, country and company, as columns: index 0 of each list is cell 0. */
export interface Cells {
  /** Index in `days`. */
  day: readonly number[];
  artifact: readonly number[];
  country: readonly number[];
  company: readonly number[];
  /** Rows of events, or the sum of totals. */
  count: readonly number[];
  /** Origins that came on this day for the first time, each at the first row it had that day. Absent: unknown. */
  newOrigins?: readonly number[];
  /** Origins that came on this day and on an earlier one. */
  returningOrigins?: readonly number[];
}

/** The rows of cells by one more value. Entries are in order of cells; their counts add up to those of the cells that have any. */
export interface Breakdown extends Values {
  name: BreakdownName;
  cell: readonly number[];
  value: readonly number[];
  count: readonly number[];
}

/** Rows that can be counted together. */
export interface Facts {
  /** `events`: rows are events. `aggregates`, `rollup`: sums that Scarf made. */
  source: 'events' | 'aggregates' | 'rollup';
  /** What was summed: `daily by-country`. Empty for events. */
  label: string;
  /** In order, as `2026-11-01`. Only days that have rows. */
  days: readonly string[];
  artifacts: Values;
  countries: Values;
  /** By name; `domains` has the web domain of each, or an empty text. */
  companies: Values & { domains: readonly string[] };
  cells: Cells;
  breakdowns: readonly Breakdown[];
}

/** A company from `export companies` or `export scores`. Texts are unchanged, empty where unknown. */
export interface Company {
  name: string;
  domain: string;
  stage: string;
  events: number | undefined;
  downloads: number | undefined;
  views: number | undefined;
  firstSeen: string;
  lastSeen: string;
  country: string;
  industry: string;
  size: string;
  score: number | undefined;
  /** The day on which each stage began, by stage; only those that are known. */
  stageStarts: Readonly<Record<string, string>>;
}

/** What was read, and what is wrong with it. Counts are rows. */
export interface Quality {
  files: number;
  bytes: number;
  rows: number;
  /** Rows per export, as far as it could be identified. */
  rowsOf: Readonly<Record<ExportKind, number>>;
  /** Rows of events that were counted. */
  events: number;
  /** Rows that repeat an id, left out. */
  duplicates: number;
  withoutCompany: number;
  /** Events without an artifact: neither package nor pixel. */
  withoutArtifact: number;
  withoutId: number;
  /** Rows without a time that can be read; they are in no chart. */
  withoutTime: number;
  /** Company data was withheld by the vendor, because a quota was exceeded. */
  withheld: number;
  /** Rows that cannot be read, left out. */
  unreadable: number;
  /** Days between the first and the last that have no events. */
  missingDays: MissingDays;
  /** Names of dimensions with too many values to distinguish. */
  folded: readonly string[];
  /** More ids than were kept: duplicates may have been counted. */
  idsForgotten: boolean;
  /** More origins than were kept: new and returning origins are unknown. */
  originsForgotten: boolean;
}

/** Days without events. */
export interface MissingDays {
  count: number;
  /** In order; the first few hundred where there are more. */
  ranges: readonly { from: string; to: string }[];
}

/** What was found. */
export interface Analysis {
  facts: readonly Facts[];
  /** By events, the most first. */
  companies: readonly Company[];
  /** Companies that were left out, because there are too many. */
  companiesLeftOut: number;
  quality: Quality;
}
