export interface ScarfExportOptions {
  /** The same seed gives the same history. */
  seed?: number;
  /** Distinct events per day, for packages and again for pixels. */
  eventsPerDay?: number;
  /** Share of events that appear twice in one file: exports are at-least-once (Scarf docs, 2026-01-28). */
  duplicateShare?: number;
  /** Share of events that appear only `lateDays` after their day has ended. */
  lateShare?: number;
  lateDays?: number;
  /** Share of attributed events whose company appears only `lateCompanyDays` after their day has ended. */
  lateCompanyShare?: number;
  lateCompanyDays?: number;
  /** Share of events whose cells contain quotes, commas, newlines and non-ASCII letters. */
  oddShare?: number;
  /** The maximum number of days in a v2 export; the limit behind `range-too-long` is not published. */
  maxRangeDays?: number;
}

export type ScarfExportSettings = Required<ScarfExportOptions>;

export function resolveExportOptions(options: ScarfExportOptions): ScarfExportSettings {
  return {
    seed: 1,
    eventsPerDay: 1000,
    duplicateShare: 0.02,
    lateShare: 0,
    lateDays: 2,
    lateCompanyShare: 0,
    lateCompanyDays: 14,
    oddShare: 0.05,
    maxRangeDays: 366,
    ...options,
  };
}
