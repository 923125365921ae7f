/** Parses single cells of events where that is unambiguous; `analysis/events/event-cells.ts` is the reference. */
import { dayAt, UNREAD } from '../export-rows/days.ts';

const DASH: u8 = 0x2d;
const PLUS: u8 = 0x2b;
const POINT: u8 = 0x2e;
const ZERO: u8 = 0x30;
const ONE: u8 = 0x31;
const COLON: u8 = 0x3a;
const SPACE: u8 = 0x20;
const HASH: u8 = 0x23;
const SLASH: u8 = 0x2f;
const QUESTION: u8 = 0x3f;
const LETTER_Z: u8 = 0x5a;
const CASE: u8 = 0x20;
const LETTER_T: u8 = 0x74;
/** A date has ten characters. */
const DATE: usize = 10;

/** The band of a row without a valid confidence. */
const NO_BAND: i32 = 10;

/** The UTC day of a time, as 20261101; 0 for an empty cell, `UNREAD` if not plain. */
export function readUtcDay(from: usize, to: usize): i32 {
  if (from === to) return 0;
  if (to < from + DATE) return UNREAD;
  return load<u8>(to - 1) === LETTER_Z || isWithoutOffset(from + DATE, to) ? dayAt(from) : UNREAD;
}

/** Whether a time of day has no offset, or one of zero. */
function isWithoutOffset(from: usize, to: usize): bool {
  for (let at = from; at < to; at++) {
    const byte = load<u8>(at);
    if (byte === PLUS || byte === DASH) return isZero(at + 1, to);
  }
  return true;
}

function isZero(from: usize, to: usize): bool {
  for (let at = from; at < to; at++) {
    const byte = load<u8>(at);
    if (byte !== ZERO && byte !== COLON) return false;
  }
  return true;
}

/** The band of a confidence such as `0.874` or `1.0`; `UNREAD` if not plain. */
export function readBand(from: usize, to: usize): i32 {
  if (from === to) return NO_BAND;
  const first = load<u8>(from);
  if (first !== ZERO && first !== ONE) return UNREAD;
  if (to === from + 1) return first === ZERO ? 0 : 9;
  if (to < from + 3 || load<u8>(from + 1) !== POINT) return UNREAD;
  if (first === ONE) return isZero(from + 2, to) && load<u8>(to - 1) !== COLON ? 9 : UNREAD;
  for (let at = from + 2; at < to; at++) if (load<u8>(at) - ZERO > 9) return UNREAD;
  return ((load<u8>(from + 2) as i32) - ZERO) as i32;
}

/** The end of the client's name, with which a user agent begins. */
export function clientEnd(from: usize, to: usize): usize {
  let at = from;
  while (at < to && load<u8>(at) !== SLASH && load<u8>(at) !== SPACE) at++;
  return at;
}

/** The end of an address without its query and its fragment. */
export function refererEnd(from: usize, to: usize): usize {
  let at = from;
  while (at < to && load<u8>(at) !== QUESTION && load<u8>(at) !== HASH) at++;
  return at;
}

/** Whether the cell begins like `true`; PostgreSQL writes `t`. */
export function isTrue(from: usize, to: usize): bool {
  return from < to && (load<u8>(from) | CASE) === LETTER_T;
}
