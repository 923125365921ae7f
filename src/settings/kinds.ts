/** Converts between the text and the value of an option, by its kind: one line per kind. */
import type { Share } from '../records.ts';
import type { OptionKind, OptionSpec } from './option-spec.ts';
import { checkLocal, checkWritten } from './local-path.ts';
import {
  writeByteSize,
  writeDuration,
  writeShare,
  parseByteSize,
  parseCount,
  parseDuration,
  parseShare,
} from './quantities.ts';

interface Kind {
  parse(text: string): unknown;
  format(value: unknown): string;
  /** Whether the value is one that `parse` may return. */
  is(value: unknown): boolean;
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number';

const kinds: Record<OptionKind, Kind> = {
  text: { parse: (text) => text, format: String, is: isText },
  flag: { parse: parseFlag, format: String, is: (value) => typeof value === 'boolean' },
  count: { parse: parseCount, format: String, is: isNumber },
  byteSize: { parse: parseByteSize, format: (value) => writeByteSize(value as number), is: isNumber },
  duration: { parse: parseDuration, format: (value) => writeDuration(value as number), is: isNumber },
  path: { parse: parsePath, format: String, is: isText },
  share: { parse: parseShare, format: (value) => writeShare(value as Share), is: isShare },
};

/**
 * The declared kind of an option; without one, it follows from the path use or from whether the flag takes an
 * argument.
 */
export function kindOf(spec: OptionSpec): OptionKind {
  if (spec.kind) return spec.kind;
  if (spec.path) return 'path';
  return spec.flags !== undefined && !/[<[]/.test(spec.flags) ? 'flag' : 'text';
}

/**
 * Parses `text`. `previous` is the value from earlier uses of a repeatable flag. Throws an Error whose
 * message is a sentence.
 */
export function readValue(spec: OptionSpec, text: string, previous?: unknown): unknown {
  if (spec.choices && !spec.choices.includes(text)) {
    throw new Error(`"${text}" is none of ${spec.choices.join(', ')}`);
  }
  const value = spec.parse ? spec.parse(text, previous) : kinds[kindOf(spec)].parse(text);
  checkMinimum(spec, value);
  checkPlace(spec, text);
  if (spec.repeatable !== true || spec.parse) return value;
  return [...(Array.isArray(previous) ? (previous as unknown[]) : []), value];
}

/** Whether an option may have this value. Values of the option's own `parse` are not inspected. */
export function isValueOf(spec: OptionSpec, value: unknown): boolean {
  if (spec.parse) return true;
  const isOne = (one: unknown) =>
    spec.choices ? typeof one === 'string' && spec.choices.includes(one) : kinds[kindOf(spec)].is(one);
  return spec.repeatable === true ? Array.isArray(value) && value.every(isOne) : isOne(value);
}

/** A value as the user would write it. */
export function writeValue(spec: OptionSpec, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => writeValue(spec, item)).join(', ');
  if (typeof value === 'object' && value !== null && kindOf(spec) !== 'share') return JSON.stringify(value);
  return kinds[kindOf(spec)].format(value);
}

function checkMinimum(spec: OptionSpec, value: unknown): void {
  if (spec.minimum === undefined || typeof value !== 'number' || value >= spec.minimum) return;
  throw new Error(`it must be at least ${writeValue(spec, spec.minimum)}`);
}

function checkPlace({ path }: OptionSpec, text: string): void {
  if (path === undefined) return;
  if (path.mayBeAddress !== true) checkLocal(text);
  else if (path.role === 'output') checkWritten(text);
}

function parsePath(text: string): string {
  if (text === '') throw new Error('it needs the name of a file or directory');
  return text;
}

function isShare(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return 'count' in value
    ? typeof value.count === 'number'
    : 'share' in value && typeof value.share === 'number';
}

function parseFlag(text: string): boolean {
  const word = text.trim().toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  if (['0', 'false', 'no', 'off'].includes(word)) return false;
  throw new Error(`"${text}" is neither true nor false`);
}
