/**
 * Hash tables of digests, each with a small payload, that stay nearly full at any size. Eleven bits of a digest select a
 * part and 48 are stored in the entry, so that 59 bits identify a text: among ten million texts, two collide in one of
 * ten thousand tables. Eight entries form a group, which is compared at once. A table grows in place, by an eighth, and
 * never needs the memory of two.
 */
import { releasePage, PAGE_BYTES, allocate, allocatePage } from './memory.ts';

const PART_LOG: u64 = 11;
const PARTS: u32 = 2048;
const ENTRIES_OF_GROUP: u32 = 8;
/** Layout of a group: eight tags (u16, 0 for a free entry), the other 32 bits of eight digests, eight payloads. */
const RESTS_AT: usize = 16;
const OWNED_AT: usize = 48;

/**
 * Layout of a table, 48 bytes of u32 provided by its owner: addresses of the list of pages and of the number of entries
 * per part (u16); current and maximum number of pages; bytes per group, groups per page, and 2^32 divided by that; groups
 * per part, and maximum entries per part.
 */
export const TABLE_BYTES: i32 = 48;
const COUNTS_AT: usize = 4;
const PAGES_AT: usize = 8;
const MAX_PAGES_AT: usize = 12;
const GROUP_BYTES_AT: usize = 16;
const PAGE_GROUPS_AT: usize = 20;
const RECIPROCAL_AT: usize = 24;
const PART_GROUPS_AT: usize = 28;
const MAX_FILLED_AT: usize = 32;

/** Scratch copy of a part while its table grows. */
const copy: usize = memory.data(65_536, 16);
const COPY_BYTES: u32 = 65_536;

/** Creates an empty table with payloads of `ownedBytes`. Returns false if there is not enough memory. */
export function beginTable(table: usize, ownedBytes: u32, maxPages: u32): bool {
  const list = allocate((maxPages as usize) << 2);
  const counts = allocate((PARTS as usize) << 1);
  if (list === 0 || counts === 0) return false;
  const groupBytes = (OWNED_AT as u32) + ENTRIES_OF_GROUP * ownedBytes;
  const pageGroups = (PAGE_BYTES as u32) / groupBytes;
  store<u32>(table, list as u32);
  store<u32>(table, counts as u32, COUNTS_AT);
  store<u32>(table, maxPages, MAX_PAGES_AT);
  store<u32>(table, groupBytes, GROUP_BYTES_AT);
  store<u32>(table, pageGroups, PAGE_GROUPS_AT);
  store<u32>(table, ((((1 as u64) << 32) / (pageGroups as u64)) as u32) + 1, RECIPROCAL_AT);
  if (!allocatePagesFor(table, 1)) return false;
  setPartGroups(table, 1);
  return true;
}

/** Releases all pages; the table must not be used again. */
export function endTable(table: usize): void {
  const list = load<u32>(table) as usize;
  for (let page: u32 = 0; page < load<u32>(table, PAGES_AT); page++) {
    releasePage(load<u32>(list + ((page as usize) << 2)) as usize);
  }
  store<u32>(table, 0, PAGES_AT);
}

/** The entry of the digest, or a free one for it: the address of its group, with its index in the lowest bits. */
export function findEntry(table: usize, digest: u64): usize {
  const rest = digest as u32;
  const tags = i16x8.splat(tagOf(digest) as i16);
  const partGroups = load<u32>(table, PART_GROUPS_AT);
  const first = partOf(digest) * partGroups;
  let index = first + homeOf(rest, partGroups);
  while (true) {
    const group = groupAt(table, index);
    const held = v128.load(group);
    for (let same = i16x8.bitmask(i16x8.eq(held, tags)); same !== 0; same &= same - 1) {
      const entry = ctz(same) as usize;
      if (load<u32>(group + (entry << 2), RESTS_AT) === rest) return group | entry;
    }
    const free = i16x8.bitmask(i16x8.eq(held, i16x8.splat(0)));
    if (free !== 0) return group | (ctz(free) as usize);
    if (++index === first + partGroups) index = first;
  }
}

/** The address at which a search begins, for prefetching: overlapping cache misses cost little more than one. */
export function firstGroup(table: usize, digest: u64): usize {
  const partGroups = load<u32>(table, PART_GROUPS_AT);
  return groupAt(table, partOf(digest) * partGroups + homeOf(digest as u32, partGroups));
}

export function isFree(place: usize): bool {
  return load<u16>(groupOf(place) + (entryOf(place) << 1)) === 0;
}

/** The address of the entry's payload of 2^`ownedLog` bytes, initially zero. */
export function payloadOf(place: usize, ownedLog: usize): usize {
  return groupOf(place) + OWNED_AT + (entryOf(place) << ownedLog);
}

/** Occupies the free entry that `findEntry` returned. Returns its entry, which growing may have moved, or 0 if full. */
export function insert(table: usize, digest: u64, free: usize): usize {
  const count = (load<u32>(table, COUNTS_AT) as usize) + ((partOf(digest) as usize) << 1);
  if (load<u16>(count) >= load<u32>(table, MAX_FILLED_AT)) {
    if (!grow(table)) return 0;
    free = findEntry(table, digest);
  }
  fill(free, tagOf(digest), digest as u32);
  store<u16>(count, load<u16>(count) + 1);
  return free;
}

/** Whether the table is below its own limit, so that only the shared memory bounds it. */
export function mayHaveMore(table: usize): bool {
  return load<u32>(table, PAGES_AT) < load<u32>(table, MAX_PAGES_AT);
}

/** How many entries there are, free ones included. */
export function entriesOf(table: usize): u32 {
  return PARTS * load<u32>(table, PART_GROUPS_AT) * ENTRIES_OF_GROUP;
}

/** The place of the entry with this number, which may be free. */
export function placeAt(table: usize, entry: u32): usize {
  return groupAt(table, entry / ENTRIES_OF_GROUP) | ((entry % ENTRIES_OF_GROUP) as usize);
}

function partOf(digest: u64): u32 {
  return (digest >> (64 - PART_LOG)) as u32;
}

function tagOf(digest: u64): u16 {
  const tag = (digest >> 32) as u16;
  return tag === 0 ? 1 : tag;
}

/** The group of its part with which the search for it begins. */
function homeOf(rest: u32, partGroups: u32): u32 {
  return (((rest as u64) * (partGroups as u64)) >> 32) as u32;
}

function groupOf(place: usize): usize {
  return place & ~15;
}

function entryOf(place: usize): usize {
  return place & 15;
}

function groupAt(table: usize, index: u32): usize {
  const page = (((index as u64) * (load<u32>(table, RECIPROCAL_AT) as u64)) >> 32) as u32;
  const address = load<u32>((load<u32>(table) as usize) + ((page as usize) << 2));
  return (address +
    (index - page * load<u32>(table, PAGE_GROUPS_AT)) * load<u32>(table, GROUP_BYTES_AT)) as usize;
}

function fill(place: usize, tag: u16, rest: u32): void {
  store<u16>(groupOf(place) + (entryOf(place) << 1), tag);
  store<u32>(groupOf(place) + (entryOf(place) << 2), rest, RESTS_AT);
}

/** Parts are made longer from the last to the first: each comes to lie on those behind it, which have moved on. */
function grow(table: usize): bool {
  const before = load<u32>(table, PART_GROUPS_AT);
  const after = before + max(1, before >> 3);
  if (before * load<u32>(table, GROUP_BYTES_AT) > COPY_BYTES || !allocatePagesFor(table, after)) return false;
  for (let part = PARTS; part > 0; part--) {
    takeOut(table, part - 1, before);
    empty(table, part - 1, after);
    putBack(table, part - 1, after, before);
  }
  setPartGroups(table, after);
  return true;
}

/** False when there are too few; those that there are stay with the table. */
function allocatePagesFor(table: usize, partGroups: u32): bool {
  const pageGroups = load<u32>(table, PAGE_GROUPS_AT);
  const wanted = (PARTS * partGroups + pageGroups - 1) / pageGroups;
  for (let pages = load<u32>(table, PAGES_AT); pages < wanted; pages++) {
    const page = mayHaveMore(table) ? allocatePage() : (0 as usize);
    if (page === 0) return false;
    store<u32>((load<u32>(table) as usize) + ((pages as usize) << 2), page as u32);
    store<u32>(table, pages + 1, PAGES_AT);
  }
  return true;
}

function setPartGroups(table: usize, groups: u32): void {
  const entries = ENTRIES_OF_GROUP * groups;
  store<u32>(table, groups, PART_GROUPS_AT);
  // A search ends at a free entry, and becomes long where there are few.
  store<u32>(table, entries - max(1, entries >> 5), MAX_FILLED_AT);
}

function takeOut(table: usize, part: u32, groups: u32): void {
  const groupBytes = load<u32>(table, GROUP_BYTES_AT) as usize;
  for (let group: u32 = 0; group < groups; group++) {
    memory.copy(copy + (group as usize) * groupBytes, groupAt(table, part * groups + group), groupBytes);
  }
}

function empty(table: usize, part: u32, groups: u32): void {
  const groupBytes = load<u32>(table, GROUP_BYTES_AT) as usize;
  for (let group: u32 = 0; group < groups; group++)
    memory.fill(groupAt(table, part * groups + group), 0, groupBytes);
}

function putBack(table: usize, part: u32, groups: u32, copied: u32): void {
  const groupBytes = load<u32>(table, GROUP_BYTES_AT) as usize;
  const ownedBytes = (groupBytes - OWNED_AT) >> 3;
  for (let group: u32 = 0; group < copied; group++) {
    const from = copy + (group as usize) * groupBytes;
    for (let entry: usize = 0; entry < (ENTRIES_OF_GROUP as usize); entry++) {
      const tag = load<u16>(from + (entry << 1));
      if (tag === 0) break;
      const rest = load<u32>(from + (entry << 2), RESTS_AT);
      const place = freePlaceIn(table, part * groups, groups, rest);
      fill(place, tag, rest);
      if (ownedBytes === 0) continue;
      memory.copy(
        groupOf(place) + OWNED_AT + entryOf(place) * ownedBytes,
        from + OWNED_AT + entry * ownedBytes,
        ownedBytes,
      );
    }
  }
}

function freePlaceIn(table: usize, first: u32, groups: u32, rest: u32): usize {
  let index = first + homeOf(rest, groups);
  while (true) {
    const group = groupAt(table, index);
    const free = i16x8.bitmask(i16x8.eq(v128.load(group), i16x8.splat(0)));
    if (free !== 0) return group | (ctz(free) as usize);
    if (++index === first + groups) index = first;
  }
}
