/**
 * Takes NDJSON rows that need no decision, many at a time: JSON objects that plainly meet every requirement,
 * as nearly all rows do. Stops at the first row that is not certain, and never says why: the rules are those
 * of `shaping/rows/json-rows.ts`, which decides about every row that is left.
 */
import { crc32 } from '../crc32/crc32.ts';
import { growth, isEdited, writeEdited } from './edits.ts';
import { memberBytes, writeMember, writeMemberByContent, writeWaitingIds } from './ids.ts';
import { OPEN_OBJECT } from './json.ts';
import { changedTime, hasId, isOld, isRenamed } from './members.ts';
import { droppedMembers, endOfRow, rowEnd } from './row.ts';
import { UNCHANGED, FROM_NUMBER, ZONE_ASSUMED } from '../csv-rows/times.ts';

const NEWLINE: u8 = 0x0a;
/**
 * The result of the last `view` or `copy`: the number of rows, the address after them, and how many rows had
 * no id, got one, or were old.
 */
export let rows = 0;
export let end: usize = 0;
export let withoutId = 0;
export let filled = 0;
export let old = 0;
/** How many times were rewritten, and why. */
export let timesFromNumber = 0;
export let timesOfZone = 0;
export let timesRewritten = 0;
/** In how many rows a key was renamed, and in how many one was left out. */
export let renamed = 0;
export let dropped = 0;
/** The end of the rows written to the output. */
export let outEnd: usize = 0;

let output: usize = 0;
let outputBytes: usize = 0;

/** Rows without an id are taken as they are. */
const TAKEN = 0;
/** Rows without an id get one by content when they are copied; by position at 1. */
const FILLED_BY_CONTENT = 2;

let missingIds = TAKEN;
let maxRows = 0;
let maxBytes: usize = 0;
let maxRowBytes: usize = 0;

/** Where `copy` writes its rows: up to fifteen bytes behind `bytes` are overwritten. */
export function setOutput(at: usize, bytes: usize): void {
  output = at;
  outputBytes = bytes;
}

/** `missing`: 0, rows without an id are taken; 1, they get an id by position; 2, one by content. */
export function setMissingIds(missing: i32): void {
  missingIds = missing;
}

/** Limits of the next calls: number of rows, their total size, and the size of each row. */
export function limit(rows: i32, bytes: usize, rowBytes: usize): void {
  maxRows = rows;
  maxBytes = bytes;
  maxRowBytes = rowBytes;
}

/** Takes rows in `[from, to)` that need no change. */
export function view(from: usize, to: usize): void {
  begin(from, to);
  const last = min(to, from + maxBytes);
  while (rows < maxRows) {
    const newline = endOfRow(end);
    if (newline === 0 || newline >= last || newline - end > maxRowBytes) return;
    // The row must be copied when it does not leave as it is.
    if (rowEnd !== newline || isEdited()) return;
    if (!hasId()) {
      if (missingIds !== TAKEN) return;
      withoutId++;
    }
    count(newline);
  }
}

/**
 * Takes rows in `[from, to)` and writes them to the output. `offset` is the offset of `from` in the input. The
 * digest for ids is valid for rows that begin before the offset `until`.
 */
export function copy(from: usize, to: usize, offset: f64, until: f64): void {
  begin(from, to);
  const shift = (offset as u64) - from;
  const stop = until === Infinity ? u64.MAX_VALUE : (until as u64);
  const outLast = output + min(maxBytes, outputBytes);
  while (rows < maxRows && shift + end < stop) {
    const newline = endOfRow(end);
    if (newline === 0 || newline >= to || rowEnd - end > maxRowBytes) break;
    const isFilled = !hasId() && missingIds !== TAKEN;
    const rowBytes = rowEnd - end + growth + (isFilled ? memberBytes() : 0);
    if (outEnd + rowBytes + 1 > outLast) break;
    if (isFilled) writeFilled(shift);
    else outEnd = writeEdited(outEnd, end, rowEnd);
    store<u8>(outEnd++, NEWLINE);
    if (!isFilled && !hasId()) withoutId++;
    countChanges();
    count(newline);
  }
  writeWaitingIds();
}

/** Writes the row with its id behind the opening brace. */
function writeFilled(shift: u64): void {
  store<u8>(outEnd++, OPEN_OBJECT);
  if (missingIds === FILLED_BY_CONTENT) outEnd = writeMemberByContent(outEnd, end, rowEnd);
  else outEnd = writeMember(outEnd, shift + end, crc32(end, rowEnd));
  outEnd = writeEdited(outEnd, end + 1, rowEnd);
  filled++;
}

function begin(from: usize, to: usize): void {
  rows = 0;
  end = from;
  withoutId = 0;
  filled = 0;
  old = 0;
  timesFromNumber = 0;
  timesOfZone = 0;
  timesRewritten = 0;
  renamed = 0;
  dropped = 0;
  outEnd = output;
  // A zero byte stops every scan here.
  store<u8>(to, 0);
}

function countChanges(): void {
  if (isRenamed) renamed++;
  if (droppedMembers > 0) dropped++;
  if (changedTime === UNCHANGED) return;
  if (changedTime === FROM_NUMBER) timesFromNumber++;
  else if (changedTime === ZONE_ASSUMED) timesOfZone++;
  else timesRewritten++;
}

function count(newline: usize): void {
  rows++;
  if (isOld) old++;
  end = newline + 1;
}
