/** How companies went from stage to stage, by the days on which their stages began. */
import type { Company } from '../../../analysis/analysis.ts';
import type { Filters } from './filters.ts';

/** A stage that began. */
export interface Move {
  /** The stage before; undefined for the first that is known. */
  from: string | undefined;
  to: string;
  day: string;
}

/** In order of days; stages that began on one day are in the order in which companies go through them. */
export function movesOf({ stageStarts }: Pick<Company, 'stageStarts'>): Move[] {
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
