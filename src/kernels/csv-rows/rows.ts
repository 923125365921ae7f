/**
 * Writes plain CSV records as rows of JSON, many at a time, and stops at the first record that is not plain.
 * `formats/csv` and `shaping/rows/json-rows.ts` are the reference and handle all remaining records.
 */
import { crc32 } from '../crc32/crc32.ts';
import { addHint, beginHints } from '../deflate/hints.ts';
import { memberBytes, writeMember, writeMemberByContent, writeWaitingIds } from '../plain-rows/ids.ts';
import { change, changedMember, hasId, isOld, meetsDemands } from './checks.ts';
import { comment, NEWLINE, SPACE } from './dialect.ts';
import { bytesBesideCells, writeMembers } from './members.ts';
import {
  cellCount,
  cellFrom,
  cellTo,
  isUnclean,
  lineCount,
  readRecord,
  recordEnd,
  recordNext,
} from './record.ts';
import { forgetStops } from './stops.ts';
import { MAX_GROWTH } from './text.ts';
import { FROM_NUMBER, REWRITTEN, ZONE_ASSUMED } from './times.ts';

const OPEN_OBJECT: u8 = 0x7b;
/** A closing brace and a newline. */
const ROW_END: u16 = 0x0a7d;
/** Writes may go this far beyond the end of the output. */
const SLACK: usize = 64;
/** Records over more lines cause a warning, and are left to the caller. */
const MANY_LINES = 100;

/**
 * The result of the last `takeRecords`: the number of rows and of the lines they came from, the address after them,
 * and how many had no id, got one, or were old.
 */
export let rows = 0;
export let lines = 0;
export let end: usize = 0;
export let withoutId = 0;
export let filled = 0;
export let old = 0;
/** How many had a time that was a number, without a zone, or in another form. */
export let fromNumber = 0;
export let zoneAssumed = 0;
export let rewritten = 0;
/** The end of the rows written. */
export let outEnd: usize = 0;

/** Rows without an id: unchanged, or given one by position or by content. */
const TAKEN = 0;
const FILLED_BY_CONTENT = 2;

let missingIds = TAKEN;
let columns = 0;
/** In how many members the cell of one column is written, at most. */
let maxUses: usize = 1;
let maxRows = 0;
let maxRowBytes: usize = 0;

/** `missing`: 0, rows without an id are taken; 1, they get an id by position; 2, one by content. */
export function setTable(columnCount: i32, uses: i32, missing: i32): void {
  columns = columnCount;
  maxUses = uses;
  missingIds = missing;
}

/** Limits of the next calls: number of rows, and the size of each record. */
export function limitRecords(rowCount: i32, rowBytes: usize): void {
  maxRows = rowCount;
  maxRowBytes = rowBytes;
}

/** The next rows are written from `out` on, and end before `outLimit`. */
export function writeTo(out: usize, limitAt: usize): void {
  if (out < outEnd) beginHints();
  outEnd = out;
  outLimit = limitAt;
}

let outLimit: usize = 0;
/** Where the last row that got an id begins. */
let lastFilled: usize = 0;

/**
 * Takes records in `[from, to)`. `offset` is the offset of `from` in the input. The digest for ids is valid
 * for records that begin before the offset `until`.
 */
export function takeRecords(from: usize, to: usize, offset: f64, until: f64): void {
  begin(from, to);
  const shift = (offset as u64) - from;
  const stop = until === Infinity ? u64.MAX_VALUE : (until as u64);
  while (rows < maxRows && end < to && shift + end < stop) {
    if ((load<u8>(end) as u32) === comment || !readRecord(end, to) || !isRow() || !meetsDemands()) break;
    const isFilled = !hasId && missingIds !== TAKEN;
    if (outEnd + maxBytes(isFilled) > outLimit) break;
    const start = isFilled ? outEnd + memberBytes() : outEnd;
    if (isFilled) hintAtRow();
    const last = writeMembers(start, changedMember);
    if (last === start) break;
    // The comma that ends the id's member is that of the first of the others.
    if (isFilled) writeId(outEnd + 1, shift);
    store<u8>(outEnd, OPEN_OBJECT);
    store<u16>(last, ROW_END);
    outEnd = last + 2;
    count(isFilled);
  }
  writeWaitingIds();
}

/** The member of an id begins like that of the row before. */
function hintAtRow(): void {
  addHint(outEnd, outEnd - lastFilled);
  lastFilled = outEnd;
}

function writeId(out: usize, shift: u64): void {
  if (missingIds === FILLED_BY_CONTENT) writeMemberByContent(out, end, recordEnd);
  else writeMember(out, shift + end, crc32(end, recordEnd));
}

function begin(from: usize, to: usize): void {
  rows = 0;
  lines = 0;
  end = from;
  withoutId = 0;
  filled = 0;
  old = 0;
  fromNumber = 0;
  zoneAssumed = 0;
  rewritten = 0;
  forgetStops();
  store<u8>(to, NEWLINE);
}

/** Whether the record is certainly a row: whole, not too long, and not blank. */
function isRow(): bool {
  if (cellCount !== columns || lineCount > MANY_LINES || recordEnd - end > maxRowBytes) return false;
  if (columns === 1) return cellFrom(0) < cellTo(0) && load<u8>(cellFrom(0)) > SPACE;
  for (let column: usize = 0; column < (columns as usize); column++) {
    if (cellFrom(column) !== cellTo(column)) return true;
  }
  return false;
}

/** The maximum size of the row, plus what writes may exceed it by. */
function maxBytes(isFilled: bool): usize {
  const growth = maxUses * (isUnclean ? MAX_GROWTH : 1);
  return (recordEnd - end) * growth + bytesBesideCells() + (isFilled ? memberBytes() : 0) + SLACK;
}

function count(isFilled: bool): void {
  rows++;
  lines += lineCount;
  if (isFilled) filled++;
  else if (!hasId) withoutId++;
  if (isOld) old++;
  if (change === FROM_NUMBER) fromNumber++;
  else if (change === ZONE_ASSUMED) zoneAssumed++;
  else if (change === REWRITTEN) rewritten++;
  end = recordNext;
}
