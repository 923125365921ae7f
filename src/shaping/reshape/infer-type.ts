/** Infers the type of a text column: one that preserves every value. */
import { isJson } from '../../json.ts';
import type { TimeReader } from '../time/time.ts';
import type { CellType } from './cell-types.ts';

/**
 * Undefined: leave the values as texts, for instance numbers that a number type would change (`007`, phone
 * numbers).
 */
export function typeOf(values: readonly string[], reader: TimeReader): CellType | undefined {
  const there = values.filter((value) => value !== '');
  if (there.length === 0) return undefined;
  const all = (fits: (value: string) => boolean): boolean => there.every(fits);
  if (all((value) => /^(0|-?[1-9]\d{0,14})$/.test(value))) return 'int';
  if (all(isShortNumber) && !all(isVersion)) return 'number';
  if (all((value) => /^(true|false)$/i.test(value))) return 'bool';
  if (all((value) => /^\s*[{[]/.test(value) && isJson(value))) return 'json';
  return all((value) => /\d:\d\d|^\d{10}(\d{3}){0,3}$/.test(value) && isTime(value, reader))
    ? 'time'
    : undefined;
}

/** A number holds up to 15 digits exactly. Two ids with a point between them, as Google Analytics writes them, have more. */
function isShortNumber(value: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(value) && value.replaceAll(/\D/g, '').length <= 15;
}

/** `1.10` and `1.9` may be versions rather than numbers. */
function isVersion(value: string): boolean {
  return /\.\d*0$/.test(value);
}

function isTime(text: string, reader: TimeReader): boolean {
  const bytes = Buffer.from(JSON.stringify(text));
  const reading = reader.read(bytes, 0, bytes.length);
  return reading !== 'unreadable' && reading !== 'ambiguous';
}
