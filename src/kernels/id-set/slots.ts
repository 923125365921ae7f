/**
 * The index: a slot for each id, and some to spare, in pages anywhere in memory. A slot holds where its id stands,
 * divided by 16, and above that as many bits of the id's hash as fit. It is never copied: when it grows it gets more
 * pages, and all ids are put in again.
 */
import { releasePage, allocatePage } from './pages.ts';

const SLOTS_LOG: u32 = 10;
const SLOTS_PER_PAGE: u32 = 1 << SLOTS_LOG;

/** Address of each page of the index, u32. */
let pages: usize = 0;
let pageCount: u32 = 0;
export let slots: u32 = 0;
/** The bits of a slot that say where its id stands. */
export let placeMask: u32 = 0;

export function beginSlots(table: usize): void {
  pages = table;
  pageCount = 0;
  slots = 0;
}

/** Empties the index, and gives it so many slots or a few more. False when memory does not suffice. */
export function resizeSlots(wanted: u32, mask: u32): bool {
  const count = (wanted + SLOTS_PER_PAGE - 1) >> SLOTS_LOG;
  while (pageCount > count) releasePage(load<u32>(pages + ((--pageCount as usize) << 2)));
  for (let page: u32 = 0; page < pageCount; page++) {
    memory.fill(load<u32>(pages + ((page as usize) << 2)), 0, SLOTS_PER_PAGE << 2);
  }
  while (pageCount < count) {
    const at = allocatePage();
    if (at === 0) return false;
    store<u32>(pages + ((pageCount++ as usize) << 2), at as u32);
  }
  slots = pageCount << SLOTS_LOG;
  placeMask = mask;
  return true;
}

/** Mixes all bits, since ids need not be random (UUID versions 1, 6 and 7 start with the time). */
export function hashOf(id: usize): u64 {
  let hash = load<u64>(id) * 0x9e37_79b1_85eb_ca87;
  hash = (hash ^ (hash >> 32) ^ load<u64>(id, 8)) * 0xc2b2_ae3d_27d4_eb4f;
  hash = (hash ^ (hash >> 29)) * 0x1656_67b1_9e37_79f9;
  return hash ^ (hash >> 32);
}

/** The slot where the search for an id begins. */
export function firstSlot(hash: u64): u32 {
  return (((hash >> 32) * (slots as u64)) >> 32) as u32;
}

export function slotAt(slot: u32): usize {
  const page = load<u32>(pages + ((slot >> SLOTS_LOG) << 2)) as usize;
  return page + ((slot & (SLOTS_PER_PAGE - 1)) << 2);
}

/** The content of a slot for the id that stands at `place`. */
export function entryFor(hash: u64, place: usize): u32 {
  return ((hash as u32) & ~placeMask) | ((place >> 4) as u32);
}

/** Puts an id into the first free slot. The index must have one, and must not have the id. */
export function insert(hash: u64, place: usize): void {
  let slot = firstSlot(hash);
  let at = slotAt(slot);
  while (load<u32>(at) !== 0) {
    slot = slot + 1 === slots ? 0 : slot + 1;
    at = slotAt(slot);
  }
  store<u32>(at, entryFor(hash, place));
}
