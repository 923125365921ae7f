/** Plans which days are fetched, in which windows. */
import { dayOf, msPerDay } from '../../../calendar.ts';
import { spanOf, uniteDays } from '../../../checkpoint/ranges.ts';
import type { Dataset, Days } from '../../../contracts/dataset.ts';
import type { Clock, OpenedSink } from '../../../contracts/sink.ts';
import { readDateRange } from '../../../retrieval/dates/date-range.ts';
import { planIncremental } from '../../../retrieval/dates/incremental.ts';
import type { FetchedRange } from '../../../retrieval/retrieval.ts';
import { planWindows } from '../../../retrieval/dates/windows.ts';
import { daysOfShard } from '../../../shards/days.ts';
import type { Shard } from '../../../shards/shard.ts';
import type { ExportSettings } from '../../options/export.ts';

export interface FetchPlan {
  /** From the first day that is fetched or was requested to the last. */
  days: Days | undefined;
  /** Empty when there is nothing to do. */
  ranges: readonly FetchedRange[];
}

export interface FetchPlanOptions {
  settings: ExportSettings;
  dataset: Dataset;
  opened: OpenedSink;
  clock: Clock;
  nowMs: number;
  /** Only these days are fetched. */
  shard?: Shard | undefined;
}

/** The clock by which this run judges and records days. */
export function clockOf({ lag }: ExportSettings, nowMs: number): Clock {
  return { today: dayOf(nowMs), lagDays: Math.ceil((lag ?? 0) / msPerDay) };
}

/** Decides what to fetch. Throws a Failure `usage` for invalid dates. */
export function planFetch({ clock, dataset, nowMs, opened, settings, shard }: FetchPlanOptions): FetchPlan {
  const rules = dataset.windows;
  if (rules === undefined) return { days: undefined, ranges: [{ days: undefined, windows: [undefined] }] };
  const { backfillDays, from, to } = settings;
  const text = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(backfillDays === undefined ? {} : { days: backfillDays }),
  };
  const range = readDateRange(text, nowMs);
  const asRange = (days: Days) => ({ days, windows: planWindows(days, rules) });
  const ours = (ranges: readonly Days[]) => (shard === undefined ? ranges : daysOfShard(ranges, shard));
  if (settings.incremental !== true) return { days: range, ranges: ours([range]).map(asRange) };
  const { checkpoint, lost } = opened;
  const isOpen = from === undefined && to === undefined;
  const plan = planIncremental({ checkpoint, range, isOpen, clock, isPart: shard !== undefined });
  const fetched = uniteDays(plan.kind === 'fetch' ? plan.days : [], lost);
  return { days: spanOf(fetched) ?? range, ranges: ours(fetched).map(asRange) };
}

/** More than the days of a year; in windows of a month more than 33 years. */
const manyRequests = 400;

/**
 * What a slip such as `--from 99999d` would cost; undefined for what somebody may mean. `requests`: at least so many.
 * Calls may be billed as runs (billing-and-pricing.md, 2026-07-01).
 */
export function costNotice(
  days: Days | undefined,
  requests: number,
): { code: string; message: string } | undefined {
  if (days === undefined || requests <= manyRequests) return undefined;
  return {
    code: 'many-requests',
    message: `${days.from} to ${days.to} takes ${requests} requests or more, each of which Scarf may bill as a run`,
  };
}
