/** The value of a cell under its column's type: one rule per type, for every output. */
import { isLosslessNumber, stringify } from 'lossless-json';
import { isDay, msPerDay, startOf } from '../../calendar.ts';
import type { ColumnType } from '../../contracts/dataset.ts';
import type { Cell } from './cell.ts';

const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const wholeNumber = /^-?\d+$/;
const yes = /^(true|t)$/i;
const no = /^(false|f)$/i;
/** `2026-08-26 11:16:21+00:00`, `2026-08-26T11:16:21.123456Z`; without an offset it is UTC. */
const timestamp =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?)? ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/;

/** The cell as text; undefined for null. Objects and lists become JSON. */
export function cellText(cell: Cell): string | undefined {
  if (cell === null || cell === undefined) return undefined;
  if (typeof cell === 'string') return cell;
  if (isLosslessNumber(cell)) return cell.toString();
  return stringify(cell);
}

/** The cell as the text of a JSON number; undefined when it is none. */
export function numberText(cell: Cell): string | undefined {
  const text = cellText(cell)?.trim();
  return text !== undefined && jsonNumber.test(text) ? text : undefined;
}

/** Finite, as a double. */
export function readNumber(cell: Cell): number | undefined {
  const text = numberText(cell);
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

export function readInteger(cell: Cell): bigint | undefined {
  const text = cellText(cell)?.trim() ?? '';
  if (!wholeNumber.test(text)) return undefined;
  const value = BigInt(text);
  return value === BigInt.asIntN(64, value) ? value : undefined;
}

export function readBoolean(cell: Cell): boolean | undefined {
  if (typeof cell === 'boolean') return cell;
  const text = cellText(cell)?.trim() ?? '';
  if (yes.test(text)) return true;
  return no.test(text) ? false : undefined;
}

/** Microseconds since the epoch. */
export function readTimestampMicros(cell: Cell): bigint | undefined {
  const match = timestamp.exec(cellText(cell)?.trim() ?? '');
  if (match === null) return undefined;
  const [, day = '', time = '00:00:00', fraction = '', offset = 'Z'] = match;
  if (dayMsOf(day) === undefined || time.startsWith('24')) return undefined;
  const ms = Date.parse(`${day}T${time}${isoOffset(offset)}`);
  if (Number.isNaN(ms)) return undefined;
  return BigInt(ms) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

/** Days since the epoch. */
export function readDay(cell: Cell): number | undefined {
  const match = timestamp.exec(cellText(cell)?.trim() ?? '');
  const ms = match === null ? undefined : dayMsOf(match[1] ?? '');
  return ms === undefined ? undefined : ms / msPerDay;
}

/** Midnight of a day that exists, in milliseconds since the epoch. PostgreSQL and Parquet know no year 0. */
function dayMsOf(day: string): number | undefined {
  return isDay(day) && day >= '0001' ? startOf(day) : undefined;
}

export type CellProblem = 'not-of-type' | 'out-of-range';

/** Why outputs with types cannot hold the cell. Null and text always fit. */
export function cellProblem(type: ColumnType, cell: Cell): CellProblem | undefined {
  const text = cellText(cell)?.trim() ?? '';
  if (text === '') return undefined;
  switch (type) {
    case 'text':
    case 'json':
      return undefined;
    case 'boolean':
      return readBoolean(cell) === undefined ? 'not-of-type' : undefined;
    case 'integer':
      return judge(wholeNumber.test(text), readInteger(cell) !== undefined);
    case 'number':
      return judge(jsonNumber.test(text), Number.isFinite(readNumber(cell)));
    case 'timestamp':
      return judge(timestamp.test(text), readTimestampMicros(cell) !== undefined);
    case 'date':
      return judge(timestamp.test(text), readDay(cell) !== undefined);
  }
}

function judge(isOfType: boolean, isInRange: boolean): CellProblem | undefined {
  if (!isOfType) return 'not-of-type';
  return isInRange ? undefined : 'out-of-range';
}

function isoOffset(offset: string): string {
  if (offset === 'Z' || offset === 'UTC') return 'Z';
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  return `${offset[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
