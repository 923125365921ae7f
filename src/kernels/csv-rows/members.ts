/** The members of the object written for each record: a prefix, usually followed by the cell of a column. */
import { addHint } from '../deflate/hints.ts';
import { cellFrom, cellTo, cellWriting, QUOTED } from './record.ts';
import { copyBytes, writeText } from './text.ts';
import { timeText, timeTextEnd } from './times.ts';

const QUOTE: u8 = 0x22;
const NULL: u32 = 0x6c6c756e;

/** What a cell without text becomes: no member, `null`, or an empty text. */
const OMITTED = 0;
const EMPTY_TEXT = 2;

/** What a member is: a text, missing, `null`, or an empty text. */
export const IS_TEXT = 0;
export const IS_MISSING = 1;
const IS_NULL = 2;
export const IS_EMPTY = 3;

const MAX_MEMBERS: usize = 1024;
const MAX_PREFIX_BYTES: usize = 65_536;
/**
 * Per member: address and length of what stands in front of the value, the column, or `NO_COLUMN`, and where the member was
 * written last.
 */
const MEMBER_BYTES: usize = 16;
const members = memory.data(16_384, 16);
const NO_COLUMN: u32 = 0xffff_ffff;
const prefixes = memory.data(65_568, 16);

/** Unquoted cells with one of these texts are null: sixteen bytes each, their lengths apart. */
const MAX_NULLS: usize = 8;
const nulls = memory.data(128, 16);
const nullLengths = memory.data(32, 4);
const MAX_NULL_BYTES: usize = 16;

/** A rewritten time. */
const MAX_TIME_BYTES: usize = 32;

let memberCount: usize = 0;
let nullCount: usize = 0;
let emptyCells = OMITTED;
/** All prefixes together. */
let prefixBytes: usize = 0;

/** Starts the members of another table; `empty`: what an empty cell becomes. */
export function beginMembers(empty: i32): void {
  memberCount = 0;
  nullCount = 0;
  prefixBytes = 0;
  emptyCells = empty;
}

/**
 * Adds a member. `[from, from + length)` is `,"key":"` in front of a cell, or all of `,"key":value` when
 * there is no column. False when there is no room for it.
 */
export function addMember(from: usize, length: usize, column: u32): bool {
  if (memberCount === MAX_MEMBERS || prefixBytes + length > MAX_PREFIX_BYTES) return false;
  const prefix = prefixes + prefixBytes;
  memory.copy(prefix, from, length);
  const member = members + memberCount * MEMBER_BYTES;
  store<u32>(member, prefix as u32);
  store<u32>(member, length as u32, 4);
  store<u32>(member, column, 8);
  memberCount++;
  prefixBytes += length;
  return true;
}

/** Adds a text that means null. False when there is no room for it. */
export function addNull(from: usize, length: usize): bool {
  if (nullCount === MAX_NULLS || length > MAX_NULL_BYTES) return false;
  memory.copy(nulls + nullCount * MAX_NULL_BYTES, from, length);
  store<u32>(nullLengths + (nullCount << 2), length as u32);
  nullCount++;
  return true;
}

/** The most bytes that the members need beside their cells. */
export function bytesBesideCells(): usize {
  return prefixBytes + memberCount * 4 + MAX_TIME_BYTES;
}

/** What the cell of a column becomes. */
export function kindOf(column: usize): i32 {
  const from = cellFrom(column);
  const to = cellTo(column);
  if (from === to)
    return emptyCells === OMITTED ? IS_MISSING : emptyCells === EMPTY_TEXT ? IS_EMPTY : IS_NULL;
  if (nullCount === 0 || (cellWriting(column) & QUOTED) !== 0 || !isNullText(from, to)) return IS_TEXT;
  return emptyCells === OMITTED ? IS_MISSING : IS_NULL;
}

function isNullText(from: usize, to: usize): bool {
  for (let index: usize = 0; index < nullCount; index++) {
    const length = load<u32>(nullLengths + (index << 2)) as usize;
    if (length === to - from && memory.compare(nulls + index * MAX_NULL_BYTES, from, length) === 0)
      return true;
  }
  return false;
}

/**
 * Writes the members, each with a comma in front; returns the address after them. In place of the cell of
 * member `changed` is the text of its time.
 */
export function writeMembers(out: usize, changed: u32): usize {
  let end = out;
  const last = members + memberCount * MEMBER_BYTES;
  const timed = members + (changed as usize) * MEMBER_BYTES;
  for (let member = members; member < last; member += MEMBER_BYTES) {
    const start = end;
    const prefixEnd = copyBytes(start, load<u32>(member), load<u32>(member, 4));
    const column = load<u32>(member, 8);
    if (member === timed) end = quoted(copyBytes(prefixEnd, timeText, timeTextEnd - timeText));
    else end = column === NO_COLUMN ? prefixEnd : writeCell(start, prefixEnd, column);
    if (end === start) continue;
    addHint(start, start - (load<u32>(member, 12) as usize));
    store<u32>(member, start as u32, 12);
  }
  return end;
}

/** Behind the opening quote. `start` is where the member begins, which a cell may leave out. */
function writeCell(start: usize, out: usize, column: usize): usize {
  const kind = kindOf(column);
  if (kind === IS_MISSING) return start;
  if (kind === IS_NULL) {
    store<u32>(out - 1, NULL);
    return out + 3;
  }
  return quoted(writeText(out, cellFrom(column), cellTo(column), cellWriting(column)));
}

/** Behind the closing quote. */
function quoted(end: usize): usize {
  store<u8>(end, QUOTE);
  return end + 1;
}
