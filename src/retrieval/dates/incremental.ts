/** Which days an incremental export fetches, given what is there already: a pure decision. */
import { daysIn, unsettledDays } from '../../checkpoint/checkpoint.ts';
import { intersectDays, spanOf, subtractDays, uniteDays } from '../../checkpoint/ranges.ts';
import type { Days } from '../../contracts/dataset.ts';
import type { Checkpoint, Clock } from '../../contracts/sink.ts';

export interface IncrementalRequest {
  checkpoint: Checkpoint;
  /** What `--from` and `--to` mean, or the default. */
  range: Days;
  /** Neither `--from` nor `--to` was given: the export goes on, and fills what is missing before. */
  isOpen: boolean;
  clock: Clock;
}

export type IncrementalPlan =
  | { kind: 'nothing-new' }
  /** In order. Rows of other days stay as they are. */
  | { kind: 'fetch'; days: Days[] };

/**
 * What is asked for and not there, and then also the days of it that were read before all of their rows had come.
 */
export function planIncremental(spec: IncrementalRequest): IncrementalPlan {
  const { checkpoint, clock } = spec;
  const asked = askedDays(spec);
  const missing = subtractDays(asked, daysIn(checkpoint));
  if (missing.length === 0) return { kind: 'nothing-new' };
  const again = intersectDays(asked, unsettledDays(checkpoint, clock));
  return { kind: 'fetch', days: uniteDays(missing, again) };
}

/** An open run begins where the destination does; one that has lost everything, at the default if that is earlier. */
function askedDays({ checkpoint, isOpen, range }: IncrementalRequest): Days[] {
  const { first } = checkpoint;
  if (!isOpen || first === undefined || first > range.to) return [range];
  const known = { from: first, to: range.to };
  if (checkpoint.ranges.length > 0) return [known];
  return [spanOf([known, range]) ?? range];
}
