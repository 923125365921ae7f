/**
 * Finds repetitions within a block. Rows repeat where their fields begin, so the search looks right behind a
 * match and then only after punctuation: to look at more places behind a match costs more than it saves. A match is
 * extended backwards and forwards.
 */
import { hintDistance, hintPlace, seekHint } from './hints.ts';
import { distanceSymbol, lengthSymbol, DISTANCES, LENGTHS, MAX_MATCH, MIN_MATCH, WINDOW } from './symbols.ts';

/** Positions are stored by a hash of six bytes: shorter repetitions save little. */
const HASH_LOG: u32 = 13;
const HASH_BYTES: u32 = 6;
const HASH_FACTOR: u64 = 0x9e37_79b1_85eb_ca87;
const TABLE_BYTES: usize = 2 << 13;

/** A field begins after a byte below this: a control character, a space, or one of `!"#$%&'()*+,`. */
const LAST_ANCHOR: u8 = 0x2d;
/** Searching stops this far before the end of the block, because loads are wide. */
const MARGIN: usize = 80;
/** Shorter input is not worth a search. */
const MIN_SEARCHED: usize = 128;
/** What is left in front of a hint is not searched when it is so short. */
const MIN_SEARCHED_BYTES: usize = 8;

/** Maximum number of matches that share a Huffman code. */
const MAX_MATCHES: usize = 16_384;
export const MATCH_BYTES: usize = 8;
/** A long match takes several entries of 258 bytes; it is not begun when fewer entries are free. */
const SPARE_MATCHES: usize = 8;

/** Per hash, the lowest 16 bits of its last position in the block. */
const table = memory.data(16_384, 16);
/** A match: the number of literals before it (u32), its length (u16), its distance minus one (u16). */
export const matches = memory.data(131_136, 16);
/** The address after the last match. */
export let matchesEnd: usize = 0;
/** How often each symbol was used, u32. */
export const lengthCounts = memory.data(128, 16);
export const distanceCounts = memory.data(128, 16);

/** Where the search continues, and the first byte that no match covers yet. */
let at: usize = 0;
let literalsFrom: usize = 0;

/** Starts a new block and forgets the last one. */
export function beginMatches(from: usize): void {
  memory.fill(table, 0, TABLE_BYTES);
  at = from + 1;
  literalsFrom = from;
}

/** Bytes before `until` are written: further matches begin after them. */
export function continueMatches(until: usize): void {
  literalsFrom = until;
  at = max(at, until);
}

/**
 * Fills the list with the matches of `[at, end)`, as many as fit; `base` is the start of the block. Returns
 * the address up to which the list covers the bytes: `end`, or the end of the last match when the list is
 * full.
 */
export function findMatches(base: usize, end: usize): usize {
  memory.fill(lengthCounts, 0, (LENGTHS as usize) << 2);
  memory.fill(distanceCounts, 0, (DISTANCES as usize) << 2);
  matchesEnd = matches;
  if (end - literalsFrom < MIN_SEARCHED) {
    at = end;
    return end;
  }
  const last = end - MARGIN;
  const full = matches + (MAX_MATCHES - SPARE_MATCHES) * MATCH_BYTES;
  while (at < last && matchesEnd < full) {
    const isHinted = seekHint(at) && hintPlace() < last;
    const distance = isHinted ? searchCell(base, hintPlace()) : search(base, last);
    if (distance !== 0) takeMatch(base, end, distance, full);
    else if (isHinted) followHint(base, end, full);
  }
  if (at < last) return literalsFrom;
  at = end;
  return end;
}

/** Takes the match that the search has found. */
function takeMatch(base: usize, end: usize, distance: u32, full: usize): void {
  const to = endOfMatch(at + 4, end, distance);
  at -= bytesBefore(at, max(literalsFrom, base + (distance as usize)), distance);
  at = putMatch(to, distance, full);
  literalsFrom = at;
}

/** Takes the match of the next hint, at which the search has arrived, if there is one. */
function followHint(base: usize, end: usize, full: usize): void {
  const place = hintPlace();
  const distance = hintDistance();
  const lowest = max(literalsFrom, base + (distance as usize));
  at = place + 1;
  if (place < lowest) return;
  const to = endOfMatch(place, end, distance);
  if (to < place + 4) return;
  at = place - bytesBefore(place, lowest, distance);
  at = putMatch(to, distance, full);
  literalsFrom = at;
}

/** Moves `at` to the next match before `last` and returns its distance; 0 when there is none. */
function search(base: usize, last: usize): u32 {
  let place = at;
  let distance: u32 = 0;
  do {
    distance = probe(base, place);
    if (distance !== 0) {
      at = place;
      return distance;
    }
    place++;
    for (let mask = anchors(place); mask !== 0; mask &= mask - 1) {
      const anchor = place + (ctz(mask) as usize);
      distance = probe(base, anchor);
      if (distance !== 0) {
        at = anchor;
        return distance;
      }
    }
    place += 32;
  } while (place < last);
  at = place;
  return 0;
}

/** The same before the next hint, at `limit`, and with less effort. */
function searchCell(base: usize, limit: usize): u32 {
  let place = at;
  if (place + MIN_SEARCHED_BYTES > limit) return 0;
  let distance = probe(base, place);
  if (distance !== 0) return distance;
  for (place++; place + MIN_SEARCHED_BYTES <= limit; place += 32) {
    let mask = anchors(place);
    if (limit - place < 32) mask &= (1 << ((limit - place) as u32)) - 1;
    for (; mask !== 0; mask &= mask - 1) {
      const anchor = place + (ctz(mask) as usize);
      distance = probe(base, anchor);
      if (distance !== 0) {
        at = anchor;
        return distance;
      }
    }
  }
  return 0;
}

/**
 * Stores a position by its hash. Returns the distance to the last position with this hash if it is in the
 * window and has the same four bytes, otherwise 0.
 */
function probe(base: usize, place: usize): u32 {
  const bytes = load<u64>(place);
  const hash = ((bytes << (64 - 8 * HASH_BYTES)) * HASH_FACTOR) >> (64 - HASH_LOG);
  const entry = table + ((hash as usize) << 1);
  const position = (place - base) as u32;
  const distance = (position - (load<u16>(entry) as u32)) & 0xffff;
  store<u16>(entry, position as u16);
  // Positions only grow, so a distance never reaches before the block, whatever the upper bits of the stored
  // position were.
  const repeats = load<u32>(place - (distance as usize)) === (bytes as u32);
  return u32(distance - 1 < WINDOW) & u32(repeats) ? distance : 0;
}

/** Which of 32 bytes are anchors, one bit each. */
function anchors(from: usize): u32 {
  const last = i8x16.splat(LAST_ANCHOR as i8);
  return (
    (i8x16.bitmask(i8x16.lt_u(v128.load(from), last)) as u32) |
    ((i8x16.bitmask(i8x16.lt_u(v128.load(from, 16), last)) as u32) << 16)
  );
}

/** How many bytes in front of `from`, down to `lowest`, equal those `distance` before them; at most sixteen. */
function bytesBefore(from: usize, lowest: usize, distance: u32): usize {
  const other = from - (distance as usize);
  const equal = i8x16.bitmask(i8x16.eq(v128.load(from - 16), v128.load(other - 16))) as u32;
  return min(clz(~(equal << 16)) as usize, from - lowest);
}

/** The end of the bytes from `from` on that equal those `distance` before them. */
function endOfMatch(from: usize, end: usize, distance: u32): usize {
  let place = from;
  for (; place + 32 <= end; place += 32) {
    const other = place - (distance as usize);
    const equal =
      (i8x16.bitmask(i8x16.eq(v128.load(place), v128.load(other))) as u32) |
      ((i8x16.bitmask(i8x16.eq(v128.load(place, 16), v128.load(other, 16))) as u32) << 16);
    if (~equal !== 0) return place + (ctz(~equal) as usize);
  }
  while (place < end && load<u8>(place) === load<u8>(place - (distance as usize))) place++;
  return place;
}

/** Adds `[at, to)` as one match, or as several when it is long. Returns the end of what fitted. */
function putMatch(to: usize, distance: u32, full: usize): usize {
  const less = distance - 1;
  const distanceCount = distanceCounts + ((distanceSymbol(less) as usize) << 2);
  const room = full + (SPARE_MATCHES - 1) * MATCH_BYTES;
  let literals = (at - literalsFrom) as u32;
  let left = (to - at) as u32;
  while (left !== 0 && matchesEnd < room) {
    // A remainder of one or two bytes is shorter than any match.
    const length = left <= MAX_MATCH ? left : left >= MAX_MATCH + MIN_MATCH ? MAX_MATCH : left - MIN_MATCH;
    store<u32>(matchesEnd, literals);
    store<u32>(matchesEnd, length | (less << 16), 4);
    increment(lengthCounts + ((lengthSymbol(length) as usize) << 2));
    increment(distanceCount);
    matchesEnd += MATCH_BYTES;
    literals = 0;
    left -= length;
  }
  return to - (left as usize);
}

function increment(count: usize): void {
  store<u32>(count, load<u32>(count) + 1);
}
