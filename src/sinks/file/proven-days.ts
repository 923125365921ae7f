/**
 * Deduces complete days from an output itself, where its state is missing or is one of version 0.1, which
 * recorded no gaps.
 */
import { addDays, dayOf, eachDay } from '../../calendar.ts';
import { normalizeDays } from '../../checkpoint/ranges.ts';
import type { Days } from '../../contracts/dataset.ts';
import type { OutputPlace } from '../../contracts/place.ts';
import type { Checkpoint, Clock, ReadDays } from '../../contracts/sink.ts';
import type { Machine } from '../../machine.ts';

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
  return { ranges: readAtTheirEnd(normalizeDays(days.filter(isProven).map(single))), first };
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

/** A day whose file shows that it was whole, with the day on which it was read. */
export interface ProvenDay {
  day: string;
  read: string;
  bytes: number;
}

/**
 * Days of a directory that version 0.1 wrote. Each day's file was complete unless its day was not over, which its
 * modification time tells.
 */
export async function provenByTimes(
  covered: Days,
  { clock, machine, place, pathOf }: ProvenByTimesOptions,
): Promise<ProvenDay[]> {
  const proven: ProvenDay[] = [];
  const to = covered.to < clock.today ? covered.to : clock.today;
  for (const day of eachDay({ from: covered.from, to })) {
    const file = await place.look(pathOf(day));
    if (file === undefined || file.changedMs > machine.now()) continue;
    const read = dayOf(file.changedMs);
    if (read > day) proven.push({ day, read, bytes: file.bytes });
  }
  return proven;
}

export interface ProvenByTimesOptions {
  clock: Pick<Clock, 'today'>;
  machine: Pick<Machine, 'now'>;
  place: Pick<OutputPlace, 'look'>;
  pathOf: (day: string) => string;
}
