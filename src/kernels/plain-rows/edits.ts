/** Changes to the text of one row, in their order in it. Each puts a text in place of a part of the row. */

const MAX_EDITS: usize = 256;
/** Per edit: where the part begins and ends, and the address and length of what is put there. */
const EDIT_BYTES: usize = 16;
const edits = memory.data(4096, 16);

let edited: usize = 0;
/** By how many bytes the row grows; negative when it shrinks. */
export let growth: isize = 0;

export function beginEdits(): void {
  edited = 0;
  growth = 0;
}

export function isEdited(): bool {
  return edited > 0;
}

/**
 * Puts `[text, text + length)` in place of `[from, to)`, which is behind all parts that were replaced. False when
 * there are too many edits.
 */
export function replace(from: usize, to: usize, text: usize, length: usize): bool {
  if (edited === MAX_EDITS) return false;
  const edit = edits + edited++ * EDIT_BYTES;
  store<u32>(edit, from as u32);
  store<u32>(edit, to as u32, 4);
  store<u32>(edit, text as u32, 8);
  store<u32>(edit, length as u32, 12);
  growth += length - (to - from);
  return true;
}

/** Writes `[from, to)` as it was edited, and up to fifteen bytes more; returns the address after it. */
export function writeEdited(out: usize, from: usize, to: usize): usize {
  const last = edits + edited * EDIT_BYTES;
  let end = out;
  let at = from;
  for (let edit = edits; edit < last; edit += EDIT_BYTES) {
    end = copyBytes(end, at, (load<u32>(edit) as usize) - at);
    end = copyBytes(end, load<u32>(edit, 8), load<u32>(edit, 12));
    at = load<u32>(edit, 4);
  }
  return copyBytes(end, at, to - at);
}

/** Copies sixteen bytes at a time, so up to fifteen more than `length`. */
function copyBytes(out: usize, from: usize, length: usize): usize {
  for (let at: usize = 0; at < length; at += 16) v128.store(out + at, v128.load(from + at));
  return out + length;
}
