/**
 * The time formats that are recognized without `--time-format`: one table, from which help and docs follow.
 */
import { minutesAhead, MONTH_NAME, monthNamed, WEEKDAY_NAME, weekdayNamed, ZONE_PATTERN } from './names.ts';
import type { WallTime } from './wall-time.ts';

/** A recognized time format. */
export interface TimeForm {
  name: string;
  /** Help shows the first one. */
  examples: readonly [string, ...string[]];
  /** A remark for the user. */
  note: string;
  /** Reads a text, with named groups; undefined for digits, which are read as numbers. */
  pattern?: RegExp;
}

const CLOCK = String.raw`(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?`;
const ZONE = `(?<zone>${ZONE_PATTERN})`;
/** After an offset some writers repeat the zone's name, and Go adds its monotonic clock reading. */
const REPEATED = String.raw`(?: [A-Z]{2,5})?(?: m=[+-]?[\d.]+)?`;
const BRACKETS = String.raw`(?:\[(?<named>[A-Za-z][\w+/-]*)\])?`;

export const TIME_FORMS: readonly TimeForm[] = [
  {
    name: 'ISO 8601',
    examples: [
      '2024-06-04T12:30:15.250Z',
      '2024-06-04T12:30:15+02:00',
      '2024-06-04 12:30:15',
      '2024-06-04',
      '20240604T123015Z',
      '2024/06/04 12:30',
      '2026-11-25 10:00:00.123000+00',
      '2026-11-25 10:00:00.123 +0000 UTC',
      '2024-06-04T12:30:15+02:00[Europe/Berlin]',
    ],
    note: 'also as Go, Java, Python and PostgreSQL write it; an offset must be the one of the zone in brackets',
    pattern: new RegExp(
      String.raw`^(?!\d+$)(?<year>\d{4})(?<dash>[-/]?)(?<month>\d\d)\k<dash>(?<day>\d\d)(?:[Tt ] ?(?<hour>\d\d)(?::?(?<minute>\d\d)(?::?(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?)?(?: ?${ZONE}${REPEATED})?${BRACKETS})?$`,
      'i',
    ),
  },
  {
    name: 'RFC 2822',
    examples: ['Tue, 04 Jun 2024 12:30:15 +0200', '4 Jun 2024 12:30 GMT', '04-Jun-2024 12:30:15'],
    note: 'as in mail and HTTP; the weekday must be the right one',
    pattern: new RegExp(
      String.raw`^(?:(?<weekday>${WEEKDAY_NAME}),? )?(?<day>\d{1,2})(?<dash>[ -])(?<monthName>${MONTH_NAME})\k<dash>(?<year>\d{4}) ${CLOCK}(?: ?${ZONE})?(?: \([^()]*\))?$`,
      'i',
    ),
  },
  {
    name: 'date(1)',
    examples: ['Tue Jun  4 12:30:15 2024', 'Tue Jun 4 12:30:15 UTC 2024', 'Tue Jun 4 12:30:15 2024 +0200'],
    note: 'as ctime, date and git write it',
    pattern: new RegExp(
      String.raw`^(?<weekday>${WEEKDAY_NAME}) (?<monthName>${MONTH_NAME}) {1,2}(?<day>\d{1,2}) ${CLOCK}(?: (?<zone>${ZONE_PATTERN}))? (?<year>\d{4})(?: (?<lateZone>${ZONE_PATTERN}))?$`,
      'i',
    ),
  },
  {
    name: 'web server logs',
    examples: ['04/Jun/2024:12:30:15 +0000', '[04/Jun/2024:12:30:15 +0000]'],
    note: "Common Log Format's, with or without brackets",
    pattern: new RegExp(
      String.raw`^\[?(?<day>\d\d)/(?<monthName>${MONTH_NAME})/(?<year>\d{4}):${CLOCK}(?: ${ZONE})?\]?$`,
      'i',
    ),
  },
  {
    name: 'epoch',
    examples: ['1717504215', '1717504215.250', '1717504215250', '1717504215250000', '1717504215250000000'],
    note: 'as number or text: seconds, milliseconds, microseconds or nanoseconds, whichever gives a year from 2001 to 2100',
  },
  {
    name: 'digits of a date',
    examples: ['20240604', '202406041230', '20240604123015'],
    note: '8, 10, 12 or 14 digits of a day from 1900 to 2100; what an epoch could be as well is a reject (2024060412)',
  },
];

/** The time in a text, by the first form of the table that matches. */
export function readForm(text: string): WallTime | undefined {
  for (const { pattern } of TIME_FORMS) {
    const groups = pattern?.exec(text)?.groups;
    if (groups !== undefined) return wallTimeOf(groups);
  }
  return undefined;
}

/** Converts the groups of a pattern, which have the same names in all patterns. */
function wallTimeOf(groups: Readonly<Record<string, string | undefined>>): WallTime {
  const { year, month, monthName, day, hour, minute, second, fraction, weekday, named } = groups;
  return {
    year: Number(year),
    month: monthName === undefined ? Number(month) : monthNamed(monthName),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    fraction: fraction ?? '',
    aheadMinutes: minutesAhead(groups['zone'] ?? groups['lateZone']),
    zone: named,
    weekday: weekdayNamed(weekday),
  };
}
