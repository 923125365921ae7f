/** On which days the events happened that a vendor accepted. */
import { dayOf, msPerDay } from '../../calendar.ts';
import { NO_DAY, type Settled } from '../../records.ts';
import { addDays, NO_TIME } from '../ledger/history.ts';
import type { Settling } from './settling.ts';

/**
 * The accepted events of a chunk by day. Nothing where days are not counted, or where it cannot be told which of the
 * events were accepted: some are unknown, or the vendor does not say which it refused.
 */
export function acceptedDays(
  { days, rows, rejected }: Pick<Settling, 'days' | 'rows' | 'rejected'>,
  answer: Pick<Settled, 'unknown' | 'rejected'>,
): { days?: Record<string, number> } {
  if (rows === 0 && rejected > 0) return { days: {} };
  if (days === undefined || answer.unknown > 0) return {};
  const counts = new Map<number, number>();
  for (const block of days) for (const day of block) counts.set(day, (counts.get(day) ?? 0) + 1);
  const dayAt = lookUp(days);
  for (let index = 0; index < answer.rejected.length; index++) {
    const row = answer.rejected.at(index)?.row;
    const day = row === undefined ? undefined : dayAt(row);
    if (day === undefined) return {};
    counts.set(day, (counts.get(day) ?? 0) - 1);
  }
  const found = [...counts].filter(([, events]) => events > 0).sort(([one], [other]) => one - other);
  const named = found.map(([day, events]) => [day === NO_DAY ? NO_TIME : dayOf(day * msPerDay), events]);
  const kept: Record<string, number> = {};
  addDays(kept, Object.fromEntries(named) as Record<string, number>);
  return { days: kept };
}

/** The day of an event by its index in the chunk; asked in ascending order. */
function lookUp(days: readonly Int32Array[]): (event: number) => number | undefined {
  let block = 0;
  let before = 0;
  return (event) => {
    for (; block < days.length && event >= before + days[block]!.length; block++)
      before += days[block]!.length;
    return days[block]?.[event - before];
  };
}
