/**
 * The one calendar: UTC days of the Gregorian calendar. A day is written `2026-11-01`, months and days count from 1,
 * and what takes a day expects one that `isDay` accepts.
 */

/** Whole days, both ends included. */
interface DayRange {
  from: string;
  to: string;
}

export const msPerDay = 86_400_000;
export const secondsPerDay = 86_400;

/** The day of an instant in milliseconds since the epoch. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Whether the text names a day that exists. */
export function isDay(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  return isDate(Number(year), Number(month), Number(day));
}

/** Midnight at which the day begins, in milliseconds since the epoch. */
export function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

/** The day so many days later; earlier when `count` is negative. */
export function addDays(day: string, count: number): string {
  return dayOf(startOf(day) + count * msPerDay);
}

/** How many days these are, both ends counted. */
export function countDays({ from, to }: DayRange): number {
  return (startOf(to) - startOf(from)) / msPerDay + 1;
}

/** Every day of the range in order. */
export function eachDay(days: DayRange): string[] {
  return Array.from({ length: countDays(days) }, (_, index) => addDays(days.from, index));
}

/** So many whole months from the first of `month`, which may lie outside its year: month 0 is the December before. */
export function monthsFrom(year: number, month: number, count: number): DayRange {
  const index = year * 12 + month - 1;
  return { from: firstOfMonth(index), to: addDays(firstOfMonth(index + count), -1) };
}

/** `index` counts months from that of year 0. */
function firstOfMonth(index: number): string {
  return dayOf(daysSinceEpoch(Math.floor(index / 12), (index % 12) + 1, 1) * msPerDay);
}

/** Days since the last Monday: 0 for a Monday, 6 for a Sunday (ISO 8601 weeks). */
export function daysSinceMonday(day: string): number {
  return (weekdayOf(startOf(day) / msPerDay) + 6) % 7;
}

/** The day as one number, `20261101`, by which days compare. */
export function dayNumber(day: string): number {
  return Number(day.slice(0, 4) + day.slice(5, 7) + day.slice(8, 10));
}

/** The day of such a number. */
export function dayNamed(number: number): string {
  const digits = String(number);
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
}

/** Whether the calendar has this day. */
export function isDate(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** @internal */
export function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** From Sunday as 0. The epoch was a Thursday. */
export function weekdayOf(daysSince1970: number): number {
  return (((daysSince1970 + 4) % 7) + 7) % 7;
}

/** Days from 1970-01-01 to a day that exists. Allocates nothing. */
export function daysSinceEpoch(year: number, month: number, day: number): number {
  // Years begin in March, so that the leap day is their last; eras of 400 years have equal lengths.
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}

/** The inverse of `daysSinceEpoch`, as a number such as `20261101`. Allocates nothing. */
export function dateNumberOf(daysSince1970: number): number {
  const shifted = daysSince1970 + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return year * 10_000 + month * 100 + dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
}
