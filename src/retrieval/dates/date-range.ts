/** `--from` and `--to` as people write them, read as whole UTC days. */
import type { Days } from '../../contracts/dataset.ts';
import { Failure } from '../../failure.ts';
import { addDays, dayOf } from '../../calendar.ts';
import { readDateText, DATE_EXAMPLES, type DateText } from './date-words.ts';

/** Days fetched when nobody says which. */
export const defaultDays = 31;

export interface DateRangeText {
  from?: string;
  to?: string;
  /** Days that an export without dates goes back, today not counted. */
  days?: number;
}

/**
 * The days that `--from` and `--to` mean, both inclusive, in the words of `DATE_WORDS`. A period is its first day as a
 * beginning and its last as an end; alone it is both, and one that is not over ends yesterday. With one day alone
 * the end is yesterday, or the beginning 31 days back. Throws a Failure of kind `usage`.
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

/** A period that is over ends where it ends; everything else ends yesterday, or where it begins if that is later. */
function endOf(date: DateText | undefined, today: string): string {
  const yesterday = addDays(today, -1);
  if (date === undefined) return yesterday;
  if (date.isPeriod && date.to < yesterday) return date.to;
  return date.from > yesterday ? date.from : yesterday;
}
