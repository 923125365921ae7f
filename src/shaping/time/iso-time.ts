/** Reads ISO times from bytes, without creating a string or a Date per row. */
import { daysSinceEpoch, isDate, msPerDay } from '../../calendar.ts';

const MS_PER_MINUTE = 60_000;
const COLON = 0x3a;
const HYPHEN = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const UPPER_Z = 0x5a;
const UPPER_T = 0x54;

/**
 * Milliseconds since the epoch of `bytes[from, to)` in the form `2024-06-04T00:00:00.123Z`, or with an offset
 * `+02:00`; the fraction may have any number of digits. NaN for everything else, including leap seconds: the
 * text is sent unchanged, so every reader must understand it in the same way.
 */
export function parseInstant(bytes: Buffer, from: number, to: number): number {
  if (to - from < 20) return Number.NaN;
  if (bytes[from + 10] !== UPPER_T) return Number.NaN;
  const seconds = from + 17;
  if (bytes[from + 13] !== COLON || bytes[from + 16] !== COLON) return Number.NaN;
  const day = parseDay(bytes, from);
  const time = timeOfDay(twoDigits(bytes, from + 11), twoDigits(bytes, from + 14), twoDigits(bytes, seconds));
  let at = seconds + 2;
  let fractionMs = 0;
  if (bytes[at] === POINT) {
    const fraction = at + 1;
    at = fraction;
    for (let unit = 100; at < to && isDigit(bytes[at]!); at++, unit /= 10) {
      if (unit >= 1) fractionMs += unit * (bytes[at]! - 0x30);
    }
    if (at === fraction) return Number.NaN;
  }
  return day * msPerDay + time + fractionMs - parseOffsetMs(bytes, at, to);
}

function parseDay(bytes: Buffer, from: number): number {
  if (bytes[from + 4] !== HYPHEN || bytes[from + 7] !== HYPHEN) return Number.NaN;
  const year = twoDigits(bytes, from) * 100 + twoDigits(bytes, from + 2);
  return dayNumber(year, twoDigits(bytes, from + 5), twoDigits(bytes, from + 8));
}

/** Days since the epoch; NaN for an invalid date. */
function dayNumber(year: number, month: number, day: number): number {
  return isDate(year, month, day) ? daysSinceEpoch(year, month, day) : Number.NaN;
}

/** Milliseconds since midnight; NaN for an invalid time of day. */
function timeOfDay(hours: number, minutes: number, seconds: number): number {
  if (!(hours <= 23 && minutes <= 59 && seconds <= 59)) return Number.NaN;
  return (hours * 60 + minutes) * MS_PER_MINUTE + seconds * 1000;
}

/** The offset `Z` or `+02:00` in `bytes[at, to)`, in milliseconds; NaN for anything else. */
function parseOffsetMs(bytes: Buffer, at: number, to: number): number {
  const sign = bytes[at];
  const length = to - at;
  if (length === 1 && sign === UPPER_Z) return 0;
  if (sign !== PLUS && sign !== HYPHEN) return Number.NaN;
  const hours = twoDigits(bytes, at + 1);
  if (length !== 6 || bytes[at + 3] !== COLON) return Number.NaN;
  const minutes = twoDigits(bytes, at + 4);
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN;
  return (sign === PLUS ? 1 : -1) * (hours * 60 + minutes) * MS_PER_MINUTE;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function twoDigits(bytes: Buffer, at: number): number {
  const tens = bytes[at]! - 0x30;
  const ones = bytes[at + 1]! - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
