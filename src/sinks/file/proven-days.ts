/**
 * Deduces complete days from an output itself, where its state is missing or is one of version 0.1, which
 * recorded no gaps.
 */
import { addDays } from '../../calendar.ts';
import { normaliseDays } from '../../checkpoint/ranges.ts';
import type { Days } from '../../contracts/dataset.ts';
import type { Checkpoint, ReadDays } from '../../contracts/sink.ts';

/**
 * Judges by the days that have rows. Without a state no day is known to be complete; with one, those with
 * rows that it covers are. When the state ends today or later, days from the newest row's on do not count.
 */
export function provenByRows(
  covered: Days | undefined,
  rowDays: readonly string[],
  today: string,
): Checkpoint {
  const days = rowDays.filter((day) => day < today).sort();
  const first = earliest(covered?.from, days[0]);
  if (covered === undefined) return { ranges: [], first };
  const newest = days.at(-1) ?? '';
  const isProven = (day: string) =>
    day >= covered.from && day <= covered.to && (covered.to < today || day < newest);
  return { ranges: readAtTheirEnd(normaliseDays(days.filter(isProven).map(single))), first };
}

/** Ranges with the least possible read date: the day after each range ends. */
export function readAtTheirEnd(ranges: readonly Days[]): ReadDays[] {
  return ranges.map(({ from, to }) => ({ from, to, read: addDays(to, 1) }));
}

function single(day: string): Days {
  return { from: day, to: day };
}

function earliest(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return left < right ? left : right;
}
