/** Ids seen so far. */
import { idOf } from './batch.ts';
import {
  beginTable,
  firstGroup,
  isFree,
  mayHaveMore,
  findEntry,
  TABLE_BYTES,
  insert,
} from './digest-table.ts';
import { forgetOrigins } from './origins.ts';

/** Ids prefetched together. */
export const GROUP: u32 = 32;

const ids: usize = memory.data(TABLE_BYTES, 16);

/** Whether an id did not fit. Ids that are not stored count as new each time. */
export let areIdsForgotten: bool = false;
/** XOR of prefetched memory, which keeps the reads from being optimized away. */
export let seen: u64 = 0;

export function beginIds(maxPages: u32): bool {
  return beginTable(ids, 0, maxPages);
}

/** Prefetches the entries of these rows' ids. */
export function prefetchIds(first: u32, last: u32): void {
  for (let row = first; row < last; row++) seen ^= load<u64>(firstGroup(ids, idOf(row)));
}

/** Whether the id is new; adds it. */
export function isNewId(digest: u64): bool {
  const place = findEntry(ids, digest);
  if (!isFree(place)) return false;
  if (insert(ids, digest, place) === 0 && !takeFromOrigins(digest)) areIdsForgotten = true;
  return true;
}

/** Gives up origins for more ids: counting each event once matters more. */
function takeFromOrigins(digest: u64): bool {
  if (!mayHaveMore(ids)) return false;
  forgetOrigins();
  return insert(ids, digest, findEntry(ids, digest)) !== 0;
}
