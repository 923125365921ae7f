/** Times made of digits alone: epochs in four units, and dates without separators. */
import { isDate } from '../../calendar.ts';
import type { WallTime } from './wall-time.ts';

/** The meaning of digits. `both`: they could be an epoch or a date. */
export type DigitsReading =
  | { kind: 'epoch'; seconds: number; fraction: string }
  | { kind: 'date'; wall: WallTime }
  | { kind: 'both'; epochSeconds: number; wall: WallTime }
  | undefined;

/** Decimal digits of the fraction of a second in each unit. */
const EPOCH_UNITS = [0, 3, 6, 9] as const;
/** Start of the years 2001 and 2101: digits are an epoch only between them. */
const MIN_EPOCH_SECONDS = 978_307_200;
const MAX_EPOCH_SECONDS = 4_133_980_800;
/** By the number of digits: how many of month, day, hour, minute and second follow the year. */
const DATE_DIGITS: Readonly<Record<number, number>> = { 8: 2, 10: 3, 12: 4, 14: 5 };
const MIN_DATE_YEAR = 1900;
const MAX_DATE_YEAR = 2100;

const DIGITS = /^(\d{8,19})(?:\.(\d+))?$/;

/** Reads `1717504215.250` or `20240604`; undefined for digits that are neither. */
export function readDigits(text: string): DigitsReading {
  const [, whole, fraction] = DIGITS.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const epoch = readEpoch(whole, fraction ?? '');
  const wall = fraction === undefined ? readDate(whole) : undefined;
  if (epoch === undefined) return wall && { kind: 'date', wall };
  if (wall === undefined) return { kind: 'epoch', ...epoch };
  return { kind: 'both', epochSeconds: epoch.seconds, wall };
}

/** At most one unit gives a year in the range, because the next unit differs by a factor of a thousand. */
function readEpoch(whole: string, behindPoint: string): { seconds: number; fraction: string } | undefined {
  for (const subSecondDigits of EPOCH_UNITS) {
    const end = whole.length - subSecondDigits;
    const seconds = Number(whole.slice(0, Math.max(end, 0)));
    if (seconds < MIN_EPOCH_SECONDS || seconds >= MAX_EPOCH_SECONDS) continue;
    return { seconds, fraction: whole.slice(end) + behindPoint };
  }
  return undefined;
}

function readDate(digits: string): WallTime | undefined {
  const parts = DATE_DIGITS[digits.length];
  const year = Number(digits.slice(0, 4));
  if (parts === undefined || year < MIN_DATE_YEAR || year > MAX_DATE_YEAR) return undefined;
  const two = (index: number, otherwise: number): number =>
    index < parts ? Number(digits.slice(4 + 2 * index, 6 + 2 * index)) : otherwise;
  const wall = {
    year,
    month: two(0, 1),
    day: two(1, 1),
    hour: two(2, 0),
    minute: two(3, 0),
    second: two(4, 0),
    fraction: '',
  };
  const isOne = isDate(year, wall.month, wall.day);
  return isOne && wall.hour <= 23 && wall.minute <= 59 && wall.second <= 59 ? wall : undefined;
}
