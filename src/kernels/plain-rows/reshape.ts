/**
 * Reshapes rows: members are dropped, set, or moved behind all others under another key. The action for each key
 * is decided in advance (`shaping/rows/lines-plan.ts`).
 */
const MAX_KEYS = 32;
const MAX_KEY_BYTES: usize = 64;
const MAX_OUTPUTS = 64;
const POOL_BYTES: usize = 65_536;

/** Actions for a member. */
export const KEEP = 0;
const DROP = 1;
/** Drop it and write its value behind the others. */
export const MOVE = 2;
/** Give it the value of an output, which is then not written behind the others. */
export const SET = 3;
/** Stop: a row with this key is not plain. */
export const UNSUPPORTED = 4;

/** Per key: address, length, action, and index of the moved value or output. */
const KEY_BYTES: usize = 16;
const keys = memory.data(512, 4);
/** Per length: a bit set of the keys of that length. */
const keysOfLength = memory.data(260, 4);
/** Per output: key, its length, value, its length; or instead of the value `NO_TEXT` and the index of a moved value. */
const OUTPUT_BYTES: usize = 16;
const outputs = memory.data(1024, 4);
const NO_TEXT: u32 = 0xffff_ffff;
/** Per moved value: its start and end in the row, or zeros if the row does not have it. */
const moved = memory.data(256, 4);
const pool = memory.data(65_600, 16);

let poolBytes: usize = 0;
let keyCount = 0;
export let outputCount: usize = 0;
/** Bit set of the outputs written in place of a member. */
let placed: u64 = 0;
/** Whether rows are rewritten. */
export let isReshaped: bool = false;
/** The action for keys that have none of their own and no dollar sign. */
let others = KEEP;

/** Starts a new reshaping, or none. `keepsOthers`: keys without an action of their own are kept. */
export function beginReshaping(any: bool, keepsOthers: bool): void {
  isReshaped = any;
  others = keepsOthers ? KEEP : DROP;
  poolBytes = 0;
  keyCount = 0;
  outputCount = 0;
  memory.fill(keysOfLength, 0, 260);
}

/** Adds the action for a key. Returns false if there is no room. */
export function addKey(key: usize, length: usize, action: i32, index: i32): bool {
  if (keyCount === MAX_KEYS || length > MAX_KEY_BYTES || poolBytes + length > POOL_BYTES) return false;
  const entry = keys + (keyCount as usize) * KEY_BYTES;
  store<u32>(entry, keep(key, length) as u32);
  store<u32>(entry, length as u32, 4);
  store<i32>(entry, action, 8);
  store<i32>(entry, index, 12);
  const ofLength = keysOfLength + (length << 2);
  store<u32>(ofLength, load<u32>(ofLength) | (1 << keyCount));
  keyCount++;
  return true;
}

/**
 * Adds a member to append. Its key is `[from, from + keyLength)`, directly followed by its value; if `index` is
 * not negative, the value is the moved one with this index instead. Returns false if there is no room.
 */
export function addOutput(from: usize, keyLength: usize, valueLength: usize, index: i32): bool {
  const length = keyLength + valueLength;
  if (outputCount === MAX_OUTPUTS || index >= MAX_KEYS || poolBytes + length > POOL_BYTES) return false;
  const text = keep(from, length);
  const output = outputs + outputCount * OUTPUT_BYTES;
  store<u32>(output, text as u32);
  store<u32>(output, keyLength as u32, 4);
  store<u32>(output, index < 0 ? ((text + keyLength) as u32) : NO_TEXT, 8);
  store<u32>(output, index < 0 ? (valueLength as u32) : (index as u32), 12);
  outputCount++;
  return true;
}

function keep(from: usize, length: usize): usize {
  const at = pool + poolBytes;
  memory.copy(at, from, length);
  poolBytes += length;
  return at;
}

export function beginOutputs(): void {
  memory.fill(moved, 0, 256);
  placed = 0;
}

/** The index of the moved value or output that belongs to the last action. */
let actionIndex = 0;

/** The action for the member with this key. */
export function actionFor(key: usize, length: usize): i32 {
  if (length <= MAX_KEY_BYTES) {
    for (let bits = load<u32>(keysOfLength + (length << 2)); bits !== 0; bits &= bits - 1) {
      const entry = keys + (ctz(bits) as usize) * KEY_BYTES;
      if (memory.compare(load<u32>(entry), key, length) !== 0) continue;
      actionIndex = load<i32>(entry, 12);
      return load<i32>(entry, 8);
    }
  }
  return load<u8>(key) === 0x24 ? KEEP : others;
}

/** Records the moved value of the member whose action was looked up last. */
export function recordMovedValue(value: usize, end: usize): void {
  const at = moved + ((actionIndex as usize) << 3);
  store<u32>(at, value as u32);
  store<u32>(at, end as u32, 4);
}

/** The output to write in place of the member whose action was looked up last. */
export function placedOutput(): usize {
  placed |= (1 as u64) << (actionIndex as u64);
  return actionIndex as usize;
}

export function outputKey(output: usize): usize {
  return load<u32>(outputs + output * OUTPUT_BYTES);
}

export function outputKeyLength(output: usize): usize {
  return load<u32>(outputs + output * OUTPUT_BYTES, 4);
}

/** Start and end of the value found last; both 0 if there is none. */
export let valueFrom: usize = 0;
export let valueTo: usize = 0;

/** Finds the value of an output. */
export function findValue(output: usize): void {
  const entry = outputs + output * OUTPUT_BYTES;
  const text = load<u32>(entry, 8);
  if (text !== NO_TEXT) {
    valueFrom = text;
    valueTo = valueFrom + load<u32>(entry, 12);
    return;
  }
  const at = moved + ((load<u32>(entry, 12) as usize) << 3);
  valueFrom = load<u32>(at);
  valueTo = load<u32>(at, 4);
}

export function isPlaced(output: usize): bool {
  return ((placed >> (output as u64)) & 1) === 1;
}
