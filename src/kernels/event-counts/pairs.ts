/** Counts the rows of each group by one more value: one table per kind of value. */
import { MAX_ROWS } from './batch.ts';
import { mix } from './digest.ts';

/** Type, version, platform, client, referer, confidence. */
export const TABLES: u32 = 6;
/** Slots of a table, and how many may be used before the caller must collect them. */
export const PAIR_SLOTS: u32 = 32_768;
const MAX_PAIRS: u32 = 20_000;
/** Per slot: value (u32), group plus one (u32), number of rows (u32), four unused bytes; zeros if free. */
const PAIR_LOG: usize = 4;
const TABLE_LOG: usize = 19;

export const pairs: usize = memory.data(3_145_728, 16);
/** Number of used slots per table. */
const used: usize = memory.data(24, 16);

export function clearPairs(): void {
  memory.fill(pairs, 0, (TABLES as usize) << TABLE_LOG);
  memory.fill(used, 0, (TABLES as usize) << 2);
}

/** Whether another batch might not fit. */
export function arePairsFull(): bool {
  for (let table: u32 = 0; table < TABLES; table++) {
    if (load<u32>(used + ((table as usize) << 2)) + MAX_ROWS > MAX_PAIRS) return true;
  }
  return false;
}

/** Counts a row of the group by a value of the table. */
export function countPair(table: u32, group: u32, value: u32): void {
  const slots = pairs + ((table as usize) << TABLE_LOG);
  const key = (((group + 1) as u64) << 32) | (value as u64);
  let slot = ((mix(0, key) >> 32) as usize) & ((PAIR_SLOTS - 1) as usize);
  while (true) {
    const at = slots + (slot << PAIR_LOG);
    const found = load<u64>(at);
    if (found === key) {
      store<u32>(at, load<u32>(at, 8) + 1, 8);
      return;
    }
    if (found === 0) {
      store<u64>(at, key);
      store<u32>(at, 1, 8);
      const count = used + ((table as usize) << 2);
      store<u32>(count, load<u32>(count) + 1);
      return;
    }
    slot = (slot + 1) & ((PAIR_SLOTS - 1) as usize);
  }
}
