/** Names of months, weekdays and zones in times. English only, as in the formats that use them. */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Regular expression sources. */
export const MONTH_NAME =
  'Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?';
export const WEEKDAY_NAME =
  'Sun(?:day)?|Mon(?:day)?|Tue(?:sday)?|Wed(?:nesday)?|Thu(?:rsday)?|Fri(?:day)?|Sat(?:urday)?';

/** Minutes ahead of UTC of the zones that RFC 2822 names (section 4.3). Other abbreviations are ambiguous. */
const ZONE_MINUTES: Readonly<Record<string, number>> = {
  Z: 0,
  UT: 0,
  UTC: 0,
  GMT: 0,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

/** Regular expression source of a zone: an abbreviation of RFC 2822, or an offset. */
export const ZONE_PATTERN = `${Object.keys(ZONE_MINUTES).join('|')}|[+-]\\d\\d(?::?\\d\\d)?`;

/** The month's number from 1: `Jun` and `june` are 6. */
export function monthNamed(name: string): number {
  return MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}

/** The weekday's number, Sunday is 0; undefined without a name. */
export function weekdayNamed(name: string | undefined): number | undefined {
  return name === undefined ? undefined : WEEKDAYS.indexOf(name.slice(0, 3).toLowerCase());
}

/** Minutes ahead of UTC for text that `ZONE_PATTERN` matches; infinite for an invalid offset. */
export function minutesAhead(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined;
  const named = ZONE_MINUTES[zone.toUpperCase()];
  if (named !== undefined) return named;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', ''));
  if (minutes > 59) return Number.POSITIVE_INFINITY;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
