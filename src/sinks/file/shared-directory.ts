/**
 * A directory of which several processes write different days (`--shard`). Each keeps a state of its own; all of them,
 * and that of an export that is not divided, are read as one.
 */
import { normalizeDays } from '../../checkpoint/ranges.ts';
import type { Days } from '../../contracts/dataset.ts';
import type { OutputPlace } from '../../contracts/place.ts';
import type { Checkpoint, ReadDays } from '../../contracts/sink.ts';
import { eachDay } from '../../calendar.ts';
import { below } from './names.ts';
import { readState, requireIdentity, type ExportState } from './state-file.ts';

/** The part of a directory that this process writes. */
export interface DirectoryPart {
  index: number;
  of: number;
  /** Whether the day belongs to it. */
  has: (day: string) => boolean;
}

/**
 * The states that others left in the directory, whatever the number of their parts. `own`: the name of this process's
 * own state. Throws a Failure `usage` when one is of an export with another identity.
 */
export async function readOtherStates(
  directory: string,
  { place, dataset, own, identity }: OtherStates,
): Promise<ExportState[]> {
  const states: ExportState[] = [];
  for (const name of await place.namesIn(directory, `.${dataset}.scarf-cli`)) {
    if (name === own || !isStateOf(name, dataset)) continue;
    const path = below(directory, name);
    const found = await place.readText(path);
    if (found === undefined) continue;
    const state = readState(path, found.text);
    requireIdentity(path, state, identity);
    states.push(state);
  }
  return states;
}

interface OtherStates {
  place: OutputPlace;
  dataset: string;
  own: string;
  identity: ExportState['identity'];
}

function isStateOf(name: string, dataset: string): boolean {
  const begin = `.${dataset}.scarf-cli`;
  return name.startsWith(begin) && /^(\.\d+-of-\d+)?\.json$/.test(name.slice(begin.length));
}

/**
 * What all of them have. Of a day that several know, the latest reading counts: each was held against the file that is
 * there now.
 */
export function uniteCheckpoints(checkpoints: readonly Checkpoint[]): Checkpoint {
  const read = new Map<string, string>();
  for (const range of checkpoints.flatMap(({ ranges }) => ranges)) {
    for (const day of eachDay(range)) {
      const known = read.get(day);
      if (known === undefined || known < range.read) read.set(day, range.read);
    }
  }
  const firsts = checkpoints.flatMap(({ first }) => first ?? []).sort();
  const columns = checkpoints.findLast(({ columns: some }) => some !== undefined)?.columns;
  return { ranges: rangesOf(read), first: firsts[0], ...(columns === undefined ? {} : { columns }) };
}

/** A checkpoint without the days of others. */
export function ofPart(checkpoint: Checkpoint, { has }: DirectoryPart): Checkpoint {
  const own = checkpoint.ranges.flatMap(({ read, ...days }) =>
    eachDay(days).flatMap((day) => (has(day) ? [[day, read] as const] : [])),
  );
  return { ...checkpoint, ranges: rangesOf(new Map(own)) };
}

/** The days that the part has, or, with `others`, those that it has not. */
export function daysOfPart(ranges: readonly Days[], part: DirectoryPart, others = false): Days[] {
  const days = ranges.flatMap(eachDay).filter((day) => part.has(day) !== others);
  return normalizeDays(days.map((day) => ({ from: day, to: day })));
}

function rangesOf(read: ReadonlyMap<string, string>): ReadDays[] {
  const byReading = new Map<string, Days[]>();
  for (const [day, when] of read) {
    const days = byReading.get(when) ?? [];
    days.push({ from: day, to: day });
    byReading.set(when, days);
  }
  return [...byReading]
    .flatMap(([when, days]) => normalizeDays(days).map((range) => ({ ...range, read: when })))
    .sort((one, other) => (one.from < other.from ? -1 : 1));
}
