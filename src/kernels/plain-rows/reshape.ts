/**
 * What the user asked to do with the keys of rows: members are taken out, get another value, or are put behind
 * all others, under another key. Which of it applies to a key is decided once (`shaping/rows/lines-plan.ts`).
 */
const MAX_KEYS = 32;
const MAX_KEY_BYTES: usize = 64;
const MAX_OUTPUTS = 64;
const POOL_BYTES: usize = 65_536;

/** What becomes of a member. */
export const STAYS = 0;
/** It is left out. */
const LEFT_OUT = 1;
/** It is left out, and its value is written behind the others. */
export const TAKEN = 2;
/** It gets the value of an output, which is not written behind the others then. */
export const SET = 3;
/** Rows with it are not plain. */
export const BANNED = 4;

/** Per key: address, length, what becomes of it, and which value or output it is about. */
const KEY_BYTES: usize = 16;
const keys = memory.data(512, 4);
/** For each length: one bit per key of that length. */
const keysOfLength = memory.data(260, 4);
/** Per output: the key and its length, the value and its length, or in place of its address `NO_TEXT` and which taken one. */
const OUTPUT_BYTES: usize = 16;
const outputs = memory.data(1024, 4);
const NO_TEXT: u32 = 0xffff_ffff;
/** Per taken value: where it stands in the row, as two addresses; none when it is not there. */
const taken = memory.data(256, 4);
const pool = memory.data(65_600, 16);

let poolBytes: usize = 0;
let keyCount = 0;
export let outputCount: usize = 0;
/** Outputs that took the place of a member. */
let placed: u64 = 0;
/** Whether rows are written anew. */
export let isReshaped: bool = false;
/** What becomes of a key that is not named, and does not begin with a dollar sign. */
let others = STAYS;

/** Begins another reshaping, or none. `keepsOthers`: keys that are not named stay. */
export function beginReshaping(any: bool, keepsOthers: bool): void {
  isReshaped = any;
  others = keepsOthers ? STAYS : LEFT_OUT;
  poolBytes = 0;
  keyCount = 0;
  outputCount = 0;
  memory.fill(keysOfLength, 0, 260);
}

/** Says what becomes of a key. False when there is no room for it. */
export function addKey(key: usize, length: usize, fate: i32, index: i32): bool {
  if (keyCount === MAX_KEYS || length > MAX_KEY_BYTES || poolBytes + length > POOL_BYTES) return false;
  const entry = keys + (keyCount as usize) * KEY_BYTES;
  store<u32>(entry, keep(key, length) as u32);
  store<u32>(entry, length as u32, 4);
  store<i32>(entry, fate, 8);
  store<i32>(entry, index, 12);
  const ofLength = keysOfLength + (length << 2);
  store<u32>(ofLength, load<u32>(ofLength) | (1 << keyCount));
  keyCount++;
  return true;
}

/**
 * Adds a member behind all others: the text `[from, from + keyLength)` is its key, behind it stands its value,
 * or there is none, and it is the value taken as `index`. False when there is no room for it.
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
  memory.fill(taken, 0, 256);
  placed = 0;
}

/** Which value, or which output, the last fate is about. */
let fateIndex = 0;

/** What becomes of the member with this key. */
export function fateOf(key: usize, length: usize): i32 {
  if (length <= MAX_KEY_BYTES) {
    for (let bits = load<u32>(keysOfLength + (length << 2)); bits !== 0; bits &= bits - 1) {
      const entry = keys + (ctz(bits) as usize) * KEY_BYTES;
      if (memory.compare(load<u32>(entry), key, length) !== 0) continue;
      fateIndex = load<i32>(entry, 12);
      return load<i32>(entry, 8);
    }
  }
  return load<u8>(key) === 0x24 ? STAYS : others;
}

/** Takes the value of the member whose fate was asked for last. */
export function takeValue(value: usize, end: usize): void {
  const at = taken + ((fateIndex as usize) << 3);
  store<u32>(at, value as u32);
  store<u32>(at, end as u32, 4);
}

/** The output that takes the place of the member whose fate was asked for last. */
export function placedOutput(): usize {
  placed |= (1 as u64) << (fateIndex as u64);
  return fateIndex as usize;
}

export function outputKey(output: usize): usize {
  return load<u32>(outputs + output * OUTPUT_BYTES);
}

export function outputKeyLength(output: usize): usize {
  return load<u32>(outputs + output * OUTPUT_BYTES, 4);
}

/** Where the value of an output begins and ends; both 0 when it is not written behind the others. */
export let valueFrom: usize = 0;
export let valueTo: usize = 0;

/** Finds the value of an output, also of one that took the place of a member. */
export function findValue(output: usize): void {
  const entry = outputs + output * OUTPUT_BYTES;
  const text = load<u32>(entry, 8);
  if (text !== NO_TEXT) {
    valueFrom = text;
    valueTo = valueFrom + load<u32>(entry, 12);
    return;
  }
  const at = taken + ((load<u32>(entry, 12) as usize) << 3);
  valueFrom = load<u32>(at);
  valueTo = load<u32>(at, 4);
}

export function isPlaced(output: usize): bool {
  return ((placed >> (output as u64)) & 1) === 1;
}
