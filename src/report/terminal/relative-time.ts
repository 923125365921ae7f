/** Times relative to now. */
import { dayOf, msPerDay } from '../../calendar.ts';
import { countOf } from './numbers.ts';

const units = [
  ['day', msPerDay],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

const maxDays = 30;

/** `2 hours ago`, `in 3 minutes`; the date where that is more useful; text that is not a time unchanged. */
export function relativeTime(time: string, nowMs: number): string {
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) return time;
  const agoMs = nowMs - ms;
  const distanceMs = Math.abs(agoMs);
  if (distanceMs < 1000) return 'now';
  if (distanceMs > maxDays * msPerDay) return dayOf(ms);
  const [noun, unitMs] = units.find(([, length]) => distanceMs >= length) ?? units[3];
  const distance = countOf(Math.floor(distanceMs / unitMs), noun);
  return agoMs > 0 ? `${distance} ago` : `in ${distance}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `26 Nov 02:52` in the local time zone, with the year if it is not the current one. */
export function calendarTime(time: string, nowMs: number): string {
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) return time;
  const date = new Date(ms);
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${date.getDate()} ${months[date.getMonth()] ?? ''}`;
  const year = date.getFullYear() === new Date(nowMs).getFullYear() ? '' : ` ${date.getFullYear()}`;
  return `${day}${year} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
