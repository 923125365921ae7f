/** Writes times as ISO 8601 text in UTC, straight into bytes. */
const ZERO = 0x30;

/**
 * Writes `2024-06-04T00:00:00Z` for whole seconds since the epoch, with a fraction of the given decimal digits
 * where it is not nought, into `out` at `at`. Returns the offset behind it. Years 0000 to 9999.
 */
export function writeInstant(out: Buffer, at: number, seconds: number, fraction: Uint8Array): number {
  const day = Math.floor(seconds / 86_400);
  const second = seconds - day * 86_400;
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

/** Years begin in March here, so that the leap day is their last; eras of 400 years have equal lengths. */
function writeDate(out: Buffer, at: number, day: number): number {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  let end = writeTwo(out, at, Math.floor(year / 100));
  end = writeTwo(out, end, year % 100);
  out[end++] = 0x2d;
  end = writeTwo(out, end, month);
  out[end++] = 0x2d;
  return writeTwo(out, end, dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1);
}

function writeTwo(out: Buffer, at: number, value: number): number {
  out[at] = ZERO + Math.floor(value / 10);
  out[at + 1] = ZERO + (value % 10);
  return at + 2;
}
