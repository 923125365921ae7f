export interface ScarfExportOptions {
  /** Picks the data: one seed, one history, whatever is asked and when. */
  seed?: number;
  /** Distinct events of each day, for packages and again for pixels. */
  eventsPerDay?: number;
  /** Share of events that come twice in one file: exports are at-least-once (Scarf docs, 2026-01-28). */
  duplicateShare?: number;
  /** Share of events that show only `lateDays` after their day has ended. */
  lateShare?: number;
  lateDays?: number;
  /** Share of attributed events whose company shows only `lateCompanyDays` after their day has ended. */
  lateCompanyShare?: number;
  lateCompanyDays?: number;
  /** Share of events whose cells hold quotes, commas, newlines and letters beyond ASCII. */
  oddShare?: number;
  /** Days a v2 export may span; the limit behind `range-too-long` is not published. */
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
