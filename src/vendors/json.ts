/**
 * JSON in requests and replies. Replies are untrusted: what is not the expected JSON is undefined, never an
 * exception.
 */
import { asObject } from '../json.ts';
import { parseBoundedJson } from '../http/reply/bounded-json.ts';

/** A body that is one JSON object. */
export const ONE_OBJECT = { head: '', between: '', tail: '' };

/** A body that is one JSON array of objects. */
export const JSON_ARRAY = { head: '[', between: ',', tail: ']' };

/** The value of a JSON text; undefined for invalid JSON, and for JSON that no legitimate server sends. */
export function parsedJson(text: string): unknown {
  return parseBoundedJson(text);
}

/** The value as a count; undefined for everything else. */
export function asCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

const errorWords = ['code', 'detail', 'error', 'errors', 'message', 'status', 'title'];

/**
 * Whether a value is an error object, with nothing but the usual fields of errors: `{"message": "…", "code":
 * "not-found"}`.
 */
export function isErrorObject(value: unknown): boolean {
  const object = asObject(value);
  if (object === undefined) return false;
  const says = ['detail', 'error', 'errors', 'message'].some((name) => Boolean(object[name]));
  return says && Object.keys(object).every((name) => errorWords.includes(name));
}
