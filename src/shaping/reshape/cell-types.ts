/** The types of `--type`, and how values are converted to them. */
import { isJson } from '../../json.ts';
import { isLongNumber, numberOf, parseJson, writeJson } from '../json/values.ts';
import { percentDecoded, withoutPort } from './log-values.ts';
import type { RowCodes } from '../rows/row-codes.ts';
import type { TimeReader } from '../time/time.ts';

export const CELL_TYPES = [
  'int',
  'number',
  'bool',
  'json',
  'time',
  'string',
  'address',
  'urlencoded',
] as const;
export type CellType = (typeof CELL_TYPES)[number];

/** Marks a value that cannot be read as the type. */
export const MISFIT = Symbol('misfit');

const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  t: true,
  yes: true,
  y: true,
  '1': true,
  false: false,
  f: false,
  no: false,
  n: false,
  '0': false,
};

/** What conversions need, and where they count changes. */
export interface Conversion {
  time: TimeReader;
  changes: RowCodes;
}

/** The value converted to the type, or `MISFIT`. Null stays null. */
export function convert(value: unknown, type: CellType, conversion: Conversion): unknown {
  return value === null ? null : CONVERSIONS[type](value, conversion);
}

const CONVERSIONS: Record<CellType, (value: unknown, conversion: Conversion) => unknown> = {
  int: (value) => {
    const text = numeralOf(value);
    return INTEGER.test(text) ? numberOf(String(BigInt(text.replace(/^\+/, '')))) : MISFIT;
  },
  number: (value) => {
    const text = numeralOf(value);
    return NUMBER.test(text) ? numberOf(asJsonNumber(text)) : MISFIT;
  },
  bool: (value) => BOOLEANS[String(value).trim().toLowerCase()] ?? MISFIT,
  json: (value) => (typeof value === 'string' ? fromJson(value) : value),
  time: toTime,
  string: (value) => (typeof value === 'string' ? value : writeJson(value)),
  address: (value) => (typeof value === 'string' ? withoutPort(value) : value),
  urlencoded: (value) => (typeof value === 'string' ? percentDecoded(value) : value),
};

/** The digits of a number or a text; an empty text for all other values. */
function numeralOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || isLongNumber(value) ? writeJson(value) : '';
}

/** `+007.` as `7`, `.5` as `0.5`: JSON allows neither. */
function asJsonNumber(text: string): string {
  const plain = text.replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1');
  return plain.replace(/^(-?)\./, '$10.').replace(/\.(?=[eE]|$)/, '');
}

function fromJson(text: string): unknown {
  return isJson(text) ? parseJson(text) : MISFIT;
}

function toTime(value: unknown, { time, changes }: Conversion): unknown {
  const written = Buffer.from(writeJson(value));
  const reading = time.read(written, 0, written.length);
  if (reading === 'plain') return value;
  if (reading === 'unreadable' || reading === 'ambiguous') return MISFIT;
  changes.add(reading);
  return JSON.parse(time.text.toString('latin1', 0, time.textLength));
}
