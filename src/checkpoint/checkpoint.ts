/**
 * What a destination has, and how that changes: pure rules, the same for a file, a directory and a database.
 * A day is in a checkpoint when its rows are there and the day was over when they were read.
 */
import type { Days } from '../contracts/dataset.ts';
import type { Checkpoint, Clock, ReadDays } from '../contracts/sink.ts';
import type { Partition, PulledWindow } from '../contracts/window.ts';
import { addDays } from '../calendar.ts';
import { normaliseDays, subtractDays } from './ranges.ts';

/** Of a destination that has nothing yet. */
export const emptyCheckpoint: Checkpoint = { ranges: [], first: undefined };

/** These days were read now, whole. A day that is not over is in the destination, but not in its ranges. @internal */
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

/** What a window brought: its days are read, but for those of which nothing was answered. */
export function noteWindow(checkpoint: Checkpoint, window: PulledWindow, clock: Clock): Checkpoint {
  const { days, partitions, unread } = window;
  if (days === undefined) return checkpoint;
  const read = forgetDays(
    noteRead(checkpoint, days, clock),
    unread.map((some) => some ?? days),
  );
  return noteColumns(read, partitions);
}

/** Also with the columns in which the rows came, where a table says them. */
function noteColumns(checkpoint: Checkpoint, partitions: readonly Partition[]): Checkpoint {
  const table = partitions.findLast(({ encoding }) => encoding === 'csv');
  return table === undefined ? checkpoint : { ...checkpoint, columns: table.columns.map(({ name }) => name) };
}

/** Without these days, whose rows are not there or not as they were. That they once were wanted stays known. */
export function forgetDays(checkpoint: Checkpoint, lost: readonly Days[]): Checkpoint {
  const ranges = checkpoint.ranges.flatMap((range) =>
    subtractDays([range], lost).map((days) => ({ ...days, read: range.read })),
  );
  return { ...checkpoint, ranges };
}

/**
 * What may be believed by this clock. Days that are not over yet, or that were read in the future, were noted
 * by a clock that was ahead: when they were really read nobody knows.
 */
export function believe(checkpoint: Checkpoint, clock: Clock): { checkpoint: Checkpoint; doubted: Days[] } {
  const isAhead = ({ read, to }: ReadDays) => to >= clock.today || read > clock.today;
  const believed = checkpoint.ranges.filter((range) => !isAhead(range));
  const isSettled = ({ read, to }: ReadDays) => read > addDays(to, clock.lagDays + 1);
  return {
    checkpoint: {
      ...checkpoint,
      ranges: mergeRead(believed, (left, right) => isSettled(left) && isSettled(right)),
    },
    doubted: normaliseDays(checkpoint.ranges.filter(isAhead)),
  };
}

/** Days that were read before all of their rows had come; those that were read today cannot have more. */
export function unsettledDays({ ranges }: Checkpoint, { lagDays, today }: Clock): Days[] {
  return normaliseDays(
    ranges
      .filter(({ read }) => read < today)
      .map(({ from, read, to }) => ({ from: latest(from, addDays(read, -lagDays - 1)), to })),
  );
}

/** The days alone. */
export function daysIn({ ranges }: Checkpoint): Days[] {
  return normaliseDays(ranges);
}

/** In order; ranges that touch are made one when they were read on one day, or may be taken as one. */
function mergeRead(
  ranges: readonly ReadDays[],
  maySpeakAsOne: (left: ReadDays, right: ReadDays) => boolean,
): ReadDays[] {
  const merged: ReadDays[] = [];
  for (const range of [...ranges].sort((left, right) => (left.from < right.from ? -1 : 1))) {
    const last = merged.at(-1);
    const touches = last !== undefined && addDays(last.to, 1) === range.from;
    if (!touches || !(last.read === range.read || maySpeakAsOne(last, range))) merged.push(range);
    else merged[merged.length - 1] = { from: last.from, to: range.to, read: latest(last.read, range.read) };
  }
  return merged;
}

function latest(left: string, right: string): string {
  return left > right ? left : right;
}
