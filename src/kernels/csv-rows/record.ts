/**
 * Splits one record into cells, in place. A line end stands behind the input, so that unquoted cells end
 * there. Reads up to 63 bytes beyond that.
 */
import {
  BACKSLASH,
  delimiter,
  DOUBLE_QUOTE,
  isDelimiterClean,
  NEWLINE,
  quote,
  RETURN,
  SPACE,
  TAB,
  trims,
} from './dialect.ts';
import { nextStop, seekStop } from './stops.ts';

/** How a cell is written, as bits: in quotes; with doubled quotes inside; with bytes that JSON must escape. */
export const QUOTED: u32 = 1;
export const DOUBLED: u32 = 2;
export const UNCLEAN: u32 = 4;

const MAX_CELLS: usize = 1024;
/** Per cell: the address of its first byte and of the one behind it, without quotes, and its writing. */
const CELL_BYTES: usize = 12;
const cells = memory.data(12_288, 16);

/** Of the last record: its cells, and where it ends without its line end, and with it. */
export let cellCount = 0;
export let recordEnd: usize = 0;
export let recordNext: usize = 0;
/** Line ends in the record, the last one included. */
export let lineCount = 0;
/** Whether a cell has bytes that JSON must escape. */
export let isUnclean = false;

export function cellFrom(column: usize): usize {
  return load<u32>(cells + column * CELL_BYTES);
}

export function cellTo(column: usize): usize {
  return load<u32>(cells + column * CELL_BYTES, 4);
}

export function cellWriting(column: usize): u32 {
  return load<u32>(cells + column * CELL_BYTES, 8);
}

/** Where the last cell read ends, and how it is written. */
let contentEnd: usize = 0;
let writing: u32 = 0;

/** Reads the record at `from`. False when it is not whole before `to`, or not plain. */
export function readRecord(from: usize, to: usize): bool {
  return (!trims && readClean(from, to)) || readAny(from, to);
}

/**
 * Reads a record without bytes that JSON must escape or white space to trim, from stop to stop. Returns false if it may
 * have any.
 */
function readClean(from: usize, to: usize): bool {
  cellCount = 0;
  seekStop(from);
  let start = from;
  while ((cellCount as usize) < MAX_CELLS) {
    let stop = nextStop();
    contentEnd = stop;
    writing = 0;
    if (stop === start && (load<u8>(stop) as u32) === quote) {
      start++;
      do contentEnd = nextStop();
      while (load<u8>(contentEnd) === delimiter && isDelimiterClean);
      stop = nextStop();
      if ((load<u8>(contentEnd) as u32) !== quote || stop !== contentEnd + 1) return false;
      writing = QUOTED;
    }
    addCell(start);
    const byte = load<u8>(stop);
    if (byte !== delimiter) return endClean(stop, to);
    start = stop + 1;
  }
  return false;
}

/** Ends the record at a line end. */
function endClean(stop: usize, to: usize): bool {
  const newline = load<u8>(stop) === RETURN ? nextStop() : stop;
  if (load<u8>(newline) !== NEWLINE || newline > stop + 1 || newline >= to) return false;
  lineCount = 1;
  isUnclean = false;
  recordEnd = stop;
  recordNext = newline + 1;
  return true;
}

/** Reads any record that is plain. */
function readAny(from: usize, to: usize): bool {
  cellCount = 0;
  lineCount = 1;
  let at = from;
  let seen: u32 = 0;
  while ((cellCount as usize) < MAX_CELLS) {
    if (trims) at = skipSpaces(at);
    const isQuoted = (load<u8>(at) as u32) === quote;
    const start = isQuoted ? at + 1 : at;
    at = isQuoted ? endOfQuoted(start, to) : endOfUnquoted(start);
    if (at === 0) return false;
    addCell(start);
    seen |= writing;
    if (load<u8>(at) === delimiter) {
      at++;
      continue;
    }
    const newline = load<u8>(at) === RETURN ? at + 1 : at;
    isUnclean = (seen & UNCLEAN) !== 0;
    recordEnd = at;
    recordNext = newline + 1;
    return load<u8>(newline) === NEWLINE && newline < to;
  }
  return false;
}

function addCell(start: usize): void {
  const cell = cells + (cellCount as usize) * CELL_BYTES;
  store<u32>(cell, start as u32);
  store<u32>(cell, contentEnd as u32, 4);
  store<u32>(cell, writing, 8);
  cellCount++;
}

/** The address of the delimiter or line end behind an unquoted cell. */
function endOfUnquoted(start: usize): usize {
  const separator = delimiter;
  const separators = i8x16.splat(separator);
  writing = 0;
  let at = start;
  while (true) {
    const bytes = v128.load(at);
    let stops = i8x16.bitmask(v128.or(i8x16.eq(bytes, separators), mustEscape(bytes)));
    for (; stops !== 0; stops &= stops - 1) {
      const stop = at + ctz(stops);
      const byte = load<u8>(stop);
      if (byte !== separator && byte !== NEWLINE && !isLineEnd(stop)) {
        writing = UNCLEAN;
        continue;
      }
      contentEnd = trims ? trimmedEnd(start, stop) : stop;
      return stop;
    }
    at += 16;
  }
}

/**
 * The address behind the closing quote of a cell, and behind the white space there; 0 when there is none, or
 * when something else follows it.
 */
function endOfQuoted(start: usize, to: usize): usize {
  const quotes = i8x16.splat(quote as u8);
  writing = QUOTED;
  for (let at = start; at < to;) {
    const bytes = v128.load(at);
    let stops = i8x16.bitmask(v128.or(i8x16.eq(bytes, quotes), mustEscape(bytes)));
    let next = at + 16;
    for (; stops !== 0; stops &= stops - 1) {
      const stop = at + ctz(stops);
      const byte = load<u8>(stop);
      if ((byte as u32) !== quote) {
        if (byte === NEWLINE) lineCount++;
        writing |= UNCLEAN;
        continue;
      }
      if ((load<u8>(stop + 1) as u32) !== quote) {
        contentEnd = stop;
        return endOfCell(trims ? skipSpaces(stop + 1) : stop + 1);
      }
      writing |= DOUBLED | UNCLEAN;
      next = stop + 2;
      break;
    }
    at = next;
  }
  return 0;
}

function endOfCell(at: usize): usize {
  const byte = load<u8>(at);
  return byte === delimiter || byte === NEWLINE || isLineEnd(at) ? at : 0;
}

function isLineEnd(at: usize): bool {
  return load<u8>(at) === RETURN && load<u8>(at + 1) === NEWLINE;
}

function mustEscape(bytes: v128): v128 {
  const quotes = i8x16.eq(bytes, i8x16.splat(DOUBLE_QUOTE));
  const backslashes = i8x16.eq(bytes, i8x16.splat(BACKSLASH));
  return v128.or(v128.or(quotes, backslashes), i8x16.lt_u(bytes, i8x16.splat(SPACE)));
}

/** A tab that is the delimiter is not white space. */
function skipSpaces(from: usize): usize {
  let at = from;
  while (isSpace(load<u8>(at)) && load<u8>(at) !== delimiter) at++;
  return at;
}

function trimmedEnd(start: usize, end: usize): usize {
  let at = end;
  while (at > start && isSpace(load<u8>(at - 1))) at--;
  return at;
}

function isSpace(byte: u8): bool {
  return byte === SPACE || byte === TAB;
}
