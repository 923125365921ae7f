/**
 * Reads times in the forms that tables have most: those of `../plain-rows/instant.ts`, which stay unchanged,
 * and a day and a time of day in UTC or epochs, which are rewritten.
 */
import { NO_INSTANT, readInstant } from '../plain-rows/instant.ts';

const HYPHEN: u8 = 0x2d;
const PLUS: u8 = 0x2b;
const POINT: u8 = 0x2e;
const ZERO: u8 = 0x30;
const COLON: u8 = 0x3a;
const SPACE: u8 = 0x20;
const UPPER_T: u8 = 0x54;
const UPPER_Z: u8 = 0x5a;
/** ` UTC`, and two digits of an offset, as little-endian numbers. */
const UTC: u32 = 0x43545520;
const ZEROS: u16 = 0x3030;

/** What was done to a time. */
export const UNCHANGED = 0;
export const FROM_NUMBER = 1;
export const ZONE_ASSUMED = 2;
export const REWRITTEN = 3;

/** The last time, if it was rewritten. */
export const timeText = memory.data(64, 16);
export let timeTextEnd: usize = 0;
export let timeChange = 0;

/** Times without a zone are in UTC; otherwise they are left to the caller. */
let isZoneUtc: bool = false;

const DATE_BYTES: usize = 10;
const SECOND_BYTES: usize = 19;
const MAX_FRACTION_DIGITS: usize = 9;
/** Epochs of the years 2001 to 2029: later ones in seconds may be digits of a date. */
const MIN_EPOCH_SECONDS: i64 = 978_307_200;
const MAX_EPOCH_SECONDS: i64 = 1_899_999_999;
const SECOND_DIGITS: usize = 10;
const MILLISECOND_DIGITS: usize = 13;

export function setZone(isUtc: bool): void {
  isZoneUtc = isUtc;
}

/** Milliseconds since the epoch of the text `[from, to)`, or `NO_INSTANT`; sets `timeChange`. */
export function readTime(from: usize, to: usize): i64 {
  timeChange = UNCHANGED;
  const plain = readInstant(from, to);
  if (plain !== NO_INSTANT) return plain;
  return load<u8>(from + 4) === HYPHEN ? readDayAndTime(from, to) : readEpoch(from, to);
}

/** `2026-11-24 10:20:30.5`, with a `T` or not, in UTC: a zone of that name, none, or an offset of zero. */
function readDayAndTime(from: usize, to: usize): i64 {
  const between = load<u8>(from + DATE_BYTES);
  if (to - from < SECOND_BYTES || (between !== SPACE && between !== UPPER_T)) return NO_INSTANT;
  let at = from + SECOND_BYTES;
  let fractionEnd = at;
  if (load<u8>(at) === POINT) {
    const digits = ++at;
    for (; at < to && isDigit(load<u8>(at)); at++) if (load<u8>(at) !== ZERO) fractionEnd = at + 1;
    if (at === digits || at - digits > MAX_FRACTION_DIGITS) return NO_INSTANT;
  }
  if (!isUtc(at, to)) return NO_INSTANT;
  const length = fractionEnd - from;
  memory.copy(timeText, from, length);
  store<u8>(timeText, UPPER_T, 10);
  store<u8>(timeText + length, UPPER_Z);
  timeTextEnd = timeText + length + 1;
  timeChange = at === to ? ZONE_ASSUMED : REWRITTEN;
  return readInstant(timeText, timeTextEnd);
}

/** Whether `[at, to)` says that a time is in UTC, or says nothing and means it. */
function isUtc(at: usize, to: usize): bool {
  const length = to - at;
  if (length === 0) return isZoneUtc;
  const first = load<u8>(at);
  if (length === 1) return first === UPPER_Z;
  if (length === 4) return load<u32>(at) === UTC;
  if (first !== PLUS || load<u16>(at + 1) !== ZEROS) return false;
  return length === 3 || (length === 6 && load<u8>(at + 3) === COLON && load<u16>(at + 4) === ZEROS);
}

/** Seconds or milliseconds since the epoch, in digits. */
function readEpoch(from: usize, to: usize): i64 {
  const length = to - from;
  if (length !== SECOND_DIGITS && length !== MILLISECOND_DIGITS) return NO_INSTANT;
  let number: i64 = 0;
  for (let at = from; at < to; at++) {
    const byte = load<u8>(at);
    if (!isDigit(byte)) return NO_INSTANT;
    number = number * 10 + ((byte - ZERO) as i64);
  }
  const ms = length === SECOND_DIGITS ? number * 1000 : number;
  const seconds = ms / 1000;
  if (seconds < MIN_EPOCH_SECONDS || seconds > MAX_EPOCH_SECONDS) return NO_INSTANT;
  writeInstant(seconds as u32, (ms % 1000) as u32);
  timeChange = FROM_NUMBER;
  return ms;
}

function writeInstant(seconds: u32, ms: u32): void {
  writeDate(seconds / 86_400);
  const second = seconds % 86_400;
  store<u8>(timeText, UPPER_T, 10);
  writeTwo(timeText + 11, second / 3600);
  store<u8>(timeText, COLON, 13);
  writeTwo(timeText + 14, (second / 60) % 60);
  store<u8>(timeText, COLON, 16);
  writeTwo(timeText + 17, second % 60);
  let end = timeText + SECOND_BYTES;
  if (ms !== 0) {
    store<u8>(end, POINT);
    store<u8>(end, ZERO + ((ms / 100) as u8), 1);
    writeTwo(end + 2, ms % 100);
    end += 4;
    while (load<u8>(end - 1) === ZERO) end--;
  }
  store<u8>(end, UPPER_Z);
  timeTextEnd = end + 1;
}

/** Years begin in March here, so that the leap day is the last of a year. */
function writeDate(daysSinceEpoch: u32): void {
  const days = daysSinceEpoch + 719_468;
  const era = days / 146_097;
  const dayOfEra = days % 146_097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const marchMonth = (5 * dayOfYear + 2) / 153;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  writeTwo(timeText, year / 100);
  writeTwo(timeText + 2, year % 100);
  store<u8>(timeText, HYPHEN, 4);
  writeTwo(timeText + 5, month);
  store<u8>(timeText, HYPHEN, 7);
  writeTwo(timeText + 8, dayOfYear - (153 * marchMonth + 2) / 5 + 1);
}

function writeTwo(at: usize, number: u32): void {
  store<u8>(at, ZERO + ((number / 10) as u8));
  store<u8>(at, ZERO + ((number % 10) as u8), 1);
}

function isDigit(byte: u8): bool {
  return ((byte - ZERO) as u8) <= 9;
}
