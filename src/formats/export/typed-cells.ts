/** What a cell means under its column's type. One rule for each type, for every output. */
import { isLosslessNumber, stringify } from 'lossless-json';
import type { Cell } from './lane-rows.ts';

const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const wholeNumber = /^-?\d{1,19}$/;
const yes = /^(true|t)$/i;
const no = /^(false|f)$/i;
/** `2026-08-26 11:16:21+00:00`, `2026-08-26T11:16:21.123456Z`; without an offset it is UTC. */
const timestamp =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?)? ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/;
const dayMs = 86_400_000;

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

export function readNumber(cell: Cell): number | undefined {
  const text = numberText(cell);
  return text === undefined ? undefined : Number(text);
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
  const [, day, time = '00:00:00', fraction = '', offset = 'Z'] = match;
  const ms = Date.parse(`${day}T${time}${isoOffset(offset)}`);
  if (Number.isNaN(ms)) return undefined;
  return BigInt(ms) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

/** Days since the epoch. */
export function readDay(cell: Cell): number | undefined {
  const text = cellText(cell)?.trim() ?? '';
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(`${text.slice(0, 10)}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms / dayMs;
}

function isoOffset(offset: string): string {
  if (offset === 'Z' || offset === 'UTC') return 'Z';
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  return `${offset[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
