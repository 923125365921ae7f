/** Decides which days an incremental export fetches, as a pure function of what exists. */
import { addDays } from '../../calendar.ts';
import { daysIn, unsettledDays } from '../../checkpoint/checkpoint.ts';
import { intersectDays, spanOf, subtractDays, uniteDays } from '../../checkpoint/ranges.ts';
import type { Days } from '../../contracts/dataset.ts';
import type { Checkpoint, Clock } from '../../contracts/sink.ts';

export interface IncrementalRequest {
  checkpoint: Checkpoint;
  /** The days of `--from` and `--to`, or the default. */
  range: Days;
  /** Neither `--from` nor `--to` was given: the export continues, and also fills earlier gaps. */
  isOpen: boolean;
  clock: Clock;
  /** Others fetch other days: that nothing is missing any more may be their doing. */
  isPart?: boolean;
}

export type IncrementalPlan =
  | { kind: 'nothing-new' }
  /** In order. Rows of other days stay unchanged. */
  | { kind: 'fetch'; days: Days[] };

/**
 * Plans the requested days that are missing and, if there are any, also the requested days that were fetched before
 * all their rows could have arrived.
 */
export function planIncremental(spec: IncrementalRequest): IncrementalPlan {
  const { checkpoint, clock } = spec;
  const asked = askedDays(spec);
  const missing = subtractDays(asked, daysIn(checkpoint));
  const again = intersectDays(asked, unsettledDays(checkpoint, clock));
  if (missing.length === 0 && !(spec.isPart === true && again.length > 0)) return { kind: 'nothing-new' };
  // Another part may be fetching the days that follow.
  const tail = spec.isPart === true ? [] : intersectDays(asked, tailReadToday(checkpoint, missing, clock));
  return { kind: 'fetch', days: uniteDays(uniteDays(missing, again), tail) };
}

/**
 * The last days that are there, less the lag, when they were read today and later ones are missing: rows may have
 * come since. When none is missing, a run that is repeated has nothing new.
 */
function tailReadToday({ ranges }: Checkpoint, missing: readonly Days[], { today, lagDays }: Clock): Days[] {
  const last = ranges.at(-1);
  if (last?.read !== today || !missing.some(({ from }) => from > last.to)) return [];
  const from = addDays(last.to, -lagDays);
  return [{ from: from > last.from ? from : last.from, to: last.to }];
}

/**
 * An open run starts at the first day of the destination; when that has lost all its days, at the default if that
 * is earlier.
 */
function askedDays({ checkpoint, isOpen, range }: IncrementalRequest): Days[] {
  const { first } = checkpoint;
  if (!isOpen || first === undefined || first > range.to) return [range];
  const known = { from: first, to: range.to };
  if (checkpoint.ranges.length > 0) return [known];
  return [spanOf([known, range]) ?? range];
}
