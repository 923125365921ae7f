/** The file of `--map-file`: JSON with any of the reshaping options, or a table of columns and fields. */
import { isObject } from '../../json.ts';
import { Failure } from '../../failure.ts';
import { parseJson } from '../json/values.ts';
import type { TypeErrors } from './reshape.ts';

/** The content of a map file. Types are written as on the command line: `status:int`. */
export interface MapFile {
  map?: { from: string; to: string }[];
  type?: string[];
  typeErrors?: TypeErrors;
  set?: { at: string; value: unknown }[];
  keep?: string[];
  drop?: string[];
  timeZone?: string;
  timeFormat?: string;
}

const SECTIONS = ['map', 'type', 'set', 'keep', 'drop', 'type-errors', 'time-zone', 'time-format'];

/** Throws a Failure `usage` for a file in neither form. */
export function readMapFile(text: string): MapFile {
  const content = text.replace(/^\uFEFF/, '').trim();
  return content.startsWith('{') ? readJson(content) : { map: readTable(content) };
}

/**
 * `{"map": {"when": "$time"}, "type": {"status": "int"}, "set": {...}, "keep": [...]}`, or only the object of
 * `map`.
 */
function readJson(text: string): MapFile {
  const file = parsed(text);
  const isMapAlone = Object.keys(file).every((key) => !SECTIONS.includes(key));
  if (isMapAlone) return { map: pairs(file, 'the file').map(([from, to]) => ({ from, to })) };
  const unknown = Object.keys(file).find((key) => !SECTIONS.includes(key));
  if (unknown !== undefined) throw unreadable(`it has no section ${JSON.stringify(unknown)}`);
  const typeErrors = file['type-errors'];
  const timeZone = file['time-zone'];
  const timeFormat = file['time-format'];
  return {
    map: pairs(file['map'], 'map').map(([from, to]) => ({ from, to })),
    type: pairs(file['type'], 'type').map(([name, type]) => `${name}:${type}`),
    set: Object.entries(objectOf(file['set'], 'set')).map(([at, value]) => ({ at, value })),
    keep: list(file['keep'], 'keep'),
    drop: list(file['drop'], 'drop'),
    ...(typeErrors === undefined ? {} : { typeErrors: typeErrorsOf(typeErrors) }),
    ...(timeZone === undefined ? {} : { timeZone: textOf(timeZone, 'time-zone') }),
    ...(timeFormat === undefined ? {} : { timeFormat: textOf(timeFormat, 'time-format') }),
  };
}

/**
 * One line per column: its name and its field, separated by a comma, a tab or an equals sign. Empty lines and
 * lines that begin with `#` are ignored.
 */
function readTable(text: string): { from: string; to: string }[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, from, to] = /^(.+)[=,\t]([^=,\t]+)$/.exec(line) ?? [];
    if (from === undefined || to === undefined)
      throw unreadable(`${JSON.stringify(line)} is not column,field`);
    return { from: from.trim(), to: to.trim() };
  });
}

function parsed(text: string): Record<string, unknown> {
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new Failure('usage', '--map-file: invalid JSON', { cause });
  }
  return parseJson(text) as Record<string, unknown>;
}

function pairs(value: unknown, section: string): [string, string][] {
  return Object.entries(objectOf(value, section)).map(([key, text]) => [key, textOf(text, section)]);
}

function objectOf(value: unknown, section: string): Record<string, unknown> {
  if (value === undefined) return {};
  if (isObject(value)) return value;
  throw unreadable(`${section} must be an object`);
}

function list(value: unknown, section: string): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw unreadable(`${section} must be a list`);
  return value.map((name) => textOf(name, section));
}

function textOf(value: unknown, section: string): string {
  if (typeof value === 'string') return value;
  throw unreadable(`${section} holds ${JSON.stringify(value)} where a text is wanted`);
}

function typeErrorsOf(value: unknown): TypeErrors {
  if (value === 'reject' || value === 'null' || value === 'keep') return value;
  throw unreadable('type-errors must be reject, null or keep');
}

function unreadable(why: string): Failure {
  return new Failure('usage', `--map-file: ${why}`);
}
