/**
 * Reads the value of a time key, and rewrites it where it is not in ISO form. Every time of every vendor is
 * read here. Creates no string and no Date for times in ISO form.
 */
import { formatsFor } from './date-formats.ts';
import { readDigits } from './digits.ts';
import { readForm } from './forms.ts';
import { parseInstant } from './iso-time.ts';
import { writeInstant } from './iso-write.ts';
import type { TimeFormat } from './time-format.ts';
import type { ZoneOffset } from './time-zone.ts';
import { instantOf, type Instant, type WallTime } from './wall-time.ts';

/**
 * `plain`: send the value as it is. A change: send `text` and count the change. Otherwise see `complaint`.
 */
export type TimeReading = 'plain' | 'unreadable' | 'ambiguous' | TimeChange;
export type TimeChange = 'time-from-number' | 'time-zone-assumed' | 'time-rewritten';

/** How ambiguous or unknown times are read. */
export interface TimeRules {
  /** For times that do not name their zone; UTC when undefined. */
  zoneOffset?: ZoneOffset | undefined;
  /** Tried before the recognized formats. */
  timeFormat?: TimeFormat | undefined;
}

const QUOTE = 0x22;
const MINUS = 0x2d;
const MAX_FRACTION_DIGITS = 9;
/** Longer texts are not times. */
const MAX_TIME_LENGTH = 100;
/** Years 0000 to 9999, the range of ISO text. */
const MIN_SECONDS = -62_167_219_200;
const MAX_SECONDS = 253_402_300_799;

/** Reads JSON values as times. Its properties describe the last value. */
export class TimeReader {
  /** Milliseconds since the epoch of the last readable value. */
  epochMs = 0;
  /** After `unreadable` and `ambiguous`: the problem, to be appended to the value in a message. */
  complaint = '';
  /** After a change: the JSON string to send, with quotes, in the first `textLength` bytes. */
  readonly text = Buffer.alloc(64);
  textLength = 0;
  readonly #zoneOffset: ZoneOffset;
  readonly #timeFormat: TimeFormat | undefined;
  readonly #fraction = new Uint8Array(MAX_FRACTION_DIGITS);

  constructor({ zoneOffset = () => 0, timeFormat }: TimeRules = {}) {
    this.#zoneOffset = zoneOffset;
    this.#timeFormat = timeFormat;
  }

  /** Reads the JSON value `bytes[from, to)`. */
  read(bytes: Buffer, from: number, to: number): TimeReading {
    if (bytes[from] !== QUOTE) return this.#readNumber(bytes, from, to);
    return (
      (this.#timeFormat && this.#readDescribed(textOf(bytes, from, to))) ??
      (this.#isPlain(bytes, from, to) ? 'plain' : this.#readText(textOf(bytes, from, to)))
    );
  }

  #isPlain(bytes: Buffer, from: number, to: number): boolean {
    this.epochMs = parseInstant(bytes, from + 1, to - 1);
    return !Number.isNaN(this.epochMs);
  }

  #readNumber(bytes: Buffer, from: number, to: number): TimeReading {
    const first = bytes[from]!;
    if (first !== MINUS && !isDigit(first)) return this.#complain('is neither a text nor a number');
    const written = bytes.toString('latin1', from, to);
    // Expands `1.7e9`, where the result needs no exponent.
    const text = /[eE]/.test(written) ? String(Number(written)) : written;
    return this.#readDescribed(text) ?? this.#readDigits(text);
  }

  /** Reads a text in the format that the user described. */
  #readDescribed(text: string): TimeReading | undefined {
    if (text.length > MAX_TIME_LENGTH) return undefined;
    const described = this.#timeFormat?.(text);
    return described && this.#take(described, 'time-rewritten');
  }

  #readText(text: string): TimeReading {
    if (text.length > MAX_TIME_LENGTH) return this.#complain(UNKNOWN_FORM);
    const wall = readForm(text);
    return wall === undefined ? this.#readDigits(text) : this.#take(wall, 'time-rewritten');
  }

  #readDigits(text: string): TimeReading {
    const digits = readDigits(text);
    switch (digits?.kind) {
      case undefined:
        return this.#complainOf(text);
      case 'date':
        return this.#take(digits.wall, 'time-rewritten');
      case 'epoch':
        return this.#take({ epochSeconds: digits.seconds, fraction: digits.fraction }, 'time-from-number');
      case 'both': {
        const { seconds } = instantOf(digits.wall, () => 0) ?? { seconds: 0 };
        this.complaint = `is ${isoMinute(digits.epochSeconds)} as an epoch, and ${isoMinute(seconds)} as a date: say which with --time-format '%s' or '%Y%m%d%H'`;
        return 'ambiguous';
      }
    }
  }

  #complainOf(text: string): TimeReading {
    if (/^-?\d+(\.\d+)?$/.test(text))
      return this.#complain(`${NO_DIGITS}${isSerialDate(text) ? SERIAL_DATE : ''}`);
    const { formats, differ } = formatsFor(text);
    const [format] = formats;
    if (format === undefined) return this.#complain(UNKNOWN_FORM);
    if (formats.length === 1) return this.#complain(`needs --time-format '${format}'`);
    const readings = formats.map((one) => `'${one}'`).join(' or ');
    this.complaint = `has two readings: say which with --time-format ${readings}`;
    return differ ? 'ambiguous' : 'unreadable';
  }

  #complain(complaint: string): TimeReading {
    this.complaint = complaint;
    return 'unreadable';
  }

  #take(found: WallTime | { epochSeconds: number; fraction: string }, change: TimeChange): TimeReading {
    const instant: Instant | undefined =
      'epochSeconds' in found
        ? { seconds: found.epochSeconds, isZoned: true }
        : instantOf(found, this.#zoneOffset);
    if (instant === undefined) return this.#complain('is a time that no calendar, clock or zone shows');
    this.#fraction.fill(0);
    const digits = Math.min(found.fraction.length, this.#fraction.length);
    for (let index = 0; index < digits; index++) this.#fraction[index] = Number(found.fraction[index]);
    return this.#writeText(instant.seconds, instant.isZoned ? change : 'time-zone-assumed');
  }

  #writeText(seconds: number, change: TimeChange): TimeReading {
    if (seconds < MIN_SECONDS || seconds > MAX_SECONDS)
      return this.#complain('is beyond the years 0 to 9999');
    const [tenths, hundredths, thousandths] = this.#fraction;
    this.epochMs = seconds * 1000 + tenths! * 100 + hundredths! * 10 + thousandths!;
    this.text[0] = QUOTE;
    const end = writeInstant(this.text, 1, seconds, this.#fraction);
    this.text[end] = QUOTE;
    this.textLength = end + 1;
    return change;
  }
}

const UNKNOWN_FORM =
  'is in no form that is read by itself ("scarf-cli help times"): describe it with --time-format';

const NO_DIGITS = 'is no epoch of a year from 2001 to 2100, in any unit, and no date in digits';
const SERIAL_DATE =
  '; a spreadsheet writes dates like this from cells that are not formatted as dates: format the column as a date and export it once more';

/** Whether the text is a spreadsheet's date: days since 30 December 1899, for the years 2000 to 2099. */
function isSerialDate(text: string): boolean {
  return /^\d{5}(\.\d+)?$/.test(text) && Number(text) >= 36_526 && Number(text) < 73_051;
}

function textOf(bytes: Buffer, from: number, to: number): string {
  return (JSON.parse(bytes.toString('utf8', from, to)) as string).trim();
}

function isoMinute(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16)}Z`;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
