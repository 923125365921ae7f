/** Groups of rows with equal day, artifact, country and company, with their counts. */
import { MAX_ROWS } from './batch.ts';
import { mix } from './digest.ts';

/** Groups that fit before the caller must collect them. */
const MAX_GROUPS: u32 = 32_768;
const SLOTS: usize = 65_536;
/**
 * Per group (i32): day (20261101), numbers of artifact, country and company; number of rows, and of those with withheld
 * company data; cell and number of the day, both set by the caller.
 */
export const GROUP_BYTES: usize = 32;
const COUNT_AT: usize = 16;
const WITHHELD_AT: usize = 20;
const CELL_AT: usize = 24;
const DAY_NUMBER_AT: usize = 28;

export const records: usize = memory.data(1_048_576, 16);
/** Per slot: the number of the group plus one; 0 if free. */
const slots: usize = memory.data(262_144, 16);

export let groups: u32 = 0;

export function clearGroups(): void {
  memory.fill(slots, 0, SLOTS << 2);
  groups = 0;
}

/** Whether another batch might not fit. */
export function isGroupFull(): bool {
  return groups + MAX_ROWS > MAX_GROUPS;
}

/** Counts a row in the group with this key, and returns the group. */
export function countInGroup(key: usize, isWithheld: bool): u32 {
  const group = groupFor(key);
  const record = recordOf(group);
  store<u32>(record, load<u32>(record, COUNT_AT) + 1, COUNT_AT);
  if (isWithheld) store<u32>(record, load<u32>(record, WITHHELD_AT) + 1, WITHHELD_AT);
  return group;
}

export function cellOf(group: u32): i32 {
  return load<i32>(recordOf(group), CELL_AT);
}

export function dayOf(group: u32): u32 {
  return load<u32>(recordOf(group), DAY_NUMBER_AT);
}

function groupFor(key: usize): u32 {
  const first = load<u64>(key);
  const second = load<u64>(key, 8);
  let slot = ((mix(mix(0, first), second) >> 32) as usize) & (SLOTS - 1);
  while (true) {
    const at = slots + (slot << 2);
    const number = load<u32>(at);
    if (number === 0) {
      store<u32>(at, groups + 1);
      return begin(first, second);
    }
    const record = recordOf(number - 1);
    if (load<u64>(record) === first && load<u64>(record, 8) === second) return number - 1;
    slot = (slot + 1) & (SLOTS - 1);
  }
}

function begin(first: u64, second: u64): u32 {
  const record = recordOf(groups);
  store<u64>(record, first);
  store<u64>(record, second, 8);
  store<u64>(record, 0, COUNT_AT);
  return groups++;
}

function recordOf(group: u32): usize {
  return records + (group as usize) * GROUP_BYTES;
}
