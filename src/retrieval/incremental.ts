/** Which days an incremental export fetches, given what is there already: a pure decision. */
import type { Days, Standing } from '../contracts-export.ts';
import { addDays } from './days.ts';

export interface IncrementalWish {
  standing: Standing;
  /** What `--from` and `--to` mean. */
  range: Days;
  /** Whether `--from` was given: a beginning before that of the output fetches all of it. */
  fromGiven: boolean;
  /** Days before the last one that are fetched again, for rows that came late. */
  lagDays: number;
}

export type IncrementalPlan =
  | { kind: 'nothing-new'; through: string }
  | {
      kind: 'fetch';
      days: Days;
      /** Rows up to this day stay as they are; undefined: the output is made anew. */
      keepUntil: string | undefined;
    };

/** The first time the whole range; later from the last whole day less the lag. */
export function planIncremental(wish: IncrementalWish): IncrementalPlan {
  const { fromGiven, lagDays, range, standing } = wish;
  const { from: first, through } = standing;
  if (first === undefined || through === undefined)
    return { kind: 'fetch', days: range, keepUntil: undefined };
  if (fromGiven && range.from < first) return { kind: 'fetch', days: range, keepUntil: undefined };
  if (range.to <= through) return { kind: 'nothing-new', through };
  const again = addDays(through, -lagDays);
  const from = again < first ? first : again;
  return {
    kind: 'fetch',
    days: { from, to: range.to },
    keepUntil: from > first ? addDays(from, -1) : undefined,
  };
}
