export const DAY_MS = 86_400_000;

/** Days since 1970-01-01, in UTC. */
export type DayNumber = number;

export function dayOf(timeMs: number): DayNumber {
  return Math.floor(timeMs / DAY_MS);
}

export function parseDay(date: string): DayNumber {
  return dayOf(Date.parse(`${date}T00:00:00Z`));
}

export function formatDay(day: DayNumber): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

export type Rollup = 'total' | 'daily' | 'weekly' | 'monthly' | 'yearly';

/** The first day of the bucket that contains `day`; weeks begin on Monday. */
function bucketStart(day: DayNumber, rollup: Rollup, windowStart: DayNumber): DayNumber {
  const date = new Date(day * DAY_MS);
  switch (rollup) {
    case 'total':
      return windowStart;
    case 'daily':
      return day;
    case 'weekly':
      return day - ((date.getUTCDay() + 6) % 7);
    case 'monthly':
      return dayOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1));
    case 'yearly':
      return dayOf(Date.UTC(date.getUTCFullYear(), 0, 1));
  }
}

/** The buckets of the days from `start` (inclusive) to `end` (exclusive). */
export function bucketsOf(start: DayNumber, end: DayNumber, rollup: Rollup): DayNumber[] {
  const buckets = new Set<DayNumber>();
  for (let day = start; day < end; day += 1) buckets.add(bucketStart(day, rollup, start));
  return [...buckets];
}
