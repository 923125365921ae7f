/**
 * Checks that JSON is written as `JSON.stringify` writes it, so that a row which is decoded and written again
 * comes back byte by byte: no white space, no keys twice, none that come in another order, and strings and
 * numbers in their one form. Each function takes the address where something begins and returns the address
 * after it, or 0 where that is not certain. A zero byte or a line end stops every scan.
 */
import { beginObject, isNewKey } from './keys.ts';
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  endOfPlainText,
  MINUS,
  NULL,
  OPEN_ARRAY,
  OPEN_OBJECT,
  POINT,
  QUOTE,
  TRUE,
  ZERO,
} from './json.ts';

/** The last four letters of `false`, as a little-endian number. */
const ALSE: u32 = 0x65736c61;
const LOWER_F: u8 = 0x66;

/** Deeper rows are left to a real parser. */
const MAX_DEPTH = 60;
/** A double holds every number of so many digits. */
const MAX_DIGITS: usize = 15;
/** With more zeros behind the point, numbers are written with an exponent. */
const MAX_LEADING_ZEROS: usize = 5;

/** From the first byte of a value to after it. */
export function endOfCanonical(from: usize): usize {
  return endOfValue(from, 0);
}

function endOfValue(from: usize, depth: i32): usize {
  const first = load<u8>(from);
  if (first === QUOTE) return endOfText(from + 1);
  if (first === OPEN_OBJECT) return endOfObject(from + 1, depth + 1);
  if (first === OPEN_ARRAY) return endOfList(from + 1, depth + 1);
  if (first === MINUS || isDigit(first)) return endOfNumber(from);
  const word = load<u32>(from);
  if (word === TRUE || word === NULL) return from + 4;
  return first === LOWER_F && load<u32>(from + 1) === ALSE ? from + 5 : 0;
}

function endOfObject(from: usize, depth: i32): usize {
  if (depth > MAX_DEPTH) return 0;
  if (load<u8>(from) === CLOSE_OBJECT) return from + 1;
  const object = beginObject();
  let at = from;
  while (true) {
    if (load<u8>(at) !== QUOTE) return 0;
    const key = at + 1;
    at = endOfPlainText(key);
    if (load<u8>(at) !== QUOTE || load<u8>(at + 1) !== COLON || !isNewKey(object, key, at - key)) return 0;
    at = endOfValue(at + 2, depth);
    if (at === 0) return 0;
    const byte = load<u8>(at++);
    if (byte === CLOSE_OBJECT) return at;
    if (byte !== COMMA) return 0;
  }
}

function endOfList(from: usize, depth: i32): usize {
  if (depth > MAX_DEPTH) return 0;
  if (load<u8>(from) === CLOSE_ARRAY) return from + 1;
  let at = from;
  while (true) {
    at = endOfValue(at, depth);
    if (at === 0) return 0;
    const byte = load<u8>(at++);
    if (byte === CLOSE_ARRAY) return at;
    if (byte !== COMMA) return 0;
  }
}

function endOfText(from: usize): usize {
  let at = from;
  while (true) {
    at = endOfPlainText(at);
    const byte = load<u8>(at);
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH || !isShortEscape(load<u8>(at + 1))) return 0;
    at += 2;
  }
}

/** A slash is written without an escape. */
function isShortEscape(kind: u8): bool {
  // "\bfnrt
  return (
    kind === QUOTE ||
    kind === BACKSLASH ||
    kind === 0x62 ||
    kind === 0x66 ||
    kind === 0x6e ||
    kind === 0x72 ||
    kind === 0x74
  );
}

/** Integers, and decimals that end in no zero: no minus zero, no exponent, no more digits than a double has. */
function endOfNumber(from: usize): usize {
  const integer = load<u8>(from) === MINUS ? from + 1 : from;
  let at = skipDigits(integer);
  const digits = at - integer;
  const isZero = load<u8>(integer) === ZERO;
  if (digits === 0 || digits > MAX_DIGITS || (isZero && digits > 1)) return 0;
  if (load<u8>(at) !== POINT) return isExponent(load<u8>(at)) || (isZero && integer > from) ? 0 : at;
  const fraction = ++at;
  at = skipDigits(fraction);
  if (at === fraction || digits + (at - fraction) > MAX_DIGITS || load<u8>(at - 1) === ZERO) return 0;
  if (isZero && leadingZeros(fraction) > MAX_LEADING_ZEROS) return 0;
  return isExponent(load<u8>(at)) ? 0 : at;
}

function isExponent(byte: u8): bool {
  return (byte | 0x20) === 0x65;
}

function leadingZeros(from: usize): usize {
  let at = from;
  while (load<u8>(at) === ZERO) at++;
  return at - from;
}

function skipDigits(from: usize): usize {
  let at = from;
  while (isDigit(load<u8>(at))) at++;
  return at;
}

function isDigit(byte: u8): bool {
  return ((byte - ZERO) as u8) <= 9;
}
