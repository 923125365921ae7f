/** JSON on its way out and in. Replies are read without trust: what is not the expected JSON is undefined, never an exception. */
import { asObject } from '../json.ts';
import { parseBoundedJson } from '../http/reply/bounded-json.ts';

/** A body that is one JSON object. */
export const ONE_OBJECT = { head: '', between: '', tail: '' };

/** A body that is one JSON array of objects. */
export const JSON_ARRAY = { head: '[', between: ',', tail: ']' };

/** The value of a JSON text; undefined when it is none, or one that no honest server sends. */
export function parsedJson(text: string): unknown {
  return parseBoundedJson(text);
}

/** The value as a number that counts something; undefined for everything else. */
export function asCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

const errorWords = ['code', 'detail', 'error', 'errors', 'message', 'status', 'title'];

/** Whether a value is an object of nothing but what errors are made of: `{"message": "…", "code": "not-found"}`. */
export function isErrorObject(value: unknown): boolean {
  const object = asObject(value);
  if (object === undefined) return false;
  const says = ['detail', 'error', 'errors', 'message'].some((name) => Boolean(object[name]));
  return says && Object.keys(object).every((name) => errorWords.includes(name));
}
