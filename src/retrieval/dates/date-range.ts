/** Reads `--from` and `--to` as whole UTC days. */
import type { Days } from '../../contracts/dataset.ts';
import { Failure } from '../../failure.ts';
import { addDays, dayOf } from '../../calendar.ts';
import { readDateText, DATE_EXAMPLES, type DateText } from './date-words.ts';

/** How many days an export fetches by default. */
export const defaultDays = 31;

export interface DateRangeText {
  from?: string;
  to?: string;
  /** How many days an export without dates covers, ending yesterday. */
  days?: number;
}

/**
 * The days between `--from` and `--to`, both inclusive, as described by `DATE_WORDS`. A period given as `--from`
 * means its first day, as `--to` its last; given alone it means all of it, and ends yesterday if it is not over.
 * With only a single day as `--from` the range ends yesterday; with only one as `--to` it starts `days` (31 by
 * default) back. Throws a Failure `usage`.
 */
export function readDateRange(text: DateRangeText, nowMs: number): Days {
  const today = dayOf(nowMs);
  const first = text.from === undefined ? undefined : readDate('--from', text.from, today);
  const last = text.to === undefined ? undefined : readDate('--to', text.to, today);
  const to = last === undefined ? endOf(first, today) : last.isPeriod ? endOf(last, today) : last.to;
  const from = first?.from ?? (last?.isPeriod === true ? last.from : undefined);
  const range = { from: from ?? addDays(to, 1 - (text.days ?? defaultDays)), to };
  if (range.from > to) {
    throw new Failure('usage', `the range ends before it starts: ${range.from} to ${to}`, {
      hint: 'both --from and --to are inclusive UTC days',
    });
  }
  return range;
}

function readDate(flag: string, text: string, today: string): DateText {
  const date = readDateText(text, today);
  if (date !== undefined) return date;
  throw new Failure('usage', `${flag}: "${text}" is not a date`, { hint: `write ${DATE_EXAMPLES}` });
}

/** A past period ends on its last day; everything else ends yesterday, or on its first day if that is later. */
function endOf(date: DateText | undefined, today: string): string {
  const yesterday = addDays(today, -1);
  if (date === undefined) return yesterday;
  if (date.isPeriod && date.to < yesterday) return date.to;
  return date.from > yesterday ? date.from : yesterday;
}
