/** JSON to values and back without loss: numbers that a double cannot represent keep their digits. */
import type { RowProblem } from '../../contracts/format.ts';
import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';

/** Numbers, and texts that look like numbers, whose digits a double might lose: `1.10` may be a version. */
const LONG_NUMBER = /\d[\d.]{15,}|\d[eE][+-]?\d{3,}|[:,[]\s*-?\d+\.\d*0\s*[,}\]]|^-?\d+\.\d*0$/;

/** Parses valid JSON. The last value of a repeated key wins. */
export function parseJson(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  return parse(text, null, {
    parseNumber: (digits) =>
      String(Number(digits)) === digits ? Number(digits) : new LosslessNumber(digits),
    onDuplicateKey: ({ newValue }) => newValue,
  });
}

/** The JSON text of a value that may contain numbers kept by `parseJson`. */
export function writeJson(value: unknown): string {
  return holdsLongNumber(value) ? (stringify(value) ?? 'null') : JSON.stringify(value);
}

/** Most values contain none; for them the built-in writer is several times as fast. */
function holdsLongNumber(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isLosslessNumber(value)) return true;
  if (Array.isArray(value)) return value.some(holdsLongNumber);
  for (const key in value) if (holdsLongNumber((value as Record<string, unknown>)[key])) return true;
  return false;
}

/** A JSON number as a double where that has the same digits, otherwise its digits. */
export function numberOf(digits: string): number | LosslessNumber {
  const number = Number(digits);
  return String(number) === digits ? number : new LosslessNumber(digits);
}

/** Whether a value is a number kept as its digits. */
export function isLongNumber(value: unknown): boolean {
  return isLosslessNumber(value);
}

/** Parsing and writing nested values use the stack: rows that overflow it are rejected. */
export const TOO_DEEP: RowProblem = {
  reason: 'too-deep',
  message: 'objects and lists are nested too deeply',
};

/** Whether an error means that parsing or writing overflowed the stack. */
export function isTooDeep(error: unknown): boolean {
  return error instanceof RangeError;
}
