/** The types that vendors declare for fields, and how values of other types are converted: one table. */
import { isJson, isObject } from '../../json.ts';
import type { FieldType, RowShape } from '../../contracts/target.ts';
import { isLongNumber, parseJson, writeJson } from '../json/values.ts';

/** Marks a value that cannot be read as the type. */
export const NOT_OF_TYPE = Symbol('not of the type');

interface TypeRule {
  /** The required value, in words for the user. */
  words: string;
  /** The value converted to the type, or the same value where it already has it. Never called with null. */
  fit: (value: unknown) => unknown;
}

const INTEGER = /^[+-]?\d{1,15}$/;

export const FIELD_TYPE_RULES: Readonly<Record<FieldType, TypeRule>> = {
  text: { words: 'a text', fit: (value) => (isScalar(value) ? asText(value) : NOT_OF_TYPE) },
  integer: { words: 'a whole number', fit: asInteger },
  object: { words: 'an object', fit: (value) => (isPlainObject(value) ? value : NOT_OF_TYPE) },
  'header-list': { words: 'a list of objects with "name" and "value"', fit: asHeaderList },
  'header-map': { words: 'an object of names and texts', fit: asHeaderMap },
};

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value) || isLongNumber(value);
}

/** Numbers keep their original digits. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : writeJson(value);
}

function asInteger(value: unknown): unknown {
  if (Number.isSafeInteger(value)) return value;
  const number = isLongNumber(value) || (typeof value === 'string' && INTEGER.test(value.trim()));
  const integer = number ? Number(asText(value)) : Number.NaN;
  return Number.isSafeInteger(integer) ? integer : NOT_OF_TYPE;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !isLongNumber(value);
}

/**
 * An object of names and values is equivalent to the list. An empty text, from an empty cell, becomes null.
 */
function asHeaderList(value: unknown): unknown {
  if (value === '') return null;
  if (Array.isArray(value)) return sameOrNew(value, value.map(asHeader));
  if (!isPlainObject(value)) return NOT_OF_TYPE;
  return sameOrNew(
    undefined,
    Object.entries(value).map(([name, header]) => asHeader({ name, value: header })),
  );
}

function asHeader(item: unknown): unknown {
  if (!isPlainObject(item) || Object.keys(item).some((key) => key !== 'name' && key !== 'value'))
    return NOT_OF_TYPE;
  const { name, value } = item;
  if (!isScalar(name) || !isScalar(value)) return NOT_OF_TYPE;
  const isText = typeof name === 'string' && typeof value === 'string';
  return isText ? item : { name: asText(name), value: asText(value) };
}

/**
 * A list of names and values, as in HAR files, is equivalent to the map; repeated names are joined by commas.
 * Values that are lists are left to the vendor's rules.
 */
function asHeaderMap(value: unknown): unknown {
  if (value === '') return null;
  if (Array.isArray(value)) return mapOfHeaders(value.map(asHeader));
  if (!isPlainObject(value)) return NOT_OF_TYPE;
  const entries = Object.entries(value);
  const isLegal = entries.every(([, header]) => isScalar(header) || header === null || Array.isArray(header));
  if (!isLegal) return NOT_OF_TYPE;
  const isFit = entries.every(([, header]) => typeof header === 'string' || !isScalar(header));
  return isFit
    ? value
    : Object.fromEntries(entries.map(([name, one]) => [name, isScalar(one) ? asText(one) : one]));
}

function mapOfHeaders(headers: readonly unknown[]): unknown {
  if (headers.includes(NOT_OF_TYPE)) return NOT_OF_TYPE;
  const map = new Map<string, string>();
  for (const { name, value } of headers as { name: string; value: string }[]) {
    const before = map.get(name);
    map.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(map);
}

function sameOrNew(before: readonly unknown[] | undefined, after: readonly unknown[]): unknown {
  if (after.includes(NOT_OF_TYPE)) return NOT_OF_TYPE;
  return before !== undefined && after.every((item, index) => item === before[index]) ? before : after;
}

/**
 * The value of `--set`. Where the vendor declares a text, the text as typed (`1.10` is a version, not a
 * number), except for JSON strings and `null`; elsewhere JSON where it parses.
 */
export function readSetValue(text: string, isText: boolean): unknown {
  if (!isJson(text)) return text;
  const value = parseJson(text);
  return isText && typeof value !== 'string' && value !== null ? text : value;
}

/**
 * Tells which paths contain texts. `a.*` stands for every key in `a`, and `*` for all keys that no rule
 * names.
 */
export function textFieldsOf(shape: RowShape, idField: string | undefined): (path: string) => boolean {
  const typed = Object.entries(shape.fieldTypes ?? {});
  const required = shape.required.filter(({ type }) => type === 'string').map(({ path }) => path);
  const texts = new Set([
    ...typed.filter(([, type]) => type === 'text').map(([path]) => path),
    ...required,
    ...(shape.oneOf?.keys ?? []),
    ...Object.keys(shape.fixed ?? {}),
    ...(shape.texts ?? []),
    ...(idField === undefined ? [] : [idField]),
  ]);
  const ruled = new Set([...(shape.fields ?? []), ...(shape.times ?? []).map(({ path }) => path)]);
  return (path) =>
    texts.has(path) || texts.has(path.replace(/\.[^.]*$/, '.*')) || (texts.has('*') && !ruled.has(path));
}
