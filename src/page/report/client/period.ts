/** The period that a point of a chart over days represents. */
import type { Facts } from '../../../analysis/analysis.ts';

export type Period = 'day' | 'week' | 'month' | 'year' | 'window';

const periods: Readonly<Record<string, Period>> = {
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  yearly: 'year',
  total: 'window',
};

/** Events and rollups of companies are by day; the label of an aggregate begins with its rollup. */
export function periodOf({ source, label }: Pick<Facts, 'source' | 'label'>): Period {
  return (source === 'aggregates' ? periods[label.split(' ')[0] ?? ''] : undefined) ?? 'day';
}

/** `2026-11-01`, or less of it where a point is longer than a day. */
export function periodText(day: string, period: Period): string {
  if (period === 'month') return day.slice(0, 7);
  return period === 'year' ? day.slice(0, 4) : day;
}
