/**
 * Positions where the producer of the bytes knows that a repetition begins, so that the search need not find them.
 * They are only hints, and are compared like all else; without any, the result is a little larger or smaller, and the same when it
 * is inflated.
 */
import { WINDOW } from './symbols.ts';

/** Places beyond that are found by the search. */
const MAX_HINTS: usize = 65_536;
const HINT_BYTES: usize = 8;
/** Per hint: its address, and how far in front of it the same bytes stand. */
const hints = memory.data(524_288, 16);
let hintsEnd: usize = hints;
/** The next hint to be followed. */
let hint: usize = hints;

/** Forgets all hints. */
export function beginHints(): void {
  hint = hints;
  hintsEnd = hints;
}

/** Adds a hint, whose address is higher than that of the one before. Says nothing when it is of no use or there is no room. */
export function addHint(place: usize, distance: usize): void {
  if (distance - 1 >= (WINDOW as usize) || hintsEnd === hints + MAX_HINTS * HINT_BYTES) return;
  store<u32>(hintsEnd, place as u32);
  store<u32>(hintsEnd, distance as u32, 4);
  hintsEnd += HINT_BYTES;
}

/** Goes on to the first hint at `from` or behind it. False when there is none. */
export function seekHint(from: usize): bool {
  while (hint < hintsEnd && (load<u32>(hint) as usize) < from) hint += HINT_BYTES;
  return hint < hintsEnd;
}

export function hintPlace(): usize {
  return load<u32>(hint);
}

export function hintDistance(): u32 {
  return load<u32>(hint, 4);
}
