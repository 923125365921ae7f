/**
 * The keys of the row before, in their order. Rows of a file mostly have the same ones, and a key that stands where it
 * stood in the row before need neither be read nor looked up again.
 */

/** Members beyond these are always read. */
const PLACES: usize = 64;
/** Compared at once: `"key":`. Longer ones are always read. */
const MAX_BYTES: usize = 32;
const VECTOR: usize = 16;

/** Per place: the bytes, with zeros behind them; a mask of their length; their number; the key's probe. */
const PLACE_BYTES: usize = 80;
const MASK: usize = 32;
const LENGTH: usize = 64;
const PROBE: usize = 68;
const places = memory.data(5_120, 16);

export const firstPlace = places;
const lastPlace = places + (PLACES - 1) * PLACE_BYTES;

forgetKeys();

/** No place has a key: what a key means may change. */
export function forgetKeys(): void {
  memory.fill(places, 0, PLACES * PLACE_BYTES);
  // Bytes without a mask equal nothing.
  for (let place = places; place <= lastPlace; place += PLACE_BYTES) memory.fill(place, 0xff, MAX_BYTES);
}

/** The place of the next member. All behind the last share one. */
export function placeBehind(place: usize): usize {
  return place < lastPlace ? place + PLACE_BYTES : lastPlace;
}

/** Whether the key of this place stands at `at`, where its quote would be, with its colon right behind it. */
export function isRepeated(place: usize, at: usize): bool {
  const front = v128.and(v128.load(at), v128.load(place, MASK));
  const back = v128.and(v128.load(at, VECTOR), v128.load(place, MASK + VECTOR));
  const differs = v128.or(v128.xor(front, v128.load(place)), v128.xor(back, v128.load(place, VECTOR)));
  return !v128.any_true(differs);
}

/** How many bytes the key of this place has with its quotes and its colon. */
export function bytesAt(place: usize): usize {
  return load<u32>(place, LENGTH);
}

export function probeAt(place: usize): i32 {
  return load<i32>(place, PROBE);
}

/** Remembers `"key":` at `at` for the next row, unless it is too long. */
export function rememberKey(place: usize, at: usize, length: usize, probe: i32): void {
  if (length > MAX_BYTES) return;
  memory.fill(place + MASK, 0, MAX_BYTES);
  memory.fill(place + MASK, 0xff, length);
  memory.fill(place, 0, MAX_BYTES);
  memory.copy(place, at, length);
  store<u32>(place, length as u32, LENGTH);
  store<i32>(place, probe, PROBE);
}
