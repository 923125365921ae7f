/**
 * New and returning origins, in one pass over rows in any order. An origin counts once a day, in the cell of the first
 * row it has that day; it is new on the earliest of its days, and returning on the others.
 */
import { groupOf, originOf } from './batch.ts';
import { mixed } from './digest.ts';
import {
  beginTable,
  entryAt,
  find,
  firstPlace,
  SEGMENT_ENTRIES,
  SEGMENT_INDEXES,
  segmentAt,
  take,
} from './digest-table.ts';
import { cellOf, sinceEpochOf } from './groups.ts';

/** Cells that rows are counted in. */
export const MOST_CELLS: u32 = 65_536;
/** Of each origin: its digest, the earliest day so far and the cell in which it is new, then a bit a day of the window. */
const ORIGIN_BYTES: usize = 24;
const FIRST_DAY_AT: usize = 8;
const FIRST_CELL_AT: usize = 12;
const BITS_AT: usize = 16;
/** An origin on a day, as a digest. */
const DAY_BYTES: usize = 8;
/** So many days around the first row have a bit: exports are of a month or two. */
const WINDOW_DAYS: i32 = 64;
const DAYS_BEFORE: i32 = 32;
/** Rows looked up together. */
const GROUP: u32 = 32;

const origins: usize = memory.data(16, 16);
/** Origins with each of their days that are not in the window. */
const days: usize = memory.data(16, 16);
/** By cell, u32. */
export const newOrigins: usize = memory.data(262_144, 16);
export const returningOrigins: usize = memory.data(262_144, 16);
/** What cells are called from now on, by what they were called, u32; set by whoever renumbers them. */
export const cellNames: usize = memory.data(262_144, 16);
const renumbered: usize = memory.data(262_144, 16);

let windowStart: i32 = i32.MIN_VALUE;
/** How many there are. */
export let originCount: u32 = 0;
/** Whether one had no room: then new and returning ones cannot be told. */
export let areOriginsForgotten: bool = false;
/** Reads that are made ahead, so that they are not left out. */
export let seen: u64 = 0;

export function beginOrigins(mostSegments: u32, mostDaySegments: u32): bool {
  return beginTable(origins, ORIGIN_BYTES, mostSegments) && beginTable(days, DAY_BYTES, mostDaySegments);
}

/** Counts the origins of the batch's rows, once all their groups have cells. */
export function countOrigins(rows: u32): void {
  for (let first: u32 = 0; first < rows; first += GROUP) {
    const last = min(first + GROUP, rows);
    for (let row = first; row < last; row++) seen ^= load<u64>(firstPlace(origins, originOf(row)));
    for (let row = first; row < last; row++) {
      const group = groupOf(row);
      const origin = originOf(row);
      if (group < 0 || origin === 0 || cellOf(group) < 0) continue;
      countOrigin(origin, sinceEpochOf(group), cellOf(group));
    }
  }
}

/** Cells are called by `cellNames` from now on; several may have become one. */
export function renumberCells(): void {
  for (let index: u32 = 0; index < SEGMENT_INDEXES; index++) {
    const segment = segmentAt(origins, index);
    if (segment === 0) continue;
    for (let slot: u32 = 0; slot < SEGMENT_ENTRIES; slot++) {
      const origin = entryAt(origins, segment, slot);
      if (load<u64>(origin) !== 0)
        store<u32>(origin, nameOf(load<u32>(origin, FIRST_CELL_AT)), FIRST_CELL_AT);
    }
  }
  renumberCounts(newOrigins);
  renumberCounts(returningOrigins);
}

function countOrigin(digest: u64, day: i32, cell: u32): void {
  const found = find(origins, digest);
  if (load<u64>(found) === 0) {
    addOrigin(take(origins, digest, found), day, cell);
    return;
  }
  const firstDay = load<i32>(found, FIRST_DAY_AT);
  if (day === firstDay) return;
  const isNewDay = addDay(found, day);
  if (day > firstDay) {
    if (isNewDay) change(returningOrigins, cell, 1);
    return;
  }
  const firstCell = load<u32>(found, FIRST_CELL_AT);
  change(newOrigins, firstCell, -1);
  change(returningOrigins, firstCell, 1);
  change(newOrigins, cell, 1);
  store<i32>(found, day, FIRST_DAY_AT);
  store<u32>(found, cell, FIRST_CELL_AT);
}

function addOrigin(origin: usize, day: i32, cell: u32): void {
  if (origin === 0) {
    areOriginsForgotten = true;
    return;
  }
  store<i32>(origin, day, FIRST_DAY_AT);
  store<u32>(origin, cell, FIRST_CELL_AT);
  originCount++;
  change(newOrigins, cell, 1);
  addDay(origin, day);
}

/** Whether the origin has not come on this day so far. */
function addDay(origin: usize, day: i32): bool {
  if (windowStart === i32.MIN_VALUE) windowStart = day - DAYS_BEFORE;
  const offset = day - windowStart;
  if (offset < 0 || offset >= WINDOW_DAYS) return addOtherDay(load<u64>(origin), day);
  const bits = load<u64>(origin, BITS_AT);
  const bit = (1 as u64) << (offset as u64);
  store<u64>(origin, bits | bit, BITS_AT);
  return (bits & bit) === 0;
}

function addOtherDay(origin: u64, day: i32): bool {
  const mix = mixed(origin, day as u64);
  const digest = mix === 0 ? 1 : mix;
  const entry = find(days, digest);
  if (load<u64>(entry) !== 0) return false;
  if (take(days, digest, entry) === 0) areOriginsForgotten = true;
  return true;
}

function change(counts: usize, cell: u32, by: i32): void {
  const at = counts + ((cell as usize) << 2);
  store<i32>(at, load<i32>(at) + by);
}

function nameOf(cell: u32): u32 {
  return load<u32>(cellNames + ((cell as usize) << 2));
}

function renumberCounts(counts: usize): void {
  const bytes = (MOST_CELLS as usize) << 2;
  memory.copy(renumbered, counts, bytes);
  memory.fill(counts, 0, bytes);
  for (let cell: u32 = 0; cell < MOST_CELLS; cell++) {
    const count = load<i32>(renumbered + ((cell as usize) << 2));
    if (count !== 0) change(counts, nameOf(cell), count);
  }
}
