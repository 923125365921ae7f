import type { Exchange } from '../../wire/exchange.ts';
import { jsonReply, Refusal } from '../../wire/reply.ts';
import { optionalDate } from '../query.ts';
import { dayOf, formatDay, parseDay, type DayNumber } from './calendar.ts';

export interface RequestedDays {
  firstDay: DayNumber;
  /** Inclusive. */
  lastDay: DayNumber;
}

export function refuseExport(status: number, code: string, message: string): Refusal {
  return new Refusal(jsonReply(status, { message, code }));
}

/**
 * The window of a v2 export, both ends inclusive (live probe, 2026-09-01). Without dates it is the month that
 * ends today; the specification of 2025 made them optional. A window over the limit is `range-too-long`.
 */
export function readWindow({ url }: Exchange, nowMs: number, maxRangeDays: number): RequestedDays {
  const start = optionalDate(url, 'start_date');
  const end = optionalDate(url, 'end_date');
  const lastDay = end === undefined ? dayOf(nowMs) : parseDay(end);
  const firstDay = start === undefined ? lastDay - 30 : parseDay(start);
  if (lastDay - firstDay + 1 > maxRangeDays) {
    throw refuseExport(400, 'range-too-long', `A range may span ${maxRangeDays} days at most.`);
  }
  return { firstDay, lastDay };
}

export function fileNameOf(what: string, { firstDay, lastDay }: RequestedDays): string {
  return `${what}-scarf-export-${formatDay(firstDay)}-${formatDay(lastDay)}.csv`;
}
