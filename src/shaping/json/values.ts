/** JSON to values and back, where every number survives: those that a double cannot hold keep their digits. */
import type { RowProblem } from '../../contracts/format.ts';
import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';

/** Numbers, and texts that look like them, whose digits a double might not hold: `1.10` may be a version. */
const LONG_NUMBER = /\d[\d.]{15,}|\d[eE][+-]?\d{3,}|[:,[]\s*-?\d+\.\d*0\s*[,}\]]|^-?\d+\.\d*0$/;

/** Parses a text that is valid JSON. Of a key that stands twice the last one counts. */
export function parseJson(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  return parse(text, null, {
    parseNumber: (digits) =>
      String(Number(digits)) === digits ? Number(digits) : new LosslessNumber(digits),
    onDuplicateKey: ({ newValue }) => newValue,
  });
}

/** The JSON text of a value that may hold numbers kept by `parseJson`. */
export function writeJson(value: unknown): string {
  return holdsLongNumber(value) ? (stringify(value) ?? 'null') : JSON.stringify(value);
}

/** Most values hold none, and then the engine's own writer is several times as fast. */
function holdsLongNumber(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isLosslessNumber(value)) return true;
  if (Array.isArray(value)) return value.some(holdsLongNumber);
  for (const key in value) if (holdsLongNumber((value as Record<string, unknown>)[key])) return true;
  return false;
}

/** A JSON number as a double where that says the same, else its digits. */
export function numberOf(digits: string): number | LosslessNumber {
  const number = Number(digits);
  return String(number) === digits ? number : new LosslessNumber(digits);
}

/** Whether a value is a number kept as its digits. */
export function isLongNumber(value: unknown): boolean {
  return isLosslessNumber(value);
}

/** Parsing and writing nested values take stack: what has none left is not worth an event. */
export const TOO_DEEP: RowProblem = {
  reason: 'too-deep',
  message: 'objects and lists are nested too deeply',
};

/** Whether parsing or writing ended for want of stack. */
export function isTooDeep(error: unknown): boolean {
  return error instanceof RangeError;
}
