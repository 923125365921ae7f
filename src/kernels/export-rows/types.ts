/** Cells in the usual notation of a type, as the quick checks of `formats/cells/cell-check.ts` know them. */

const INTEGER: u8 = 1;
const NUMBER: u8 = 2;
const BOOLEAN: u8 = 3;
const TIMESTAMP: u8 = 4;

const DASH: u8 = 0x2d;
const POINT: u8 = 0x2e;
const ZERO: u8 = 0x30;
const COLON: u8 = 0x3a;
const LETTER_T: u8 = 0x54;
const LETTER_Z: u8 = 0x5a;
/** Numbers of at most this many characters are never out of range. */
const SAFE_LENGTH: usize = 18;

/** Whether the cell `[from, to)` is certainly of the type. Of no other type is that ever certain. */
export function isOfType(type: u8, from: usize, to: usize): bool {
  if (to === from) return true;
  if (type === INTEGER) return isNumber(from, to, false);
  if (type === NUMBER) return isNumber(from, to, true);
  if (type === BOOLEAN) return isBoolean(from, to);
  return type === TIMESTAMP && isTimestamp(from, to);
}

function isNumber(from: usize, to: usize, withFraction: bool): bool {
  if (to - from > SAFE_LENGTH) return false;
  const first = load<u8>(from) === DASH ? from + 1 : from;
  if (load<u8>(first) === ZERO && first + 1 < to && isDigit(load<u8>(first + 1))) return false;
  let at = afterDigits(first, to);
  if (at === first) return false;
  if (at === to) return true;
  if (!withFraction || load<u8>(at) !== POINT) return false;
  const fraction = ++at;
  return fraction < to && afterDigits(fraction, to) === to;
}

function afterDigits(at: usize, to: usize): usize {
  while (at < to && isDigit(load<u8>(at))) at++;
  return at;
}

function isDigit(byte: u8): bool {
  return byte >= ZERO && byte < COLON;
}

/** `true` and `false`, read as a number each. */
function isBoolean(from: usize, to: usize): bool {
  if (to - from === 4) return load<u32>(from) === 0x65757274;
  return to - from === 5 && load<u32>(from) === 0x736c6166 && load<u8>(from + 4) === 0x65;
}

/** `2026-11-01T10:00:00Z`, of a day that every month has. */
function isTimestamp(from: usize, to: usize): bool {
  return (
    to - from === 20 &&
    load<u8>(from + 4) === DASH &&
    load<u8>(from + 7) === DASH &&
    load<u8>(from + 10) === LETTER_T &&
    load<u8>(from + 13) === COLON &&
    load<u8>(from + 16) === COLON &&
    load<u8>(to - 1) === LETTER_Z &&
    isBetween(from, 1, 99) &&
    isBetween(from + 2, 0, 99) &&
    isBetween(from + 5, 1, 12) &&
    isBetween(from + 8, 1, 28) &&
    isBetween(from + 11, 0, 23) &&
    isBetween(from + 14, 0, 59) &&
    isBetween(from + 17, 0, 59)
  );
}

/** Whether two digits are a number from `least` to `most`. */
function isBetween(at: usize, least: i32, most: i32): bool {
  if (!isDigit(load<u8>(at)) || !isDigit(load<u8>(at + 1))) return false;
  const value = ((load<u8>(at) - ZERO) as i32) * 10 + (load<u8>(at + 1) - ZERO);
  return value >= least && value <= most;
}
