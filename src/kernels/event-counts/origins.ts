/**
 * Counts new and returning origins in one pass, with rows in any order. An origin counts once per day, in the cell of its
 * first row that day. It is new on its earliest day and returning on all others.
 */
import { groupOf, originOf } from './batch.ts';
import { mix } from './digest.ts';
import {
  beginTable,
  endTable,
  entriesOf,
  firstGroup,
  isFree,
  payloadOf,
  placeAt,
  findEntry,
  TABLE_BYTES,
  insert,
} from './digest-table.ts';
import { cellOf, dayOf } from './groups.ts';

/** Cells that rows can be counted in. */
export const MAX_CELLS: u32 = 65_536;
/** Distinct days, each with a number. */
export const MAX_DAYS: u32 = 65_536;
/** Payload of an origin: number of its earliest day so far (u16), and the cell in which it is new (u16). */
const ORIGIN_LOG: usize = 2;
const FIRST_CELL_AT: usize = 2;
/** Payload of an origin within 64 consecutive days: a bit for each day on which it returned. */
const RETURNS_LOG: usize = 3;
const DAYS_LOG: i32 = 6;
/** Rows prefetched together. */
const GROUP: u32 = 32;

const origins: usize = memory.data(TABLE_BYTES, 16);
const returns: usize = memory.data(TABLE_BYTES, 16);
/** Per day number: days since 1970 (i32), set by the caller. */
export const daysSinceEpoch: usize = memory.data(262_144, 16);
/** Counts per cell (u32). */
export const newOrigins: usize = memory.data(262_144, 16);
export const returningOrigins: usize = memory.data(262_144, 16);
/** Per old cell number: the new one (u32), set by the caller before `renumberCells`. */
export const newCells: usize = memory.data(262_144, 16);
const renumbered: usize = memory.data(262_144, 16);

/** Number of distinct origins. */
export let originCount: u32 = 0;
/** Whether an origin did not fit, after which new and returning ones are unknown. */
export let areOriginsForgotten: bool = false;
/** XOR of prefetched memory, which keeps the reads from being optimized away. */
export let seen: u64 = 0;

export function beginOrigins(maxPages: u32): bool {
  return beginTable(origins, 1 << ORIGIN_LOG, maxPages) && beginTable(returns, 1 << RETURNS_LOG, maxPages);
}

/** Gives back the memory that they take. */
export function forgetOrigins(): void {
  if (areOriginsForgotten) return;
  areOriginsForgotten = true;
  endTable(origins);
  endTable(returns);
}

/** Counts the origins of the batch's rows, once all their groups have cells. */
export function countOrigins(rows: u32): void {
  for (let first: u32 = 0; first < rows && !areOriginsForgotten; first += GROUP) {
    const last = min(first + GROUP, rows);
    for (let row = first; row < last; row++) seen ^= load<u64>(firstGroup(origins, originOf(row)));
    for (let row = first; row < last && !areOriginsForgotten; row++) {
      const group = groupOf(row);
      if (group < 0 || cellOf(group) < 0) continue;
      const origin = originOf(row);
      // Days are never joined, so that thousands of them may have more cells than there is room for.
      if (cellOf(group) >= (MAX_CELLS as i32)) forgetOrigins();
      else if (origin !== 0) countOrigin(origin, dayOf(group), cellOf(group));
    }
  }
}

/** Cells are called by `newCells` from now on; several may have become one. */
export function renumberCells(): void {
  if (areOriginsForgotten) return;
  const entries = entriesOf(origins);
  for (let entry: u32 = 0; entry < entries; entry++) {
    const place = placeAt(origins, entry);
    if (isFree(place)) continue;
    const origin = payloadOf(place, ORIGIN_LOG);
    store<u16>(origin, newCellOf(load<u16>(origin, FIRST_CELL_AT)) as u16, FIRST_CELL_AT);
  }
  renumberCounts(newOrigins);
  renumberCounts(returningOrigins);
}

function countOrigin(digest: u64, day: u32, cell: u32): void {
  const place = findEntry(origins, digest);
  if (isFree(place)) {
    addOrigin(insert(origins, digest, place), day, cell);
    return;
  }
  const origin = payloadOf(place, ORIGIN_LOG);
  const firstDay: u32 = load<u16>(origin);
  if (day === firstDay) return;
  if (sinceEpoch(day) > sinceEpoch(firstDay)) {
    if (isNewReturn(digest, sinceEpoch(day))) change(returningOrigins, cell, 1);
    return;
  }
  const firstCell = load<u16>(origin, FIRST_CELL_AT);
  store<u16>(origin, day as u16);
  store<u16>(origin, cell as u16, FIRST_CELL_AT);
  change(newOrigins, firstCell, -1);
  change(newOrigins, cell, 1);
  if (isNewReturn(digest, sinceEpoch(firstDay))) change(returningOrigins, firstCell, 1);
}

function addOrigin(place: usize, day: u32, cell: u32): void {
  if (place === 0) {
    forgetOrigins();
    return;
  }
  const origin = payloadOf(place, ORIGIN_LOG);
  store<u16>(origin, day as u16);
  store<u16>(origin, cell as u16, FIRST_CELL_AT);
  originCount++;
  change(newOrigins, cell, 1);
}

/** Whether this is the origin's first return on this day. */
function isNewReturn(origin: u64, day: i32): bool {
  const digest = mix(origin, (day >> DAYS_LOG) as u64);
  let place = findEntry(returns, digest);
  if (isFree(place)) place = insert(returns, digest, place);
  if (place === 0) {
    forgetOrigins();
    return false;
  }
  const days = payloadOf(place, RETURNS_LOG);
  const bit = (1 as u64) << ((day & ((1 << DAYS_LOG) - 1)) as u64);
  const before = load<u64>(days);
  store<u64>(days, before | bit);
  return (before & bit) === 0;
}

function sinceEpoch(day: u32): i32 {
  return load<i32>(daysSinceEpoch + ((day as usize) << 2));
}

function change(counts: usize, cell: u32, by: i32): void {
  const at = counts + ((cell as usize) << 2);
  store<i32>(at, load<i32>(at) + by);
}

function newCellOf(cell: u32): u32 {
  return load<u32>(newCells + ((cell as usize) << 2));
}

function renumberCounts(counts: usize): void {
  const bytes = (MAX_CELLS as usize) << 2;
  memory.copy(renumbered, counts, bytes);
  memory.fill(counts, 0, bytes);
  for (let cell: u32 = 0; cell < MAX_CELLS; cell++) {
    const count = load<i32>(renumbered + ((cell as usize) << 2));
    if (count !== 0) change(counts, newCellOf(cell), count);
  }
}
