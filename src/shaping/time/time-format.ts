/** Times in a format that the user describes with `strptime` directives. */
import { dateNumberOf, daysSinceEpoch } from '../../calendar.ts';
import { Failure } from '../../failure.ts';
import { minutesAhead, MONTH_NAME, monthNamed, WEEKDAY_NAME, weekdayNamed, ZONE_PATTERN } from './names.ts';
import type { WallTime } from './wall-time.ts';

/** Reads a text; undefined when it is not in the format. */
export type TimeFormat = (text: string) => WallTime | { epochSeconds: number; fraction: string } | undefined;

/** A directive: its regular expression source, with the group it is read by, and its meaning for help. */
interface Directive {
  pattern: string;
  meaning: string;
}

/** By letter. Letters that stand for others are in `SHORTHANDS`. */
export const DIRECTIVES: Readonly<Record<string, Directive>> = {
  Y: { pattern: String.raw`(?<year>\d{4})`, meaning: 'year, four digits' },
  y: { pattern: String.raw`(?<shortYear>\d\d)`, meaning: 'year, two digits: 69 to 99 are 19xx' },
  m: { pattern: String.raw`(?<month>\d{1,2})`, meaning: 'month, 1 to 12' },
  b: {
    pattern: `(?<monthName>${MONTH_NAME})`,
    meaning: 'month by its English name, short or long (also %B, %h)',
  },
  d: { pattern: String.raw` ?(?<day>\d{1,2})`, meaning: 'day, 1 to 31 (also %e)' },
  j: { pattern: String.raw`(?<dayOfYear>\d{3})`, meaning: 'day of the year, 001 to 366' },
  a: {
    pattern: `(?<weekday>${WEEKDAY_NAME})`,
    meaning: 'weekday by its English name, the right one (also %A)',
  },
  H: { pattern: String.raw` ?(?<hour>\d{1,2})`, meaning: 'hour, 0 to 23 (also %k)' },
  I: { pattern: String.raw` ?(?<hour12>\d{1,2})`, meaning: 'hour, 1 to 12, with %p (also %l)' },
  p: { pattern: String.raw`(?<half>[AaPp]\.?[Mm]\.?)`, meaning: 'AM or PM' },
  M: { pattern: String.raw`(?<minute>\d{1,2})`, meaning: 'minute' },
  S: { pattern: String.raw`(?<second>\d{1,2})`, meaning: 'second' },
  f: { pattern: String.raw`(?<fraction>\d{1,9})`, meaning: 'decimal digits of the second (also %L, %N)' },
  s: { pattern: String.raw`(?<epoch>\d+)`, meaning: 'seconds since the epoch' },
  z: { pattern: `(?<zone>${ZONE_PATTERN})`, meaning: 'zone: +0200, +02:00, Z, GMT (also %Z)' },
};

/** Letters that stand for other directives. */
export const SHORTHANDS: Readonly<Record<string, string>> = {
  B: '%b',
  h: '%b',
  e: '%d',
  A: '%a',
  k: '%H',
  l: '%I',
  L: '%f',
  N: '%f',
  Z: '%z',
  T: '%H:%M:%S',
  R: '%H:%M',
  F: '%Y-%m-%d',
  D: '%m/%d/%y',
  r: '%I:%M:%S %p',
  c: '%a %b %d %H:%M:%S %Y',
};

/**
 * Compiles a format, or several separated by `%|`, of which the first that fits is used. Throws a Failure
 * `usage` for an invalid format, and for one that does not determine a day.
 */
export function createTimeFormat(formats: string): TimeFormat {
  const readers = formats.split(OR).map(createOneFormat);
  return (text) => {
    for (const read of readers) {
      const time = read(text);
      if (time !== undefined) return time;
    }
    return undefined;
  };
}

/** `%%|` is a percent sign and a bar, not a separator. */
const OR = /(?<=(?<!%)(?:%%)*)%\|/;

function createOneFormat(format: string): TimeFormat {
  const seen = new Set<string>();
  const pattern = patternOf(format, seen);
  const hasDay =
    ['Y', 'y'].some((year) => seen.has(year)) && (seen.has('j') || (seen.has('d') && hasMonth(seen)));
  if (!hasDay && !seen.has('s')) throw unreadable(format, 'it must name a year, a month and a day, or %s');
  if (seen.has('I') !== seen.has('p')) throw unreadable(format, '%I and %p go together');
  if (seen.has('Y') && seen.has('y')) throw unreadable(format, 'it names the year twice');
  const expression = new RegExp(`^${pattern}$`, 'i');
  return (text) => {
    const groups = expression.exec(text)?.groups;
    return groups === undefined ? undefined : timeOf(groups);
  };
}

function hasMonth(seen: ReadonlySet<string>): boolean {
  return seen.has('m') !== seen.has('b');
}

function patternOf(format: string, seen: Set<string>): string {
  return format.replace(/%(.?)|\s+|[^%\s]/gs, (part, letter: string | undefined) => {
    if (!part.startsWith('%')) return /\s/.test(part) ? String.raw`\s+` : escaped(part);
    if (letter === '%') return '%';
    const shorthand = SHORTHANDS[letter ?? ''];
    if (shorthand !== undefined) return patternOf(shorthand, seen);
    const directive = Object.hasOwn(DIRECTIVES, letter ?? '') ? DIRECTIVES[letter ?? ''] : undefined;
    if (directive === undefined || letter === undefined)
      throw unreadable(format, `${part} is no directive; "scarf-cli help times" lists them`);
    if (seen.has(letter)) throw unreadable(format, `it has ${part} twice`);
    seen.add(letter);
    return directive.pattern;
  });
}

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/, String.raw`\$&`);
}

type Groups = Readonly<Record<string, string | undefined>>;

function timeOf(groups: Groups): ReturnType<TimeFormat> {
  const { fraction = '', epoch } = groups;
  if (epoch !== undefined) return { epochSeconds: Number(epoch), fraction };
  return {
    year: yearOf(groups),
    ...dayOf(groups),
    hour: hourOf(groups),
    minute: Number(groups['minute'] ?? 0),
    second: Number(groups['second'] ?? 0),
    fraction,
    aheadMinutes: minutesAhead(groups['zone']),
    weekday: weekdayNamed(groups['weekday']),
  };
}

/** POSIX: 69 to 99 are in the 20th century. */
function yearOf({ year, shortYear }: Groups): number {
  if (year !== undefined) return Number(year);
  const two = Number(shortYear);
  return two >= 69 ? 1900 + two : 2000 + two;
}

/** The month and day; an invalid date where the year has no such day. */
function dayOf(groups: Groups): { month: number; day: number } {
  const { month, monthName, day, dayOfYear } = groups;
  if (dayOfYear === undefined)
    return { month: monthName === undefined ? Number(month) : monthNamed(monthName), day: Number(day) };
  const year = yearOf(groups);
  const date = dateNumberOf(daysSinceEpoch(year, 1, 1) + Number(dayOfYear) - 1);
  if (Math.floor(date / 10_000) !== year) return { month: 0, day: 0 };
  return { month: Math.floor(date / 100) % 100, day: date % 100 };
}

/** 12 AM is midnight; infinite for an hour that a 12-hour clock does not show. */
function hourOf({ hour, hour12, half }: Groups): number {
  if (hour12 === undefined) return Number(hour ?? 0);
  const shown = Number(hour12);
  if (shown < 1 || shown > 12) return Number.POSITIVE_INFINITY;
  return (shown % 12) + (/^p/i.test(half ?? '') ? 12 : 0);
}

function unreadable(format: string, why: string): Failure {
  return new Failure('usage', `--time-format ${JSON.stringify(format)}: ${why}`);
}
