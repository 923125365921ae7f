/**
 * JSON objects around the rows, such as `{"count": 2, "data": [...]}`, where the rows are the elements of one
 * list.
 */
import { isBlank } from '../blank.ts';
import { ElementEnd } from './elements.ts';

const COMMA = 0x2c;
const COLON = 0x3a;
const QUOTE = 0x22;
const NEWLINE = 0x0a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Longest path of a list that is found: `{"log": {"entries": [...]}}` has 2. */
const maxDepth = 4;

/** A list inside an object. */
export interface FoundList {
  /** Keys, outermost first. */
  path: readonly string[];
  /** The offset after its opening bracket. */
  start: number;
  /** The kind of its first element; `unknown` where the bytes end before it. */
  holds: 'objects' | 'nothing' | 'others' | 'unknown';
}

/** Keys and lists of an object, as far as the bytes reach. */
export interface ObjectOutline {
  keys: string[];
  lists: FoundList[];
  /** The offset after its closing brace, or -1 when the bytes end before it. */
  end: number;
}

/** Inspects the object that begins at `from`. Lists inside lists are ignored. */
export function outlineOf(bytes: Buffer, from: number, to: number): ObjectOutline {
  const outline: ObjectOutline = { keys: [], lists: [], end: -1 };
  outline.end = walkObject(bytes, { at: from, to, path: [] }, (list, key) => {
    if (list !== undefined) outline.lists.push(list);
    if (key !== undefined) outline.keys.push(key);
    return true;
  });
  return outline;
}

/**
 * Finds the list at `path` in the object at `from`; `start` is the offset after its bracket. `absent`: the
 * object has no such list and ends at `end`. `more`: more bytes are needed to decide.
 */
export function findList(
  bytes: Buffer,
  { from, to }: { from: number; to: number },
  path: readonly string[],
): { kind: 'found'; start: number } | { kind: 'absent'; end: number } | { kind: 'more' } {
  let start = -1;
  const end = walkObject(bytes, { at: from, to, path: [] }, (list) => {
    if (list === undefined || list.path.length !== path.length) return true;
    if (list.path.some((key, depth) => key !== path[depth])) return true;
    start = list.start;
    return false;
  });
  if (start >= 0) return { kind: 'found', start };
  return end < 0 ? { kind: 'more' } : { kind: 'absent', end };
}

/**
 * From inside the innermost of `depth` objects, the offset after the brace that closes the outermost; -1 when
 * the bytes end before it.
 */
export function endOfEnvelope(bytes: Buffer, from: number, to: number, depth: number): number {
  let at = from;
  let open = depth;
  const value = new ElementEnd();
  while (at < to) {
    at = skipBetween(bytes, at, to);
    if (at === to) return -1;
    if (bytes[at] === CLOSE_OBJECT) {
      at++;
      if (--open === 0) return at;
      continue;
    }
    value.reset();
    const end = bytes[at] === COLON ? at + 1 : value.find(bytes, at, to);
    if (end < 0) return -1;
    at = Math.max(end, at + 1);
  }
  return -1;
}

/** The number of line ends in `bytes[from, to)`. */
export function lineEnds(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE, from); at >= 0 && at < to; at = bytes.indexOf(NEWLINE, at + 1))
    count++;
  return count;
}

interface ObjectAt {
  at: number;
  to: number;
  path: readonly string[];
}

/** Called for each list, and for each key of the outermost object; returning false ends the walk. */
type Visit = (list: FoundList | undefined, key: string | undefined) => boolean;

/** Returns the end of the object, or -1 when the bytes end before it or `visit` ended the walk. */
function walkObject(bytes: Buffer, { at: from, to, path }: ObjectAt, visit: Visit): number {
  let at = from + 1;
  for (;;) {
    at = skipBetween(bytes, at, to);
    if (at === to) return -1;
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    const afterKey = endOfValue(bytes, at, to);
    if (afterKey < 0) return -1;
    const key = keyOf(bytes, at, afterKey);
    at = skipSpace(bytes, afterKey, to);
    if (at < to && bytes[at] === COLON) at = skipSpace(bytes, at + 1, to);
    if (path.length === 0 && !visit(undefined, key)) return -1;
    if (at === to) return -1;
    const inner = [...path, key];
    if (bytes[at] === OPEN_ARRAY && !visit(listAt(bytes, at + 1, to, inner), undefined)) return -1;
    const isWalked = bytes[at] === OPEN_OBJECT && inner.length < maxDepth;
    const end = isWalked ? walkObject(bytes, { at, to, path: inner }, visit) : endOfValue(bytes, at, to);
    if (end < 0) return -1;
    at = Math.max(end, at + 1);
  }
}

function listAt(bytes: Buffer, start: number, to: number, path: readonly string[]): FoundList {
  const first = skipSpace(bytes, start, to);
  const holds =
    first === to
      ? 'unknown'
      : bytes[first] === OPEN_OBJECT
        ? 'objects'
        : bytes[first] === CLOSE_ARRAY
          ? 'nothing'
          : 'others';
  return { path, start, holds };
}

function keyOf(bytes: Buffer, from: number, to: number): string {
  const text = bytes.toString('utf8', from, to);
  try {
    const key: unknown = bytes[from] === QUOTE ? JSON.parse(text) : text;
    return typeof key === 'string' ? key : text;
  } catch {
    return text;
  }
}

function endOfValue(bytes: Buffer, from: number, to: number): number {
  if (bytes[from] === QUOTE) return endOfString(bytes, from, to);
  const value = new ElementEnd();
  return value.find(bytes, from, to);
}

function endOfString(bytes: Buffer, from: number, to: number): number {
  const backslash = 0x5c;
  for (let at = from + 1; at < to; at++) {
    if (bytes[at] === backslash) at++;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  return -1;
}

function skipSpace(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && isBlank(bytes, at, at + 1)) at++;
  return at;
}

function skipBetween(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === COMMA || isBlank(bytes, at, at + 1))) at++;
  return at;
}
