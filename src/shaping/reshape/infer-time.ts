/**
 * Proposes which columns contain the time of rows, and its format. Prefers the column with the most precise
 * time.
 */
import { formatsOf, type FittingFormat } from '../time/date-formats.ts';
import type { TimeReader } from '../time/time.ts';

/** A column, or a key of rows. */
export interface SeenColumn {
  /** The name for options: `when`, `request.time`, or `#3`. */
  name: string;
  /** The name in the rows. */
  title: string;
  /** Each row's value as text, in order; empty where the row has none. */
  values: readonly string[];
  /** Whether all values are texts. */
  isText: boolean;
  /** Whether a row has a text without characters, which is of no type; a row without a value has none. */
  hasEmptyText: boolean;
}

/** What to map to the time, and how to read it. */
export interface TimeProposal {
  /** The name for `--map`: `when`, or `Date+Time`. */
  from: string;
  /** Whether it can be read, with the format if there is one. */
  isRead: boolean;
  timeFormat?: string;
  /** What the data leave open, as sentences for the user. */
  notes: string[];
}

const CLOCK_ALONE = /^\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?$/;
const DAY_ALONE =
  /^(?:\d{4}([/.-])\d{1,2}\1\d{1,2}|\d{8}|\d{1,2}([/.-])\d{1,2}\2\d{2,4}|[^:]*[A-Za-z]{3}[^:]*)$/;
const CLOCK_NAMES = /time|clock|hour|uhrzeit|zeit|heure|hora/i;

/** A possible source of the time. */
interface Candidate {
  from: string;
  /** The values that are not empty. */
  values: readonly string[];
  /** 0 for a day alone, 1 for minutes, 2 for seconds, 3 and more for fractions of a second. */
  precision: number;
  /** Readable without a format. */
  isPlain: boolean;
  isZoned: boolean;
  formats: readonly FittingFormat[];
}

/**
 * `named`: columns with the name of a time, the likeliest first. Other columns are used where those are less
 * precise or cannot be read.
 */
export function proposeTime(
  named: readonly SeenColumn[],
  columns: readonly SeenColumn[],
  reader: TimeReader,
): TimeProposal | undefined {
  const clock = clockAmong(columns);
  const wholes = named.filter((column) => column !== clock && !areAll(column.values, CLOCK_ALONE));
  const candidates = wholes.map(({ name, values }) => candidateOf(name, values, reader));
  const day = [...wholes, ...columns].find(
    (column) =>
      column !== clock &&
      areAll(column.values, DAY_ALONE) &&
      isRead(candidateOf(column.name, column.values, reader)),
  );
  // `--map` joins by name, so a column known by position cannot be joined.
  const canJoin = [day, clock].every((column) => column !== undefined && !column.name.startsWith('#'));
  if (day !== undefined && clock !== undefined && canJoin) candidates.push(joinedOf(day, clock, reader));
  const best = bestOf(candidates);
  if (best !== undefined && isRead(best) && best.precision > 0) return proposalOf(best);
  const others = columns
    .filter((column) => column.isText && !named.includes(column) && column !== clock)
    .map(({ name, values }) => candidateOf(name, values, reader))
    .filter((candidate) => isRead(candidate) && candidate.precision > 0 && hasColon(candidate));
  const chosen = bestOf([...candidates, ...others]);
  return chosen && proposalOf(chosen);
}

/** Digits alone could be anything, unless the name of the column says that they are a time. */
function hasColon({ values }: Candidate): boolean {
  return values.every((value) => value.includes(':'));
}

function clockAmong(columns: readonly SeenColumn[]): SeenColumn | undefined {
  return columns.find(({ title, values }) => CLOCK_NAMES.test(title) && areAll(values, CLOCK_ALONE));
}

function joinedOf(day: SeenColumn, clock: SeenColumn, reader: TimeReader): Candidate {
  const joined = day.values.map((value, row) => {
    const time = clock.values[row] ?? '';
    return value.trim() === '' || time.trim() === '' ? '' : `${value.trim()} ${time.trim()}`;
  });
  return candidateOf(`${day.name}+${clock.name}`, joined, reader);
}

function candidateOf(from: string, all: readonly string[], reader: TimeReader): Candidate {
  const values = all.map((value) => value.trim()).filter((value) => value !== '');
  const readings = values.map((value) => readingOf(value, reader));
  const readable = readings.filter((reading) => reading !== 'unreadable' && reading !== 'ambiguous');
  const isPlain = values.length > 0 && readable.length >= values.length / 2;
  const formats = isPlain ? [] : formatsOf(values);
  return {
    from,
    values,
    precision: Math.max(0, ...values.map(precisionOf)),
    isPlain,
    isZoned: isPlain ? !readings.includes('time-zone-assumed') : formats.every((format) => format.isZoned),
    formats,
  };
}

function readingOf(value: string, reader: TimeReader) {
  const bytes = Buffer.from(JSON.stringify(value));
  return reader.read(bytes, 0, bytes.length);
}

function isRead({ isPlain, formats }: Candidate): boolean {
  return isPlain || formats.length > 0;
}

/** Readable before unreadable, then the most values, then the highest precision. */
function bestOf(candidates: readonly Candidate[]): Candidate | undefined {
  const order = (one: Candidate, other: Candidate): number =>
    Number(isRead(other)) - Number(isRead(one)) ||
    other.values.length - one.values.length ||
    other.precision - one.precision;
  return [...candidates].sort(order)[0];
}

/** Precision of an epoch or a date in digits, by the number of digits. */
const PRECISION_OF_DIGITS: Readonly<Record<number, number>> = {
  8: 0,
  10: 2,
  12: 1,
  13: 5,
  14: 2,
  16: 8,
  19: 11,
};

function precisionOf(text: string): number {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole !== undefined) return (PRECISION_OF_DIGITS[whole.length] ?? 0) + significant(fraction);
  const [, seconds, digits = ''] = /\d:\d\d(?::(\d\d)(?:[.,](\d+))?)?/.exec(text) ?? [];
  if (seconds !== undefined) return 2 + significant(digits);
  if (/\dT\d{6}/.test(text)) return 2;
  return /\d:\d\d/.test(text) ? 1 : 0;
}

/** Trailing zeros add no precision. */
function significant(digits: string): number {
  return digits.replace(/0+$/, '').length;
}

function proposalOf({ from, values, isPlain, isZoned, formats }: Candidate): TimeProposal {
  const [format, other] = formats;
  const isKnown = isPlain || (format !== undefined && other === undefined);
  const zone =
    isKnown && !isZoned
      ? [`the times in ${from} name no zone and are read as UTC, unless --time-zone says otherwise`]
      : [];
  if (isPlain) return { from, isRead: true, notes: zone };
  if (format === undefined) {
    const none =
      values.length === 0
        ? []
        : [`no form of time fits ${JSON.stringify(values[0])} in ${from}: describe it with --time-format`];
    return { from, isRead: false, notes: none };
  }
  if (other !== undefined) {
    const readings = formats.map((one) => `'${one.format}'`).join(' or ');
    return {
      from,
      isRead: false,
      notes: [`the data allow two readings of the dates in ${from}: --time-format ${readings}`],
    };
  }
  const missing = values.length - format.count;
  const some =
    missing === 0
      ? []
      : [
          `${missing} of ${values.length} values in ${from} are in another form, or in another order of day and month`,
        ];
  const only = /%[dm][/.-]%[dm]/.test(format.format)
    ? [`the dates in ${from} allow one reading only: ${format.format}`]
    : [];
  return { from, isRead: true, timeFormat: format.format, notes: [...only, ...some, ...zone] };
}

function areAll(values: readonly string[], pattern: RegExp): boolean {
  const said = values.map((value) => value.trim()).filter((value) => value !== '');
  return said.length > 0 && said.every((value) => pattern.test(value));
}
