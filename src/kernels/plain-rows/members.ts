/** What is asked of the members of a row: a few keys are probed, and each says what its value must be. */
import { NO_INSTANT, readInstant } from './instant.ts';
import { QUOTE } from './json.ts';

/** Demands on a probed key, to be added up. */
/** No row that has it is plain. */
const ABSENT: u32 = 1;
/** It must be there. */
const REQUIRED: u32 = 2;
/** Its value must be a text that is not empty. */
const TEXT: u32 = 4;
/** One of these keys must be there, and no other of them. */
const ONE_OF: u32 = 8;
/** Its value must be a time in the plain form. */
const TIME: u32 = 16;
/** The row's id. */
const ID: u32 = 32;

const MAX_PROBES = 32;
/** Keys are compared sixteen bytes at once; no longer key is probed. */
const MAX_KEY_BYTES: usize = 16;

/** Of each probe its key and a mask of the key's length. */
const keys = memory.data(512, 16);
const masks = memory.data(512, 16);
const demands = memory.data(128, 4);
/** For each length of a key: a bit for each probe of that length. */
const probesOfLength = memory.data(68, 4);

let probes = 0;
/** Bits of the probes that each rule is about. */
let requiredProbes: u32 = 0;
let oneOfProbes: u32 = 0;
let idProbes: u32 = 0;
let oldBeforeMs: i64 = i64.MIN_VALUE;
let takesOld: bool = true;

/** Bits of the probes found in the row at hand. */
let found: u32 = 0;
/** The row's time is older than the target takes it. */
export let isOld: bool = false;

/** Begins a new set of rules. Times before `before` are old: such rows are plain when `plain` says so. */
export function beginRules(before: f64, plain: bool): void {
  memory.fill(probesOfLength, 0, 68);
  probes = 0;
  requiredProbes = 0;
  oneOfProbes = 0;
  idProbes = 0;
  // Times are whole milliseconds.
  oldBeforeMs = before < -1e16 ? i64.MIN_VALUE : (Math.ceil(before) as i64);
  takesOld = plain;
}

/** Probes the key `[key, key + length)`. Returns false for what it has no room for. */
export function addProbe(key: usize, length: usize, demand: u32): bool {
  if (probes === MAX_PROBES || length === 0 || length > MAX_KEY_BYTES) return false;
  const at = (probes as usize) << 4;
  memory.fill(keys + at, 0, MAX_KEY_BYTES);
  memory.fill(masks + at, 0, MAX_KEY_BYTES);
  memory.copy(keys + at, key, length);
  memory.fill(masks + at, 0xff, length);
  store<u32>(demands + ((probes as usize) << 2), demand);
  const ofLength = probesOfLength + (length << 2);
  const bit: u32 = 1 << probes;
  store<u32>(ofLength, load<u32>(ofLength) | bit);
  if ((demand & REQUIRED) !== 0) requiredProbes |= bit;
  if ((demand & ONE_OF) !== 0) oneOfProbes |= bit;
  if ((demand & ID) !== 0) idProbes |= bit;
  probes++;
  return true;
}

export function beginRow(): void {
  found = 0;
  isOld = false;
}

/** Whether the member with this key and the value `[value, end)` leaves the row plain. */
export function takesMember(key: usize, length: usize, value: usize, end: usize): bool {
  if (length > MAX_KEY_BYTES) return true;
  let candidates = load<u32>(probesOfLength + (length << 2));
  if (candidates === 0) return true;
  const bytes = v128.load(key);
  for (; candidates !== 0; candidates &= candidates - 1) {
    const probe = ctz(candidates) as usize;
    const wanted = v128.load(keys + (probe << 4));
    const masked = v128.and(bytes, v128.load(masks + (probe << 4)));
    if (i8x16.all_true(i8x16.eq(masked, wanted))) return takesProbed(probe, value, end);
  }
  return true;
}

function takesProbed(probe: usize, value: usize, end: usize): bool {
  const bit: u32 = (1 as u32) << (probe as u32);
  const demand = load<u32>(demands + (probe << 2));
  if ((found & bit) !== 0 || (demand & ABSENT) !== 0 || isNull(value)) return false;
  found |= bit;
  const isText = load<u8>(value) === QUOTE && end > value + 2;
  if ((demand & (TEXT | ONE_OF | TIME | ID)) !== 0 && !isText) return false;
  return (demand & TIME) === 0 || takesTime(value + 1, end - 1);
}

/** Of values that are JSON only this one begins so. */
function isNull(value: usize): bool {
  return load<u8>(value) === 0x6e;
}

function takesTime(from: usize, to: usize): bool {
  const ms = readInstant(from, to);
  if (ms === NO_INSTANT) return false;
  isOld = ms < oldBeforeMs;
  return !isOld || takesOld;
}

/** Whether the members found are those that a plain row has. */
export function isComplete(): bool {
  return (
    (found & requiredProbes) === requiredProbes && (oneOfProbes === 0 || popcnt(found & oneOfProbes) === 1)
  );
}

export function hasId(): bool {
  return (found & idProbes) !== 0;
}
