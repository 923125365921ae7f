/** Writes times as ISO 8601 in UTC, directly into bytes. */
import { dateNumberOf, secondsPerDay } from '../../calendar.ts';

const ZERO = 0x30;

/**
 * Writes `2024-06-04T00:00:00Z` for whole seconds since the epoch into `out` at `at`. `fraction` holds
 * decimal digits; trailing zeros are left out. Returns the offset after it. Years 0000 to 9999 only.
 */
export function writeInstant(out: Buffer, at: number, seconds: number, fraction: Uint8Array): number {
  const day = Math.floor(seconds / secondsPerDay);
  const second = seconds - day * secondsPerDay;
  let end = writeDate(out, at, day);
  out[end++] = 0x54;
  end = writeTwo(out, end, Math.floor(second / 3600));
  out[end++] = 0x3a;
  end = writeTwo(out, end, Math.floor(second / 60) % 60);
  out[end++] = 0x3a;
  end = writeTwo(out, end, second % 60);
  end = writeFraction(out, end, fraction);
  out[end++] = 0x5a;
  return end;
}

function writeFraction(out: Buffer, at: number, digits: Uint8Array): number {
  let length = digits.length;
  while (length > 0 && digits[length - 1] === 0) length--;
  if (length === 0) return at;
  let end = at;
  out[end++] = 0x2e;
  for (let index = 0; index < length; index++) out[end++] = ZERO + digits[index]!;
  return end;
}

function writeDate(out: Buffer, at: number, daysSince1970: number): number {
  const date = dateNumberOf(daysSince1970);
  let end = writeTwo(out, at, Math.floor(date / 1_000_000));
  end = writeTwo(out, end, Math.floor(date / 10_000) % 100);
  out[end++] = 0x2d;
  end = writeTwo(out, end, Math.floor(date / 100) % 100);
  out[end++] = 0x2d;
  return writeTwo(out, end, date % 100);
}

function writeTwo(out: Buffer, at: number, value: number): number {
  out[at] = ZERO + Math.floor(value / 10);
  out[at + 1] = ZERO + (value % 10);
  return at + 2;
}
