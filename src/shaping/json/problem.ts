/** Describes rows that are not JSON objects. Not on the hot path: only for rejected rows. */
import { isUtf8 } from 'node:buffer';
import type { RowProblem, RowText } from '../../contracts/format.ts';
import type { ObjectScan } from './scan.ts';
import { skipSpace, WANTED } from './value-scan.ts';

const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const MAX_BYTES_PER_CHARACTER = 4;

/** Reasons that mean an incomplete JSON value: with more bytes the row might be valid. */
export const UNPARSED_REASONS: ReadonlySet<string> = new Set(['not-json', 'not-utf8', 'more-than-one-value']);

/** Why the scan of a row ended as `bad`. */
export function describeBadJson(scan: ObjectScan, { bytes, from, to }: RowText): RowProblem {
  const column = columnOf(bytes, from, scan.failedAt);
  if (scan.wanted === 'object' && isJson(bytes, from, to)) {
    return { column, reason: 'not-an-object', message: 'the row is not a JSON object' };
  }
  if (scan.wanted === 'end' && opensAnother(bytes, scan.failedAt, to)) {
    return { column, reason: 'more-than-one-value', message: 'more than one object in the row' };
  }
  const found = scan.failedAt >= to ? 'the row ends' : 'something else stands there';
  return { column, reason: 'not-json', message: `expected ${WANTED[scan.wanted]}, but ${found}` };
}

/** Describes a row whose bytes are not UTF-8. */
export function describeBadUtf8(bytes: Buffer, from: number, to: number): RowProblem {
  let valid = from;
  let invalid = to;
  while (invalid - valid > MAX_BYTES_PER_CHARACTER) {
    const middle = (valid + invalid) >> 1;
    if (isUtf8(bytes.subarray(from, wholeCharactersEnd(bytes, from, middle)))) valid = middle;
    else invalid = middle;
  }
  let at = wholeCharactersEnd(bytes, from, valid);
  while (at < to && isUtf8(bytes.subarray(at, Math.min(to, at + characterLength(bytes[at]!))))) {
    at += characterLength(bytes[at]!);
  }
  const column = columnOf(bytes, from, at);
  return {
    column,
    reason: 'not-utf8',
    message: 'the row is not valid UTF-8; if it is in another encoding, say so with --encoding',
  };
}

/** Counts characters, from 1. */
function columnOf(bytes: Buffer, from: number, at: number): number {
  let column = 1;
  for (let index = from; index < at && index < bytes.length; index++) {
    if ((bytes[index]! & 0xc0) !== 0x80) column++;
  }
  return column;
}

/** The end of the last character that ends at or before `to`. */
export function wholeCharactersEnd(bytes: Buffer, from: number, to: number): number {
  let start = to - 1;
  const first = Math.max(from, to - MAX_BYTES_PER_CHARACTER);
  while (start > first && (bytes[start]! & 0xc0) === 0x80) start--;
  if (start < from) return to;
  return start + characterLength(bytes[start]!) > to ? start : to;
}

/** Length in bytes of the character that begins with this byte. */
function characterLength(lead: number): number {
  if (lead < 0xc0) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

function isJson(bytes: Buffer, from: number, to: number): boolean {
  try {
    JSON.parse(bytes.toString('utf8', from, to));
    return true;
  } catch {
    return false;
  }
}

function opensAnother(bytes: Buffer, from: number, to: number): boolean {
  const at = bytes[from] === COMMA ? skipSpace(bytes, from + 1, to) : from;
  return at < to && bytes[at] === OPEN_OBJECT;
}
