/**
 * Whether outputs with types can hold a cell: one rule for Parquet and PostgreSQL. Cells in the usual
 * notation are judged by their bytes, because there are so many; all others by the readers of
 * `typed-cells.ts`.
 */
import type { ColumnType } from '../../contracts/dataset.ts';
import { cellProblem, type CellProblem } from './typed-cells.ts';

const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const colon = 0x3a;
const letterT = 0x54;
const letterZ = 0x5a;
/** Numbers of at most this many characters are never out of range. */
const safeLength = 18;

type BytesCheck = (bytes: Buffer, from: number, to: number) => boolean;

/** True: certainly valid. False: not known yet. */
const quickChecks: Partial<Record<ColumnType, BytesCheck>> = {
  integer: (bytes, from, to) => isPlainNumber(bytes, from, to, false),
  number: (bytes, from, to) => isPlainNumber(bytes, from, to, true),
  boolean: isPlainBoolean,
  timestamp: isPlainTimestamp,
};

/** Whether some texts are not of this type. */
export function isChecked(type: ColumnType): boolean {
  return type !== 'text' && type !== 'json';
}

/** What is wrong with the cell in `bytes[from, to)`, without the quotes around it. An empty cell is null. */
export function checkCell(
  type: ColumnType,
  bytes: Buffer,
  { from, to }: { from: number; to: number },
): CellProblem | undefined {
  if (to <= from || quickChecks[type]?.(bytes, from, to) === true) return undefined;
  return cellProblem(type, bytes.toString('utf8', from, to).replaceAll('""', '"'));
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= zero && byte < colon;
}

function isPlainNumber(bytes: Buffer, from: number, to: number, withFraction: boolean): boolean {
  if (to - from > safeLength) return false;
  const first = bytes[from] === minus ? from + 1 : from;
  if (bytes[first] === zero && isDigit(bytes[first + 1]) && first + 1 < to) return false;
  let at = first;
  while (at < to && isDigit(bytes[at])) at++;
  if (at === first || at === to) return at > first;
  if (!withFraction || bytes[at] !== dot) return false;
  const fraction = ++at;
  while (at < to && isDigit(bytes[at])) at++;
  return at === to && at > fraction;
}

function isPlainBoolean(bytes: Buffer, from: number, to: number): boolean {
  // `true` and `false`, read as a number each.
  if (to - from === 4) return bytes.readUInt32BE(from) === 0x74727565;
  return to - from === 5 && bytes[to - 1] === 0x65 && bytes.readUInt32BE(from) === 0x66616c73;
}

/** `2026-11-01T10:00:00Z`, of a day that every month has. */
function isPlainTimestamp(bytes: Buffer, from: number, to: number): boolean {
  return (
    to - from === 20 &&
    bytes[from + 4] === minus &&
    bytes[from + 7] === minus &&
    bytes[from + 10] === letterT &&
    bytes[from + 13] === colon &&
    bytes[from + 16] === colon &&
    bytes[to - 1] === letterZ &&
    isBetween(pair(bytes, from), 1, 99) &&
    isBetween(pair(bytes, from + 2), 0, 99) &&
    isBetween(pair(bytes, from + 5), 1, 12) &&
    isBetween(pair(bytes, from + 8), 1, 28) &&
    isBetween(pair(bytes, from + 11), 0, 23) &&
    isBetween(pair(bytes, from + 14), 0, 59) &&
    isBetween(pair(bytes, from + 17), 0, 59)
  );
}

/** Two digits as a number; negative when they are none. */
function pair(bytes: Buffer, at: number): number {
  if (!isDigit(bytes[at]) || !isDigit(bytes[at + 1])) return -1;
  return ((bytes[at] as number) - zero) * 10 + (bytes[at + 1] as number) - zero;
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
