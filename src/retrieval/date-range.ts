/** `--from` and `--to` as people write them, read as whole UTC days. */
import type { Days } from '../contracts-export.ts';
import { Failure } from '../failure.ts';
import { addDays, dayOf, isDay } from '../checkpoint/days.ts';

/** Days fetched when nobody says which. */
export const defaultDays = 31;

export interface DateRangeText {
  from?: string;
  to?: string;
  /** Days that an export without dates goes back, today not counted. */
  days?: number;
}

/**
 * The days that `--from` and `--to` mean, both inclusive. Read: `2026-11-01`, `2026-11` and `2026` (their
 * first day as a beginning, their last as an end), `today`, `yesterday`, `7d` (so many days that end
 * yesterday). One of them alone: a month or a year is both ends; else the end is yesterday and the
 * beginning 31 days back. Throws a Failure of kind `usage`.
 */
export function readDateRange(text: DateRangeText, nowMs: number): Days {
  const today = dayOf(nowMs);
  const first = text.from === undefined ? undefined : readDate('--from', text.from, today);
  const last = text.to === undefined ? undefined : readDate('--to', text.to, today);
  const to = last?.to ?? (first === undefined ? addDays(today, -1) : endWithout(first, today));
  const from = first?.from ?? last?.whole ?? addDays(to, 1 - (text.days ?? defaultDays));
  if (from > to) {
    throw new Failure('usage', `the range ends before it begins: ${from} to ${to}`, {
      hint: 'both --from and --to are inclusive UTC days',
    });
  }
  return { from, to };
}

interface DateText extends Days {
  /** The first day, where the text itself names a whole range. */
  whole: string | undefined;
}

function readDate(flag: string, text: string, today: string): DateText {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === 'today') return single(today);
  if (trimmed === 'yesterday') return single(addDays(today, -1));
  if (isDay(trimmed)) return single(trimmed);
  if (/^\d{4}-\d\d$/.test(trimmed) && isDay(`${trimmed}-01`)) return wholeMonths(`${trimmed}-01`, 1);
  if (/^\d{4}$/.test(trimmed) && isDay(`${trimmed}-01-01`)) return wholeMonths(`${trimmed}-01-01`, 12);
  const back = /^([1-9]\d{0,4})d$/.exec(trimmed);
  if (back) return single(addDays(today, -Number(back[1])));
  throw new Failure('usage', `${flag}: "${text}" is not a date`, {
    hint: 'write 2026-11-01, 2026-11, today, yesterday or 7d (seven days ago)',
  });
}

function single(day: string): DateText {
  return { from: day, to: day, whole: undefined };
}

function wholeMonths(first: string, months: number): DateText {
  const year = Number(first.slice(0, 4));
  const month = Number(first.slice(5, 7));
  const last = dayOf(Date.UTC(year, month - 1 + months, 0));
  return { from: first, to: last, whole: first };
}

/** A month or a year that is over ends where it ends; everything else ends yesterday. */
function endWithout(first: DateText, today: string): string {
  const yesterday = addDays(today, -1);
  if (first.whole !== undefined) return first.to < yesterday ? first.to : latest(first.from, yesterday);
  return latest(first.from, yesterday);
}

function latest(left: string, right: string): string {
  return left > right ? left : right;
}
