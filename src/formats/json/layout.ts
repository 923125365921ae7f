/**
 * Detects the layout of JSON from its beginning: one row per line, or values in another layout, perhaps
 * inside an envelope.
 */
import { isJson } from '../../json.ts';
import { markLength } from '../encoding.ts';
import { Failure } from '../../failure.ts';
import { ElementEnd, RECORD_SEPARATOR } from './elements.ts';
import { outlineOf, type FoundList } from './envelope.ts';

/** The beginning of an input. */
export interface InputHead {
  /** Decompressed. */
  bytes: Buffer;
  /** The head is the whole input. */
  isWhole: boolean;
}

/** Whether the target reads this key. An object with such a key is a row, not an envelope. */
export type IsField = (key: string) => boolean;

/**
 * `lines`: one value per line. `values`: any other layout; `path` is the list of rows in an envelope; `what`
 * describes the layout to the user.
 */
export type JsonLayout = { kind: 'lines' } | { kind: 'values'; what: string; path?: readonly string[] };

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
/** How many lines are examined, because the first ones may be damaged. */
const maxLines = 20;

const LINES: JsonLayout = { kind: 'lines' };
/** "JSON Text Sequences", RFC 7464; written by `journalctl -o json-seq`. */
const SEQUENCE: JsonLayout = { kind: 'values', what: 'a sequence of JSON texts (RFC 7464)' };
const ONE_AFTER_ANOTHER: JsonLayout = { kind: 'values', what: 'JSON values one after another' };

/** Detects the layout. Throws a Failure `usage` for an envelope with several lists of rows. */
export function jsonLayout({ bytes, isWhole }: InputHead, isField: IsField): JsonLayout {
  const start = firstByte(bytes, markLength(bytes));
  const byte = bytes[start];
  if (byte === RECORD_SEPARATOR) return SEQUENCE;
  if (byte === OPEN_ARRAY) {
    return isListOfLines(bytes, start) ? LINES : { kind: 'values', what: 'a JSON array' };
  }
  if (byte !== OPEN_OBJECT) return LINES;
  const value = new ElementEnd();
  const end = value.find(bytes, start, bytes.length);
  const isOnly = end < 0 || (firstByte(bytes, end) === bytes.length && isWhole);
  if (end >= 0 && value.lines === 0) {
    const next = bytes[afterSpaces(bytes, end)];
    if (next !== undefined && next !== NEWLINE) return ONE_AFTER_ANOTHER;
    return (isOnly && envelopeOf(bytes, start, isField)) || LINES;
  }
  const isValue = end >= 0 && isJson(bytes.toString('utf8', start, end));
  if (!isValue && hasLineOfValue(bytes, start)) return LINES;
  if (end < 0 && isWhole) return LINES;
  const isOneLine = bytes.indexOf(NEWLINE, start) < 0;
  const laidOut = isOneLine ? LINES : ONE_AFTER_ANOTHER;
  return (isOnly && envelopeOf(bytes, start, isField)) || laidOut;
}

/**
 * Whether the beginning of a stream is enough to detect its layout, so that reading need not wait. A possible
 * envelope is not enough until it ends.
 */
export function isLayoutKnown(bytes: Buffer, isField: IsField): boolean {
  const start = firstByte(bytes, markLength(bytes));
  if (bytes[start] !== OPEN_OBJECT) return start < bytes.length;
  const value = new ElementEnd();
  const end = value.find(bytes, start, bytes.length);
  if (end < 0) return false;
  if (firstByte(bytes, end) < bytes.length) return true;
  const { keys, lists } = outlineOf(bytes, start, end);
  const mayBeEnvelope = lists.length > 0 && !keys.some(isField);
  return !mayBeEnvelope && bytes.indexOf(NEWLINE, end) >= 0;
}

function envelopeOf(bytes: Buffer, start: number, isField: IsField): JsonLayout | undefined {
  const { keys, lists, end } = outlineOf(bytes, start, bytes.length);
  if (keys.some(isField)) return undefined;
  const [list, other] = listsOfRows(lists);
  if (list === undefined) return undefined;
  if (other !== undefined) {
    const names = [list, other].map(({ path }) => path.join('.')).join(' and ');
    throw new Failure(
      'usage',
      `the input is an object with several lists (${names}): which one holds the rows?`,
      {
        hint: `say --path ${list.path.join('.')}, or --format ndjson when the object itself is the row`,
      },
    );
  }
  // An empty list decides nothing while the object continues beyond the bytes.
  if (list.holds === 'nothing' && end < 0) return undefined;
  return { kind: 'values', what: `an object with its rows at ${list.path.join('.')}`, path: list.path };
}

/** Lists of objects; otherwise the only list, if it is empty. */
function listsOfRows(lists: readonly FoundList[]): FoundList[] {
  const ofObjects = lists.filter(({ holds }) => holds === 'objects');
  if (ofObjects.length > 0) return ofObjects;
  return lists.length === 1 && lists[0]?.holds === 'nothing' ? [...lists] : [];
}

/** Whether a line after the first is an object by itself: then the other lines should be too. */
function hasLineOfValue(bytes: Buffer, from: number): boolean {
  let at = bytes.indexOf(NEWLINE, from) + 1;
  for (let line = 1; line < maxLines && at > 0; line++) {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline < 0 ? bytes.length : newline;
    if (bytes[at] === OPEN_OBJECT && isJson(bytes.toString('utf8', at, end))) return true;
    at = newline + 1;
  }
  return false;
}

/**
 * `[1]` followed by another value on the next line: rows that are not objects, rather than an array of
 * objects.
 */
function isListOfLines(bytes: Buffer, start: number): boolean {
  const [first = '', second = ''] = bytes.toString('utf8', start).split('\n', 2);
  return /^\[[^{]*\]\s*$/.test(first) && /^\s*[{[]/.test(second);
}

function firstByte(bytes: Buffer, from: number): number {
  let at = afterSpaces(bytes, from);
  while (bytes[at] === NEWLINE) at = afterSpaces(bytes, at + 1);
  return at;
}

function afterSpaces(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === RETURN) at++;
  return at;
}
