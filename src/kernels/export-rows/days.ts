/** Reads the day of a time, as `replies/dedupe/row-day.ts` does. */

const DASH: u8 = 0x2d;
const LETTER_Z: u8 = 0x5a;
/** The value for a day that was not read. */
export const UNREAD: i32 = -1;

/** The first eight bytes of the last day read, its other two, and its number. */
let monthRead: u64 = 0;
let dayRead: u16 = 0;
let numberRead: i32 = UNREAD;

/** The day of a UTC time that begins with a date and ends with Z, as 20261101; otherwise `UNREAD`. */
export function readDay(from: usize, to: usize): i32 {
  return to < from + 11 || load<u8>(to - 1) !== LETTER_Z ? UNREAD : dayAt(from);
}

/** The day of the ten characters at `from`, as 20261101; otherwise `UNREAD`. */
export function dayAt(from: usize): i32 {
  const month = load<u64>(from);
  const day = load<u16>(from, 8);
  if (month === monthRead && day === dayRead) return numberRead;
  const number = dayNumber(from);
  if (number === UNREAD) return UNREAD;
  monthRead = month;
  dayRead = day;
  return (numberRead = number);
}

function dayNumber(from: usize): i32 {
  if (load<u8>(from + 4) !== DASH || load<u8>(from + 7) !== DASH) return UNREAD;
  const high = readTwo(from);
  const low = readTwo(from + 2);
  const month = readTwo(from + 5);
  const day = readTwo(from + 8);
  if (high < 0 || low < 0 || month < 1 || month > 12 || day < 1 || day > 31) return UNREAD;
  return (high * 100 + low) * 10_000 + month * 100 + day;
}

/** Two digits as a number; negative when they are none. */
function readTwo(at: usize): i32 {
  const tens = (load<u8>(at) as i32) - 0x30;
  const units = (load<u8>(at + 1) as i32) - 0x30;
  return tens < 0 || tens > 9 || units < 0 || units > 9 ? -100 : tens * 10 + units;
}
