/** The keys of one row, of all its objects, so that one that comes twice is seen. */

const SLOTS: u32 = 1024;
const MAX_KEYS = 512;
/** Per slot: the row and the object it belongs to, and the address and length of the key. */
const SLOT_BYTES: usize = 16;
const slots = memory.data(16_384, 16);
const ZERO: u8 = 0x30;
/** `__pr`, as in `__proto__`. */
const PROTO: u32 = 0x72705f5f;

let row: u32 = 0;
let objects: u32 = 0;
let keys = 0;

export function beginKeys(): void {
  if (++row === 0) {
    memory.fill(slots, 0, 16_384);
    row = 1;
  }
  objects = 0;
  keys = 0;
}

/** A number for the next object of the row. */
export function beginObject(): u32 {
  return ++objects;
}

/**
 * Whether the object has no such key yet, and the key keeps its place: digits come first in an object, and
 * `__proto__` is read in more than one way.
 */
export function isNewKey(object: u32, key: usize, length: usize): bool {
  if (((load<u8>(key) - ZERO) as u8) <= 9 || load<u32>(key) === PROTO || ++keys > MAX_KEYS) return false;
  let slot = hashOf(object, key, length);
  while (true) {
    const at = slots + ((slot & (SLOTS - 1)) as usize) * SLOT_BYTES;
    if (load<u32>(at) !== row) {
      store<u32>(at, row);
      store<u32>(at, object, 4);
      store<u32>(at, key as u32, 8);
      store<u32>(at, length as u32, 12);
      return true;
    }
    const isSame = load<u32>(at, 4) === object && (load<u32>(at, 12) as usize) === length;
    if (isSame && memory.compare(load<u32>(at, 8), key, length) === 0) return false;
    slot++;
  }
}

function hashOf(object: u32, key: usize, length: usize): u32 {
  let word = load<u64>(key);
  if (length < 8) word &= ((1 as u64) << ((length << 3) as u64)) - 1;
  else word ^= load<u64>(key + length - 8) * 0x9e37_79b9;
  const mixed = (word ^ ((object as u64) << 32) ^ (length as u64)) * 0x9e37_79b9_7f4a_7c15;
  return (mixed >> 48) as u32;
}
