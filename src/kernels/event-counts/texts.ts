/** Numbers the distinct texts of each field, up to a limit, after which the caller collects and clears them. */
import { areEqual, digestOf } from './digest.ts';
import { beginningOf, DOMAIN, endOf } from './fields.ts';

/** Numbered texts. Numbers begin at 1; 0 is the empty text. */
export const MAX_TEXTS: u32 = 32_768;
const SLOTS: usize = 65_536;
const ARENA_BYTES: usize = 2_097_152;
/** Longer texts are truncated. */
const MAX_TEXT_BYTES: usize = 1000;
/** The number shared by texts that are no longer distinguished. */
export const OTHER: u32 = 32_768;
/** The most that one row can add. */
const TEXTS_OF_A_ROW: u32 = 10;
const BYTES_OF_A_ROW: usize = 12_000;

/** Per slot a number, and per number its digest. */
const slots: usize = memory.data(262_144, 16);
const digests: usize = memory.data(262_160, 16);
/** Per number (u32): start and end of its text, and of a company's web domain. */
export const textFrom: usize = memory.data(131_088, 16);
export const textTo: usize = memory.data(131_088, 16);
export const domainFrom: usize = memory.data(131_088, 16);
export const domainTo: usize = memory.data(131_088, 16);
/** Per number: the number it is counted as (u32), by default itself; set by the caller. */
export const aliases: usize = memory.data(131_088, 16);
/** Per number: its field (u8). */
export const textFields: usize = memory.data(32_784, 16);
const arena: usize = memory.data(2_097_168, 16);

export let texts: u32 = 0;
let arenaEnd: usize = arena;

/** Forgets all texts. */
export function clearTexts(): void {
  memory.fill(slots, 0, SLOTS << 2);
  texts = 0;
  arenaEnd = arena;
}

/** Whether the texts of another row might not fit. */
export function isTextFull(): bool {
  return texts + TEXTS_OF_A_ROW >= MAX_TEXTS || arenaEnd + BYTES_OF_A_ROW > arena + ARENA_BYTES;
}

/** The number that the text `[from, to)` of this field is counted as. */
export function numberOf(field: u32, from: usize, to: usize): u32 {
  return from >= to ? 0 : load<u32>(aliases + ((ownNumberOf(field, from, to) as usize) << 2));
}

function ownNumberOf(field: u32, from: usize, to: usize): u32 {
  const end = min(to, from + MAX_TEXT_BYTES);
  const digest = digestOf(from, end, field as u64);
  let slot = (digest as usize) & (SLOTS - 1);
  while (true) {
    const number = load<u32>(slots + (slot << 2));
    if (number === 0) {
      const added = add(slot, from, end, digest);
      store<u8>(textFields + (added as usize), field as u8);
      return added;
    }
    if (load<u64>(digests + ((number as usize) << 3)) === digest && isText(number, from, end)) return number;
    slot = (slot + 1) & (SLOTS - 1);
  }
}

/** The number of a company; records the domain of the first row that names it. */
export function numberOfCompany(field: u32, from: usize, to: usize): u32 {
  const before = texts;
  const number = numberOf(field, from, to);
  if (texts === before) return number;
  const at = (number as usize) << 2;
  const domain = beginningOf(DOMAIN);
  store<u32>(domainFrom + at, arenaEnd as u32);
  keep(domain, min(endOf(DOMAIN), domain + MAX_TEXT_BYTES));
  store<u32>(domainTo + at, arenaEnd as u32);
  return number;
}

function isText(number: u32, from: usize, to: usize): bool {
  const at = (number as usize) << 2;
  const own = load<u32>(textFrom + at) as usize;
  const length = (load<u32>(textTo + at) as usize) - own;
  return length === to - from && areEqual(own, from, length);
}

function add(slot: usize, from: usize, to: usize, digest: u64): u32 {
  const number = ++texts;
  const at = (number as usize) << 2;
  store<u32>(aliases + at, number);
  store<u32>(slots + (slot << 2), number);
  store<u64>(digests + ((number as usize) << 3), digest);
  store<u32>(textFrom + at, arenaEnd as u32);
  keep(from, to);
  store<u32>(textTo + at, arenaEnd as u32);
  return number;
}

function keep(from: usize, to: usize): void {
  memory.copy(arenaEnd, from, to - from);
  arenaEnd += to - from;
}
