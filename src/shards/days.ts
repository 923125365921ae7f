/** Which days a part of an export has. */
import { eachDay, msPerDay, startOf } from '../calendar.ts';
import type { Days } from '../contracts/dataset.ts';
import type { Shard } from './shard.ts';

/**
 * Whether a day belongs to the part: every n-th day of the calendar. That depends neither on the range that is asked
 * for nor on what is there already, so that parts are disjoint and complete whenever each of them runs.
 */
export function isDayOf(day: string, { index, of }: Shard): boolean {
  const number = startOf(day) / msPerDay;
  // The remainder of a day before 1970 is negative.
  return ((number % of) + of) % of === index;
}

/** The days of the part, each on its own. */
export function daysOfShard(ranges: readonly Days[], shard: Shard): Days[] {
  return ranges
    .flatMap(eachDay)
    .filter((day) => isDayOf(day, shard))
    .map((day) => ({ from: day, to: day }));
}
