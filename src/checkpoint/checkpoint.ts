/**
 * Checkpoint of a destination: which days it contains and how that changes. Pure rules, the same for a file,
 * a directory and a database. A day is in the checkpoint when its rows are in the destination and the day was
 * over when they were read.
 */
import type { Days } from '../contracts/dataset.ts';
import type { Checkpoint, Clock, ReadDays } from '../contracts/sink.ts';
import type { Partition, PulledWindow } from '../contracts/window.ts';
import { addDays } from '../calendar.ts';
import { normalizeDays, subtractDays } from './ranges.ts';

/** The checkpoint of an empty destination. */
export const emptyCheckpoint: Checkpoint = { ranges: [], first: undefined };

/**
 * Records that all of `days` were read today. A day that is not over is in the destination but not in the
 * ranges. @internal
 */
export function noteRead(checkpoint: Checkpoint, days: Days, { today }: Clock): Checkpoint {
  const { first } = checkpoint;
  const yesterday = addDays(today, -1);
  const read = { from: days.from, to: days.to < yesterday ? days.to : yesterday, read: today };
  const others = forgetDays(checkpoint, [days]).ranges;
  return {
    ...checkpoint,
    ranges: mergeRead([...others, ...(read.from <= read.to ? [read] : [])], () => false),
    first: first !== undefined && first < days.from ? first : days.from,
  };
}

/** Records the result of a window: its days are read, except those in `unread`, for which no reply came. */
export function noteWindow(checkpoint: Checkpoint, window: PulledWindow, clock: Clock): Checkpoint {
  const { days, partitions, unread } = window;
  if (days === undefined) return checkpoint;
  const read = forgetDays(
    noteRead(checkpoint, days, clock),
    unread.map((some) => some ?? days),
  );
  return noteColumns(read, partitions);
}

/** Records the columns of the last CSV partition, if there is one. */
function noteColumns(checkpoint: Checkpoint, partitions: readonly Partition[]): Checkpoint {
  const table = partitions.findLast(({ encoding }) => encoding === 'csv');
  return table === undefined ? checkpoint : { ...checkpoint, columns: table.columns.map(({ name }) => name) };
}

/** Removes days whose rows are lost or changed. `first` stays: those days are still wanted. */
export function forgetDays(checkpoint: Checkpoint, lost: readonly Days[]): Checkpoint {
  const ranges = checkpoint.ranges.flatMap((range) =>
    subtractDays([range], lost).map((days) => ({ ...days, read: range.read })),
  );
  return { ...checkpoint, ranges };
}

/**
 * Checks the checkpoint against the clock. Ranges that are not over yet, or that were read in the future,
 * were recorded by a clock that was ahead: when they were really read is unknown, so they are returned as
 * `doubted` and removed from the checkpoint.
 */
export function checkAgainstClock(
  checkpoint: Checkpoint,
  clock: Clock,
): { checkpoint: Checkpoint; doubted: Days[] } {
  const isAhead = ({ read, to }: ReadDays) => to >= clock.today || read > clock.today;
  const plausible = checkpoint.ranges.filter((range) => !isAhead(range));
  const isSettled = ({ read, to }: ReadDays) => read > addDays(to, clock.lagDays + 1);
  return {
    checkpoint: {
      ...checkpoint,
      ranges: mergeRead(plausible, (left, right) => isSettled(left) && isSettled(right)),
    },
    doubted: normalizeDays(checkpoint.ranges.filter(isAhead)),
  };
}

/**
 * Days that were read before all of their rows had arrived. Ranges read today are left out: another read
 * today would hardly bring more.
 */
export function unsettledDays({ ranges }: Checkpoint, { lagDays, today }: Clock): Days[] {
  return normalizeDays(
    ranges
      .filter(({ read }) => read < today)
      .map(({ from, read, to }) => ({ from: latest(from, addDays(read, -lagDays - 1)), to })),
  );
}

/** The days of all ranges, without the dates on which they were read. */
export function daysIn({ ranges }: Checkpoint): Days[] {
  return normalizeDays(ranges);
}

/** Sorts ranges, and merges adjacent ones that were read on the same day or that `mayMerge` accepts. */
function mergeRead(
  ranges: readonly ReadDays[],
  mayMerge: (left: ReadDays, right: ReadDays) => boolean,
): ReadDays[] {
  const merged: ReadDays[] = [];
  for (const range of [...ranges].sort((left, right) => (left.from < right.from ? -1 : 1))) {
    const last = merged.at(-1);
    const touches = last !== undefined && addDays(last.to, 1) === range.from;
    if (!touches || !(last.read === range.read || mayMerge(last, range))) merged.push(range);
    else merged[merged.length - 1] = { from: last.from, to: range.to, read: latest(last.read, range.read) };
  }
  return merged;
}

function latest(left: string, right: string): string {
  return left > right ? left : right;
}
