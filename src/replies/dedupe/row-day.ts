/** Reads the UTC day of a time from the bytes of a row, without creating a string. */
import { dayNumber, dayOf } from '../../calendar.ts';

const zero = 0x30;
const plus = 0x2b;
const dash = 0x2d;
const zulu = 0x5a;
const dateLength = 10;

/**
 * Day of the time in `bytes[from, to)` as a number (`20261101`); 0 when it does not start with a date. A time
 * without an offset is UTC ("Scarf docs, Data export", 2026-06); any other offset is applied.
 */
export function readDayNumber(bytes: Buffer, from: number, to: number): number {
  if (from < 0 || to - from < dateLength || bytes[from + 4] !== dash || bytes[from + 7] !== dash) return 0;
  const year = readDigits(bytes, from, 4);
  const month = readDigits(bytes, from + 5, 2);
  const day = readDigits(bytes, from + 8, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31) return 0;
  if (bytes[to - 1] !== zulu && hasOffset(bytes, from + dateLength, to)) {
    return shiftedDay(bytes.toString('latin1', from, to));
  }
  return year * 10_000 + month * 100 + day;
}

function readDigits(bytes: Buffer, from: number, count: number): number {
  let value = 0;
  for (let index = from; index < from + count; index++) {
    const digit = (bytes[index] as number) - zero;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Whether there is an offset other than zero. */
function hasOffset(bytes: Buffer, from: number, to: number): boolean {
  let signed = false;
  for (let index = from; index < to; index++) {
    const byte = bytes[index] as number;
    if (byte === plus || byte === dash) signed = true;
    else if (signed && byte > zero && byte <= zero + 9) return true;
  }
  return false;
}

function shiftedDay(text: string): number {
  const iso = text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? 0 : dayNumber(dayOf(ms));
}
