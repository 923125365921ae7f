/** Stage changes of companies, derived from the days on which stages began. */
import type { Company } from '../../../analysis/analysis.ts';
import type { Filters } from './filters.ts';

/** The beginning of a stage. */
export interface StageChange {
  /** The previous stage; undefined for the first known one. */
  from: string | undefined;
  to: string;
  day: string;
}

/** Ordered by day; stages that began on the same day keep their order in `stageStarts`. */
export function stageChangesOf({ stageStarts }: Pick<Company, 'stageStarts'>): StageChange[] {
  const starts = Object.entries(stageStarts).sort(([, one], [, two]) => (one < two ? -1 : one > two ? 1 : 0));
  return starts.map(([to, day], index) => ({ from: starts[index - 1]?.[0], to, day }));
}

/** An empty text is no restriction. */
export function isWithin(day: string, { from, to }: Pick<Filters, 'from' | 'to'>): boolean {
  return day >= from && (to === '' || day <= to);
}

/** `2026-11` */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}
