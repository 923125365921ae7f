/** How JSON is laid out, by its beginning: a row a line, or values in some other way, perhaps inside an envelope. */
import { isJson } from '../../json.ts';
import { markLength } from '../encoding.ts';
import { Failure } from '../../failure.ts';
import { ElementEnd, RECORD_SEPARATOR } from './elements.ts';
import { lookThrough, type FoundList } from './envelope.ts';

/** The beginning of an input. */
export interface InputHead {
  /** Decompressed. */
  bytes: Buffer;
  /** There is no more. */
  isWhole: boolean;
}

/** Whether a key is one that the target reads: an object with such a key is a row, and no envelope. */
export type IsField = (key: string) => boolean;

/** `lines`: a value a line. Else values; those in an envelope are at `path`. `what`: for people. */
export type JsonLayout = { kind: 'lines' } | { kind: 'values'; what: string; path?: readonly string[] };

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
/** Lines that are looked at: the first ones may be damaged. */
const maxLines = 20;

const LINES: JsonLayout = { kind: 'lines' };
/** "JSON Text Sequences", RFC 7464; `journalctl -o json-seq` writes it. */
const SEQUENCE: JsonLayout = { kind: 'values', what: 'a sequence of JSON texts (RFC 7464)' };
const ONE_AFTER_ANOTHER: JsonLayout = { kind: 'values', what: 'JSON values one after another' };

/** Throws a Failure `usage` for an envelope with several lists. */
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
 * Whether the beginning of a stream tells its layout already, so that nothing is waited for. What may be an envelope
 * tells only once it is over.
 */
export function tellsLayout(bytes: Buffer, isField: IsField): boolean {
  const start = firstByte(bytes, markLength(bytes));
  if (bytes[start] !== OPEN_OBJECT) return start < bytes.length;
  const value = new ElementEnd();
  const end = value.find(bytes, start, bytes.length);
  if (end < 0) return false;
  if (firstByte(bytes, end) < bytes.length) return true;
  const { keys, lists } = lookThrough(bytes, start, end);
  const mayBeEnvelope = lists.length > 0 && !keys.some(isField);
  return !mayBeEnvelope && bytes.indexOf(NEWLINE, end) >= 0;
}

function envelopeOf(bytes: Buffer, start: number, isField: IsField): JsonLayout | undefined {
  const { keys, lists, end } = lookThrough(bytes, start, bytes.length);
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
  // A list of scalars, or none at all, says nothing where the object goes on.
  if (list.holds === 'nothing' && end < 0) return undefined;
  return { kind: 'values', what: `an object with its rows at ${list.path.join('.')}`, path: list.path };
}

/** Lists of objects, else the only list when it is empty. */
function listsOfRows(lists: readonly FoundList[]): FoundList[] {
  const ofObjects = lists.filter(({ holds }) => holds === 'objects');
  if (ofObjects.length > 0) return ofObjects;
  return lists.length === 1 && lists[0]?.holds === 'nothing' ? [...lists] : [];
}

/** A line that is an object by itself: then the others should be too. */
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

/** `[1]` and a line behind it: rows that are no objects rather than an array of objects. */
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
