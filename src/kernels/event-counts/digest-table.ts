/**
 * Tables of digests, each with some bytes of its own, that grow a segment at a time: a directory points at segments by
 * the upper bits of a digest, and one that is nearly full is split in two. So growing never takes twice the memory, nor
 * more time than a segment needs. A digest of zero is a free entry.
 */
import { takeBytes } from './memory.ts';

const DIRECTORY_LOG: u64 = 14;
const DIRECTORY: usize = 1 << 14;
const ENTRIES: usize = 1024;
/** Searches for what is not there become long beyond this. */
const MOST_FILLED: u32 = 880;
/** Before the entries of a segment: how many are taken, and by how many bits of digests it is reached. */
const HEAD: usize = 16;

/**
 * A table is 16 bytes of its owner: the address of its directory, the bytes of an entry, how many segments it has, and
 * how many it may have, u32.
 */
const ENTRY_BYTES_AT: usize = 4;
const SEGMENTS_AT: usize = 8;
const MOST_SEGMENTS_AT: usize = 12;

/** Where a segment is copied to while it is split. Entries have at most 24 bytes. */
const copy: usize = memory.data(24_592, 16);

/** Lays out an empty table; false when memory does not suffice. */
export function beginTable(table: usize, entryBytes: usize, mostSegments: u32): bool {
  const directory = takeBytes(DIRECTORY << 2);
  const segment = takeBytes(HEAD + ENTRIES * entryBytes);
  if (directory === 0 || segment === 0) return false;
  store<u32>(table, directory as u32);
  store<u32>(table, entryBytes as u32, ENTRY_BYTES_AT);
  store<u32>(table, 1, SEGMENTS_AT);
  store<u32>(table, mostSegments, MOST_SEGMENTS_AT);
  for (let at: usize = 0; at < DIRECTORY; at++) store<u32>(directory + (at << 2), segment as u32);
  return true;
}

/** The entry of the digest, or a free one where it belongs. */
export function find(table: usize, digest: u64): usize {
  const entries = segmentOf(table, digest) + HEAD;
  const entryBytes = entryBytesOf(table);
  let slot = (digest as usize) & (ENTRIES - 1);
  while (true) {
    const entry = entries + slot * entryBytes;
    const found = load<u64>(entry);
    if (found === digest || found === 0) return entry;
    slot = (slot + 1) & (ENTRIES - 1);
  }
}

/** The address where the search begins, for whoever reads it ahead: memory answers many questions nearly as fast as one. */
export function firstPlace(table: usize, digest: u64): usize {
  return segmentOf(table, digest) + HEAD + ((digest as usize) & (ENTRIES - 1)) * entryBytesOf(table);
}

/** Takes the free entry that `find` gave, and returns where it is now; 0 when the table may not grow any more. */
export function take(table: usize, digest: u64, free: usize): usize {
  let segment = segmentOf(table, digest);
  while (load<u32>(segment) >= MOST_FILLED) {
    if (!split(table, segment, digest)) return 0;
    segment = segmentOf(table, digest);
    free = 0;
  }
  const entry = free === 0 ? find(table, digest) : free;
  store<u64>(entry, digest);
  store<u32>(segment, load<u32>(segment) + 1);
  return entry;
}

/** The segment at an index of the directory, 0 when an earlier index has led there. */
export function segmentAt(table: usize, index: u32): usize {
  const segment = load<u32>(directoryOf(table) + ((index as usize) << 2));
  const isRepeated = index > 0 && load<u32>(directoryOf(table) + (((index - 1) as usize) << 2)) === segment;
  return isRepeated ? 0 : (segment as usize);
}

export const SEGMENT_INDEXES: u32 = DIRECTORY as u32;

/** The entry at an index of a segment; its digest is zero when it is free. */
export function entryAt(table: usize, segment: usize, index: u32): usize {
  return segment + HEAD + (index as usize) * entryBytesOf(table);
}

export const SEGMENT_ENTRIES: u32 = ENTRIES as u32;

function directoryOf(table: usize): usize {
  return load<u32>(table) as usize;
}

function entryBytesOf(table: usize): usize {
  return load<u32>(table, ENTRY_BYTES_AT) as usize;
}

function segmentOf(table: usize, digest: u64): usize {
  return load<u32>(directoryOf(table) + (((digest >> (64 - DIRECTORY_LOG)) as usize) << 2)) as usize;
}

/** Makes two segments of one. */
function split(table: usize, segment: usize, digest: u64): bool {
  const depth = load<u32>(segment, 4);
  const segments = load<u32>(table, SEGMENTS_AT);
  if (depth >= (DIRECTORY_LOG as u32) || segments >= load<u32>(table, MOST_SEGMENTS_AT)) return false;
  const entryBytes = entryBytesOf(table);
  const bytes = HEAD + ENTRIES * entryBytes;
  const other = takeBytes(bytes);
  if (other === 0) return false;
  store<u32>(table, segments + 1, SEGMENTS_AT);
  memory.copy(copy, segment, bytes);
  memory.fill(segment, 0, bytes);
  store<u32>(segment, depth + 1, 4);
  store<u32>(other, depth + 1, 4);
  // Of the indexes that led to the segment, the upper half leads to the other one.
  const half = DIRECTORY >> (depth + 1);
  const first = (((digest >> (64 - DIRECTORY_LOG)) as usize) & ~(2 * half - 1)) + half;
  for (let at = first; at < first + half; at++) store<u32>(directoryOf(table) + (at << 2), other as u32);
  for (let at = copy + HEAD; at < copy + bytes; at += entryBytes) {
    const moved = load<u64>(at);
    if (moved === 0) continue;
    memory.copy(find(table, moved), at, entryBytes);
    const home = segmentOf(table, moved);
    store<u32>(home, load<u32>(home) + 1);
  }
  return true;
}
