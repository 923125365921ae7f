/** Writes cells as the inside of JSON strings. Writes up to sixteen bytes beyond what it returns. */
import { BACKSLASH, DOUBLE_QUOTE, NEWLINE, quote, RETURN, SPACE, TAB } from './dialect.ts';
import { DOUBLED, UNCLEAN } from './record.ts';

const BACKSPACE: u8 = 0x08;
const FORM_FEED: u8 = 0x0c;
/** `u00`, and two digits behind it. */
const UNICODE: u32 = 0x30303075;
const MAX_ESCAPE_BYTES: usize = 6;

/** By how much a cell grows at most when it is written. */
export const MAX_GROWTH: usize = MAX_ESCAPE_BYTES;

/** Copies sixteen bytes at a time, also when there are none; returns the address after the copy. */
export function copyBytes(out: usize, from: usize, length: usize): usize {
  v128.store(out, v128.load(from));
  for (let at: usize = 16; at < length; at += 16) v128.store(out + at, v128.load(from + at));
  return out + length;
}

/** Writes the cell `[from, to)`; returns the address after it. */
export function writeText(out: usize, from: usize, to: usize, writing: u32): usize {
  if ((writing & UNCLEAN) === 0) return copyBytes(out, from, to - from);
  // Other quotes than double ones need no escape, but come in pairs.
  const paired = (writing & DOUBLED) !== 0 ? (quote as u8) : DOUBLE_QUOTE;
  const isDoubled = (writing & DOUBLED) !== 0;
  let end = out;
  let at = from;
  while (at < to) {
    const bytes = v128.load(at);
    v128.store(end, bytes);
    const stops = i8x16.bitmask(mustEscape(bytes, paired));
    const plain = min<usize>(stops === 0 ? 16 : (ctz(stops) as usize), to - at);
    at += plain;
    end += plain;
    if (at === to || plain === 16) continue;
    const byte = load<u8>(at++);
    if (isDoubled && byte === paired) at++;
    end = writeEscaped(end, byte);
  }
  return end;
}

function mustEscape(bytes: v128, paired: u8): v128 {
  const quotes = v128.or(i8x16.eq(bytes, i8x16.splat(DOUBLE_QUOTE)), i8x16.eq(bytes, i8x16.splat(paired)));
  const backslashes = i8x16.eq(bytes, i8x16.splat(BACKSLASH));
  return v128.or(v128.or(quotes, backslashes), i8x16.lt_u(bytes, i8x16.splat(SPACE)));
}

function writeEscaped(out: usize, byte: u8): usize {
  const letter = letterOf(byte);
  if (byte > SPACE && byte !== DOUBLE_QUOTE && byte !== BACKSLASH) {
    store<u8>(out, byte);
    return out + 1;
  }
  store<u8>(out, BACKSLASH);
  if (letter !== 0) {
    store<u8>(out, letter, 1);
    return out + 2;
  }
  store<u32>(out, UNICODE, 1);
  store<u8>(out, hexDigit(byte >> 4), 4);
  store<u8>(out, hexDigit(byte & 0x0f), 5);
  return out + MAX_ESCAPE_BYTES;
}

/** The byte after the backslash; 0 for `\u00xx`. */
function letterOf(byte: u8): u8 {
  if (byte >= SPACE) return byte;
  if (byte === NEWLINE) return 0x6e;
  if (byte === RETURN) return 0x72;
  if (byte === TAB) return 0x74;
  if (byte === BACKSPACE) return 0x62;
  if (byte === FORM_FEED) return 0x66;
  return 0;
}

function hexDigit(digit: u8): u8 {
  return digit < 10 ? 0x30 + digit : 0x57 + digit;
}
