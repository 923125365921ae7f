/** Ids that came already. */
import { beginTable, find, firstPlace, take } from './digest-table.ts';
import { idOf } from './batch.ts';

const ID_BYTES: usize = 8;
/** Ids looked up together. */
export const GROUP: u32 = 32;

const ids: usize = memory.data(16, 16);

/** Whether an id had no room: what is not kept counts as new each time. */
export let areIdsForgotten: bool = false;
/** Reads that are made ahead, so that they are not left out. */
export let seen: u64 = 0;

export function beginIds(mostSegments: u32): bool {
  return beginTable(ids, ID_BYTES, mostSegments);
}

/** Reads the places of these rows' ids. */
export function lookAtIds(first: u32, last: u32): void {
  for (let row = first; row < last; row++) seen ^= load<u64>(firstPlace(ids, idOf(row)));
}

/** Whether the id is new; it is known from now on. */
export function isNewId(digest: u64): bool {
  const entry = find(ids, digest);
  if (load<u64>(entry) !== 0) return false;
  if (take(ids, digest, entry) === 0) areIdsForgotten = true;
  return true;
}
