/** Finds where one row ends, and how its text must change, when both are certain. */
import { endOfCanonical } from './canonical.ts';
import { beginEdits, replace } from './edits.ts';
import {
  CLOSE_OBJECT,
  COLON,
  COMMA,
  endOfPlainText,
  endOfValue,
  OPEN_OBJECT,
  QUOTE,
  skipSpace,
} from './json.ts';
import { beginKeys, isNewKey } from './keys.ts';
import {
  beginRow,
  isComplete,
  isDropped,
  newKey,
  newKeyLength,
  newValue,
  newValueLength,
  NO_PROBE,
  probeOf,
  takesMember,
} from './members.ts';
import { bytesAt, firstPlace, isRepeated, placeBehind, probeAt, rememberKey } from './repeated-keys.ts';
import {
  UNSUPPORTED,
  beginOutputs,
  actionFor,
  findValue,
  isPlaced,
  isReshaped,
  outputCount,
  outputKey,
  outputKeyLength,
  placedOutput,
  SET,
  KEEP,
  MOVE,
  recordMovedValue,
  valueFrom,
  valueTo,
} from './reshape.ts';

const NEWLINE: u8 = 0x0a;
const RETURN: u8 = 0x0d;
/** The text around a key that is rewritten. */
const AROUND_KEY = memory.data<u8>([0x2c, 0x22, 0x3a]);

/** The end of the last row, without its line end. */
export let rowEnd: usize = 0;
/** How many of its members repeat what the target knows. */
export let droppedMembers = 0;
/** How many stay or were added. */
let keptMembers = 0;
/** Whether the last member stays. */
let isKept = true;

/**
 * The address of the newline after a plain row, or 0 when the row is not plain. A carriage return before it
 * belongs to the line end.
 */
export function endOfRow(from: usize): usize {
  if (load<u8>(from) !== OPEN_OBJECT) return 0;
  const brace = isReshaped ? endOfReshaped(from) : endOfMembers(from);
  if (brace === 0 || keptMembers === 0 || !isComplete()) return 0;
  rowEnd = brace + 1;
  const newline = load<u8>(rowEnd) === RETURN ? rowEnd + 1 : rowEnd;
  return load<u8>(newline) === NEWLINE ? newline : 0;
}

function begin(): void {
  beginRow();
  beginEdits();
  droppedMembers = 0;
  keptMembers = 0;
}

/** The address of the closing brace; 0 when a member is not plain. */
function endOfMembers(from: usize): usize {
  begin();
  let comma = from;
  let at = skipSpace(from + 1);
  let place = firstPlace;
  while (true) {
    const key = at + 1;
    let keyEnd = at + bytesAt(place) - 2;
    let colon = keyEnd + 1;
    let probe = probeAt(place);
    if (!isRepeated(place, at)) {
      keyEnd = endOfPlainText(key);
      // A key with escapes may be a probed one.
      if (load<u8>(at) !== QUOTE || load<u8>(keyEnd) !== QUOTE) return 0;
      colon = skipSpace(keyEnd + 1);
      if (load<u8>(colon) !== COLON) return 0;
      probe = probeOf(key, keyEnd - key);
      if (colon === keyEnd + 1) rememberKey(place, at, colon + 1 - at, probe);
    }
    const value = skipSpace(colon + 1);
    const valueEnd = endOfValue(value);
    if (valueEnd === 0) return 0;
    at = skipSpace(valueEnd);
    const byte = load<u8>(at);
    if (byte !== COMMA && byte !== CLOSE_OBJECT) return 0;
    if (probe === NO_PROBE) {
      keptMembers++;
    } else {
      if (!takesMember(probe, value, valueEnd) || !edit(key, keyEnd, value, valueEnd)) return 0;
      if (!isKept && !leaveOut(keptMembers > 0 ? comma : key - 1, valueEnd, at)) return 0;
    }
    if (byte === CLOSE_OBJECT) return at;
    comma = at;
    at = skipSpace(at + 1);
    place = placeBehind(place);
  }
}

/** The same for rows that are reshaped, which must already be in canonical form because they are rewritten. */
function endOfReshaped(from: usize): usize {
  begin();
  beginKeys();
  beginOutputs();
  let comma = from;
  let at = from + 1;
  while (true) {
    if (load<u8>(at) !== QUOTE) return 0;
    const key = at + 1;
    const keyEnd = endOfPlainText(key);
    if (load<u8>(keyEnd) !== QUOTE || load<u8>(keyEnd + 1) !== COLON) return 0;
    if (!isNewKey(0, key, keyEnd - key)) return 0;
    const value = keyEnd + 2;
    at = endOfCanonical(value);
    if (at === 0 || !reshapeMember(key, keyEnd, value, at)) return 0;
    const byte = load<u8>(at);
    if (byte !== COMMA && byte !== CLOSE_OBJECT) return 0;
    if (!isKept && !leaveOut(keptMembers > 0 ? comma : key - 1, at, at)) return 0;
    if (byte === CLOSE_OBJECT) return addOutputs(at) ? at : 0;
    comma = at++;
  }
}

/** Edits the member that was taken last if it stays, or says that it does not. False when there are too many edits. */
function edit(key: usize, keyEnd: usize, value: usize, valueEnd: usize): bool {
  isKept = !isDropped;
  if (isDropped) {
    droppedMembers++;
    return true;
  }
  keptMembers++;
  if (newKey !== 0 && !replace(key, keyEnd, newKey, newKeyLength)) return false;
  return newValue === 0 || replace(value, valueEnd, newValue, newValueLength);
}

/** Takes out a member with the comma in front, which is at `from` then; the first one with that behind it, at `next`. */
function leaveOut(from: usize, valueEnd: usize, next: usize): bool {
  const isFirst = load<u8>(from) === QUOTE;
  return replace(from, !isFirst ? valueEnd : load<u8>(next) === COMMA ? next + 1 : next, 0, 0);
}

function reshapeMember(key: usize, keyEnd: usize, value: usize, valueEnd: usize): bool {
  const action = actionFor(key, keyEnd - key);
  const probe = probeOf(key, keyEnd - key);
  if (action === KEEP) return takesMember(probe, value, valueEnd) && edit(key, keyEnd, value, valueEnd);
  isKept = action === SET;
  if (action === MOVE) recordMovedValue(value, valueEnd);
  if (action !== SET) return action !== UNSUPPORTED;
  findValue(placedOutput());
  if (!takesMember(probe, valueFrom, valueTo) || isDropped || newKey !== 0) return false;
  keptMembers++;
  if (newValue !== 0) return replace(value, valueEnd, newValue, newValueLength);
  return replace(value, valueEnd, valueFrom, valueTo - valueFrom);
}

/** Adds the members behind all others, before the closing brace. */
function addOutputs(brace: usize): bool {
  for (let output: usize = 0; output < outputCount; output++) {
    findValue(output);
    if (isPlaced(output) || valueFrom === 0) continue;
    const probe = probeOf(outputKey(output), outputKeyLength(output));
    if (!takesMember(probe, valueFrom, valueTo)) return false;
    if (isDropped) droppedMembers++;
    else if (!addOutput(brace, output)) return false;
  }
  return true;
}

function addOutput(brace: usize, output: usize): bool {
  const isFirst = keptMembers++ === 0;
  const key = newKey === 0 ? outputKey(output) : newKey;
  const keyLength = newKey === 0 ? outputKeyLength(output) : newKeyLength;
  const value = newValue === 0 ? valueFrom : newValue;
  const valueLength = newValue === 0 ? valueTo - valueFrom : newValueLength;
  return (
    replace(brace, brace, isFirst ? AROUND_KEY + 1 : AROUND_KEY, isFirst ? 1 : 2) &&
    replace(brace, brace, key, keyLength) &&
    replace(brace, brace, AROUND_KEY + 1, 2) &&
    replace(brace, brace, value, valueLength)
  );
}
