/** Notations for days and periods: one table from which parsing, help and documentation follow. */
import type { Days } from '../../contracts/dataset.ts';
import { addDays, daysSinceMonday, isDay, monthsFrom } from '../../calendar.ts';

/** The days that a text denotes, in UTC. */
export interface DateText extends Days {
  /** It denotes a period, not a single day. */
  isPeriod: boolean;
}

interface DateWord {
  /** Shown in help. */
  examples: readonly string[];
  meaning: string;
  pattern: RegExp;
  /** Undefined when the date does not exist. `parts`: groups matched by the pattern. */
  read: (parts: readonly string[], today: string) => DateText | undefined;
}

/** Weeks start on Monday (ISO 8601); all days are UTC. @internal */
export const DATE_WORDS: readonly DateWord[] = [
  {
    examples: ['2026-11-01'],
    meaning: 'that day',
    pattern: /^(\d{4}-\d\d-\d\d)$/,
    read: ([day = '']) => (isDay(day) ? oneDay(day) : undefined),
  },
  {
    examples: ['2026-11'],
    meaning: 'that month',
    pattern: /^(\d{4})-(\d\d)$/,
    read: ([year, month]) =>
      isDay(`${year}-${month}-01`) ? months(Number(year), Number(month), 1) : undefined,
  },
  {
    examples: ['2026-Q3'],
    meaning: 'that quarter',
    pattern: /^(\d{4})-q([1-4])$/,
    read: ([year, quarter]) => months(Number(year), Number(quarter) * 3 - 2, 3),
  },
  {
    examples: ['2026'],
    meaning: 'that year',
    pattern: /^(\d{4})$/,
    read: ([year]) => (isDay(`${year}-01-01`) ? months(Number(year), 1, 12) : undefined),
  },
  {
    examples: ['today', 'yesterday'],
    meaning: 'that day',
    pattern: /^(today|yesterday)$/,
    read: ([word], today) => oneDay(addDays(today, word === 'today' ? 0 : -1)),
  },
  {
    examples: ['7d'],
    meaning: 'the day that many days ago',
    pattern: /^([1-9]\d{0,4})d$/,
    read: ([days], today) => oneDay(addDays(today, -Number(days))),
  },
  {
    examples: ['this-week', 'last-week'],
    meaning: 'from Monday to Sunday',
    pattern: /^(this|last)-week$/,
    read: ([which], today) => {
      const monday = addDays(today, -daysSinceMonday(today) - (which === 'last' ? 7 : 0));
      return { from: monday, to: addDays(monday, 6), isPeriod: true };
    },
  },
  {
    examples: ['this-month', 'last-month'],
    meaning: 'the whole month',
    pattern: /^(this|last)-month$/,
    read: ([which], today) => monthsAround(today, 1, which),
  },
  {
    examples: ['this-quarter', 'last-quarter'],
    meaning: 'the whole quarter',
    pattern: /^(this|last)-quarter$/,
    read: ([which], today) => monthsAround(today, 3, which),
  },
  {
    examples: ['this-year', 'last-year'],
    meaning: 'the whole year',
    pattern: /^(this|last)-year$/,
    read: ([which], today) => monthsAround(today, 12, which),
  },
];

/** One example of each notation, for help and messages. */
export const DATE_EXAMPLES = DATE_WORDS.map(({ examples }) => examples.at(-1)).join(', ');

/**
 * Parses a date; undefined when no notation matches. Ignores letter case and surrounding blanks. `today`: the
 * current UTC day.
 */
export function readDateText(text: string, today: string): DateText | undefined {
  const written = text.trim().toLowerCase();
  for (const { pattern, read } of DATE_WORDS) {
    const match = pattern.exec(written);
    if (match) return read(match.slice(1), today);
  }
  return undefined;
}

function oneDay(day: string): DateText {
  return { from: day, to: day, isPeriod: false };
}

/** `count` months from the start of `month`, which counts from 1 and may lie outside the year. */
function months(year: number, month: number, count: number): DateText {
  return { ...monthsFrom(year, month, count), isPeriod: true };
}

/** The period of `count` months that contains today, or the one before it. */
function monthsAround(today: string, count: number, which: string | undefined): DateText {
  const month = Number(today.slice(5, 7)) - 1;
  const first = month - (month % count) - (which === 'last' ? count : 0);
  return months(Number(today.slice(0, 4)), first + 1, count);
}
