/** Times in the one form that needs no second look: `2026-11-01T12:00:00.123Z`, with or without a fraction. */

const MS_PER_DAY: i64 = 86_400_000;
const COLON: u8 = 0x3a;
const HYPHEN: u8 = 0x2d;
const POINT: u8 = 0x2e;
const UPPER_T: u8 = 0x54;
const UPPER_Z: u8 = 0x5a;

/** What is no time in this form. */
export const NO_INSTANT: i64 = i64.MIN_VALUE;

/** The bytes of the day read last, `2026-11-` and `01`, and its milliseconds: neighbours often share it. */
let monthRead: u64 = 0;
let dayRead: u16 = 0;
let dayReadMs: i64 = NO_INSTANT;

/** Milliseconds since the epoch of the text `[from, to)`. */
export function readInstant(from: usize, to: usize): i64 {
  if (to - from < 20 || load<u8>(from + 10) !== UPPER_T) return NO_INSTANT;
  if (load<u8>(from + 13) !== COLON || load<u8>(from + 16) !== COLON) return NO_INSTANT;
  const dayMs = readDay(from);
  if (dayMs === NO_INSTANT) return NO_INSTANT;
  const hours = readTwo(from + 11);
  const minutes = readTwo(from + 14);
  const seconds = readTwo(from + 17);
  if (hours > 23 || minutes > 59 || seconds > 59) return NO_INSTANT;
  let at = from + 19;
  let fractionMs = 0;
  if (load<u8>(at) === POINT) {
    const fraction = ++at;
    for (let unit = 100; at < to && isDigit(load<u8>(at)); unit /= 10) {
      fractionMs += unit * (load<u8>(at++) - 0x30);
    }
    if (at === fraction) return NO_INSTANT;
  }
  if (at + 1 !== to || load<u8>(at) !== UPPER_Z) return NO_INSTANT;
  return dayMs + (((hours * 60 + minutes) * 60 + seconds) * 1000 + fractionMs);
}

function readDay(from: usize): i64 {
  const month = load<u64>(from);
  const day = load<u16>(from + 8);
  if (month !== monthRead || day !== dayRead) {
    monthRead = month;
    dayRead = day;
    dayReadMs = dayMs(from);
  }
  return dayReadMs;
}

function dayMs(from: usize): i64 {
  if (load<u8>(from + 4) !== HYPHEN || load<u8>(from + 7) !== HYPHEN) return NO_INSTANT;
  const century = readTwo(from);
  const yearOfCentury = readTwo(from + 2);
  if (century > 99 || yearOfCentury > 99) return NO_INSTANT;
  const year = century * 100 + yearOfCentury;
  const month = readTwo(from + 5);
  const day = readTwo(from + 8);
  // The year 0 would need divisions that round down.
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return NO_INSTANT;
  return (daysSinceEpoch(year, month, day) as i64) * MS_PER_DAY;
}

function daysIn(year: i32, month: i32): i32 {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** Days from 1970-01-01. Years begin in March here, so that the leap day is their last. */
function daysSinceEpoch(year: i32, month: i32, day: i32): i32 {
  const marchYear = month > 2 ? year : year - 1;
  const marchMonth = month > 2 ? month - 3 : month + 9;
  const dayOfYear = (153 * marchMonth + 2) / 5 + day - 1;
  return marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468;
}

/** Two digits; more than 99 for anything else. */
function readTwo(at: usize): i32 {
  const tens = load<u8>(at);
  const ones = load<u8>(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - 0x30) * 10 + (ones - 0x30) : 100;
}

function isDigit(byte: u8): bool {
  return ((byte - 0x30) as u8) <= 9;
}
