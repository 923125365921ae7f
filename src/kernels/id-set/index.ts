/**
 * A set of 128-bit ids, each claimed under a tag. Ids are stored in pages of 256 with the same tag; an index with slots of
 * four bytes points to them. An id takes 21 to 24 bytes, even while the index grows. AssemblyScript, compiled to
 * WebAssembly.
 */
import {
  beginPages,
  endPage,
  releasePage,
  holderOf,
  ID_BYTES,
  IDS_PER_PAGE,
  idsOf,
  nextIds,
  PAGE_LOG,
  setHolder,
  setIds,
  allocatePage,
  used,
} from './pages.ts';
import {
  beginSlots,
  entryFor,
  firstSlot,
  hashOf,
  insert,
  placeMask,
  resizeSlots,
  slotAt,
  slots,
} from './slots.ts';

/** Ids of one call. */
export const BATCH: u32 = 4096;
/** Ids prefetched together: overlapping cache misses cost little more than one. */
const GROUP: u32 = 64;
const INITIAL_SLOTS: u32 = 1024;
/** Maximum load of the index, and its growth, in percent. */
const MAX_FILLED: u64 = 80;
const GROWTH: u64 = 150;

/** Ids to claim (16 bytes each), and their previous holders (u32; zero: none, so the claim succeeded). */
export const ids: usize = memory.data(65_536, 16);
export const holders: usize = memory.data(16_384, 16);
/** Hashes of the group that is claimed, and of the one that is put into a new index meanwhile. */
const claimed: usize = memory.data(512, 16);
const hashes: usize = memory.data(512, 16);

/** Claimed ids, including withdrawn ones that are still in the index. */
export let size: u32 = 0;
/** The address after the last id of the claiming tag, or 0 if its next one begins a page. */
export let cursor: usize = 0;
/** Set, permanently, once memory was insufficient. */
export let isFull: bool = false;
/** XOR of prefetched slots, which keeps the reads from being optimized away. */
export let seen: u32 = 0;

/** Must be called once, first. */
export function begin(): void {
  beginSlots(beginPages(__heap_base));
  resize(INITIAL_SLOTS);
}

/** Claims `count` ids for a tag whose last id ends at `from` (the `cursor` after its last call, or 0). */
export function claim(count: u32, tag: u32, from: usize): void {
  cursor = from;
  for (let first: u32 = 0; first < count; first += GROUP) {
    const last = min(first + GROUP, count);
    lookAt(ids + (first as usize) * ID_BYTES, last - first, claimed);
    for (let id = first; id < last; id++) {
      const hash = load<u64>(claimed + (((id - first) as usize) << 3));
      store<u32>(holders + ((id as usize) << 2), claimOne(ids + (id as usize) * ID_BYTES, hash, tag));
    }
  }
}

/** Releases the ids of a tag: the next claim of each succeeds. */
export function withdraw(tag: u32): void {
  for (let page = nextIds(0); page !== 0; page = nextIds(page)) {
    if (holderOf(page) === tag) setHolder(page, 0);
  }
}

/** Removes all ids except those of the tags listed in `ids` (u32 each). */
export function keepOnly(tags: u32): void {
  for (let page = nextIds(0); page !== 0; page = nextIds(page)) {
    if (!isAmong(holderOf(page), tags)) setHolder(page, 0);
  }
  dropWithdrawn();
  resize(max(INITIAL_SLOTS, slotsFor(size)));
}

/** Bytes in use; if the index is about to grow, including its growth. */
export function bytes(): f64 {
  const isNearlyFull = (size as u64) * 1000 > (slots as u64) * MAX_FILLED * 9;
  const more: u64 = isNearlyFull ? ((slots as u64) * 4 * (GROWTH - 100)) / 100 : 0;
  return (((used as u64) << PAGE_LOG) + more) as f64;
}

function claimOne(id: usize, hash: u64, tag: u32): u32 {
  if (isFull) return 0;
  if ((size as u64) * 100 >= (slots as u64) * MAX_FILLED) grow();
  const bits = ~placeMask;
  let slot = firstSlot(hash);
  while (true) {
    const at = slotAt(slot);
    const entry = load<u32>(at);
    if (entry === 0) return isFull ? 0 : put(at, id, hash, tag);
    if (((entry ^ (hash as u32)) & bits) === 0) {
      const place = ((entry & placeMask) as usize) << 4;
      if (load<u64>(place) === load<u64>(id) && load<u64>(place, 8) === load<u64>(id, 8)) {
        const holder = holderOf(place);
        return holder === 0 ? put(at, id, hash, tag) : holder;
      }
    }
    slot = slot + 1 === slots ? 0 : slot + 1;
  }
}

/** Appends an id to those of its tag, and points the slot to it. */
function put(slot: usize, id: usize, hash: u64, tag: u32): u32 {
  if (!hasRoom(tag)) return 0;
  const place = cursor;
  store<u64>(place, load<u64>(id));
  store<u64>(place, load<u64>(id, 8), 8);
  const page = place & ~(((1 as usize) << PAGE_LOG) - 1);
  const count = (((place - page) >> 4) as u32) + 1;
  setIds(page, count);
  cursor = count === IDS_PER_PAGE ? 0 : place + ID_BYTES;
  size++;
  // Where no slot can point, all ids are put into an index whose slots can.
  if (((place >> 4) as u32) > placeMask) grow();
  else store<u32>(slot, entryFor(hash, place));
  return 0;
}

/** Begins a page for the tag if it has none with room. */
function hasRoom(tag: u32): bool {
  if (cursor !== 0) return true;
  const page = allocatePage();
  if (page === 0) {
    isFull = true;
    return false;
  }
  setHolder(page, tag);
  cursor = page;
  return true;
}

/** Rebuilds the index with more slots, without withdrawn ids. */
function grow(): void {
  dropWithdrawn();
  resize(max(slots, slotsFor(size)));
}

/** So many slots that ids may become half as many again before the next growth. */
function slotsFor(count: u32): u32 {
  return (((count as u64) * GROWTH) / MAX_FILLED) as u32;
}

function dropWithdrawn(): void {
  for (let page = nextIds(0); page !== 0; page = nextIds(page)) {
    if (holderOf(page) !== 0) continue;
    size -= idsOf(page);
    releasePage(page);
  }
}

function resize(wanted: u32): void {
  const most = ((wanted as u64) * MAX_FILLED) / 100;
  const reach = (endPage as u64) * 256 + most + ((wanted as u64) >> 2) + 0x10000;
  if (!resizeSlots(wanted, maskFor(reach))) {
    isFull = true;
    return;
  }
  for (let page = nextIds(0); page !== 0; page = nextIds(page)) {
    const count = idsOf(page);
    for (let first: u32 = 0; first < count; first += GROUP) {
      insertGroup(page + (first as usize) * ID_BYTES, min(GROUP, count - first));
    }
  }
}

function insertGroup(place: usize, count: u32): void {
  lookAt(place, count, hashes);
  for (let id: u32 = 0; id < count; id++) {
    insert(load<u64>(hashes + ((id as usize) << 3)), place + (id as usize) * ID_BYTES);
  }
}

/** Notes the hashes of a group at `to`, and reads the slots where they begin. */
function lookAt(from: usize, count: u32, to: usize): void {
  for (let id: u32 = 0; id < count; id++) {
    const hash = hashOf(from + (id as usize) * ID_BYTES);
    store<u64>(to + ((id as usize) << 3), hash);
    seen ^= load<u32>(slotAt(firstSlot(hash)));
  }
}

/** As many low bits as places up to this one need. */
function maskFor(places: u64): u32 {
  return ((1 << (32 - clz<u32>(min(places, (1 << 28) - 1) as u32))) - 1) as u32;
}

function isAmong(tag: u32, tags: u32): bool {
  for (let index: u32 = 0; index < tags; index++) {
    if (load<u32>(ids + ((index as usize) << 2)) === tag) return true;
  }
  return false;
}
