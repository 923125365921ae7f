/** Finds the `--time-format` formats that fit the values of a column. */
import { MONTH_NAME, WEEKDAY_NAME } from './names.ts';
import { createTimeFormat, type TimeFormat } from './time-format.ts';
import { instantOf } from './wall-time.ts';

/** A format, and how many of the values it reads. */
export interface FittingFormat {
  format: string;
  count: number;
  /** The values name their zone. */
  isZoned: boolean;
}

/** Formats are derived from this many values, because a few may be damaged. */
const maxMade = 5;

/**
 * The formats that read the most values, and at least half of them: one for each distinct reading. More than
 * one means that the values are ambiguous.
 */
export function formatsOf(values: readonly string[]): FittingFormat[] {
  const best = new Map<string, FittingFormat>();
  let most = Math.max(1, values.length / 2);
  for (const format of new Set(values.slice(0, maxMade).flatMap(formatsFrom))) {
    const read = compiled(format);
    const readings = values.map((value) => secondsOf(read(value)));
    const count = readings.filter((reading) => reading !== undefined).length;
    if (count < most) continue;
    if (count > most) best.clear();
    most = count;
    const key = readings.join();
    if (!best.has(key)) best.set(key, { format, count, isZoned: /%[sz]/.test(format) });
  }
  return [...best.values()];
}

/** Every format that reads a value, and whether the results differ. */
export function formatsFor(value: string): { formats: string[]; differ: boolean } {
  const read = formatsFrom(value).map((format) => ({ format, seconds: secondsOf(compiled(format)(value)) }));
  const fitting = read.filter(({ seconds }) => seconds !== undefined);
  const differ = new Set(fitting.map(({ seconds }) => seconds)).size > 1;
  return { formats: fitting.map(({ format }) => format), differ };
}

const compiledFormats = new Map<string, TimeFormat>();
/** A file has few formats; the limit keeps unreadable rows from filling memory. */
const maxCompiled = 200;

function compiled(format: string): TimeFormat {
  const known = compiledFormats.get(format);
  if (known !== undefined) return known;
  if (compiledFormats.size >= maxCompiled) compiledFormats.clear();
  const made = createTimeFormat(format);
  compiledFormats.set(format, made);
  return made;
}

/** Parts of a time other than its date, and the directives for them. */
const PARTS: readonly [RegExp, (text: string, second?: string, fraction?: string) => string][] = [
  [new RegExp(String.raw`\b(?:${WEEKDAY_NAME})\b`, 'i'), () => '%a'],
  [new RegExp(String.raw`\b(?:${MONTH_NAME})\b`, 'i'), () => '%b'],
  [/(?:\b|(?<=\d))[ap]\.?m\b\.?/i, () => '%p'],
  [/(?<=\d ?|%p ?)(?:[+-]\d\d:?\d\d|Z|UTC|GMT)$/i, () => '%z'],
  [/\d{1,2}:\d\d(?:(:)\d\d(?:([.,:])\d{1,9})?)?(?!\d)/, clockOf],
  [/(?<=\d[ T])\d{1,2}\.\d\d(?:(\.)\d\d(?:(\.)\d{1,9})?)?(?!\d)/, clockOf],
];

function clockOf(text: string, second?: string, fraction?: string): string {
  const separator = /\D/.exec(text)?.[0] ?? ':';
  const behind = second === undefined ? '' : `${separator}%S${fraction === undefined ? '' : `${fraction}%f`}`;
  return `%H${separator}%M${behind}`;
}

/** Possible orders of the numbers in a date, by their numbers of digits. */
const ORDERS: Readonly<Record<string, readonly string[]>> = {
  'day month year4': ['%d %m %Y', '%m %d %Y'],
  'day month year2': ['%d %m %y', '%m %d %y'],
  'year4 month day': ['%Y %m %d'],
  'day year4': ['%d %Y'],
  'year4 day': ['%Y %d'],
  'day year2': ['%d %y'],
  'year4 dayOfYear': ['%Y %j'],
};

/** The formats that may read a value. */
function formatsFrom(value: string): string[] {
  if (/^\d{10}$/.test(value)) return ['%s', '%Y%m%d%H'];
  if (value.length > 60 || value.includes('%')) return [];
  let text = value;
  for (const [pattern, directive] of PARTS) {
    text = text.replace(pattern, directive);
  }
  if (text.includes('%p')) text = text.replace('%H', '%I');
  const order = ORDERS[nameOrder(text)] ?? [];
  return order.map((directives) => {
    const next = directives.split(' ')[Symbol.iterator]();
    return text.replace(/\d+/g, () => next.next().value ?? '');
  });
}

function nameOrder(text: string): string {
  const numbers = text.match(/\d+/g) ?? [];
  const hasName = text.includes('%b');
  const names = numbers.map((digits, index) => {
    if (digits.length === 4) return 'year4';
    if (digits.length === 3) return 'dayOfYear';
    if (index === 2 && numbers[0]?.length === 4) return 'day';
    if (hasName) return index === 0 || numbers[0]?.length === 4 ? 'day' : 'year2';
    return index === 0 ? 'day' : index === 1 ? 'month' : 'year2';
  });
  const isDate = numbers.length === (hasName || names.join(' ') === 'year4 dayOfYear' ? 2 : 3);
  return isDate && numbers.every(({ length }) => length <= 4) ? names.join(' ') : '';
}

function secondsOf(found: ReturnType<ReturnType<typeof createTimeFormat>>): number | undefined {
  if (found === undefined) return undefined;
  return 'epochSeconds' in found ? found.epochSeconds : instantOf(found, () => 0)?.seconds;
}
