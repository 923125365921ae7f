/**
 * What the value of a time key says, and how it is written where its bytes do not say it plainly.
 * No string and no Date is made for a time in plain form or for an epoch in digits.
 */
import { dayNumber, parseInstant, timeOfDay } from './iso-time.ts';
import { writeInstant } from './iso-write.ts';

/** `plain`: send the value as it is. The others: send `text`, and count the row as changed so. */
export type TimeReading = 'plain' | 'unreadable' | TimeChange;
export type TimeChange = 'time-from-number' | 'time-zone-assumed' | 'time-rewritten';

/** Milliseconds that a wall clock is ahead of UTC; `wallMs` is what it shows, as if that were UTC. */
export type ZoneOffset = (wallMs: number) => number;

const QUOTE = 0x22;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
/** Years 0000 to 9999, which ISO text can name. */
const MIN_SECONDS = -62_167_219_200;
const MAX_SECONDS = 253_402_300_799;
/** An epoch that stands in a text. Fewer digits are a date, `20240604`. */
const EPOCH_TEXT = /^-?\d{9,20}(\.\d+)?$/;

/** Epochs by magnitude: seconds up to the year 5138, then milliseconds, microseconds, nanoseconds. */
const EPOCH_UNITS = [
  { maxDigits: 11, subSecondDigits: 0 },
  { maxDigits: 14, subSecondDigits: 3 },
  { maxDigits: 17, subSecondDigits: 6 },
  { maxDigits: 20, subSecondDigits: 9 },
] as const;

/** ISO 8601 in its other forms: date alone, a space for the T, without separators, a comma, no zone. */
const OTHER_FORM =
  /^(\d{4})-?(\d\d)-?(\d\d)(?:[Tt ] ?(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)? ?(Z|z|UTC|GMT|([+-])(\d\d)(?::?(\d\d))?)?)?$/;

/** Reads JSON values as times. Keeps what it read last. */
export class TimeReader {
  /** Milliseconds since the epoch of the last value that was readable. */
  epochMs = 0;
  /** After a change: the JSON string to send, quotes included, in the first `textLength` bytes. */
  readonly text = Buffer.alloc(64);
  textLength = 0;
  readonly #zoneOffset: ZoneOffset;
  readonly #fraction = new Uint8Array(9);

  constructor(zoneOffset: ZoneOffset = () => 0) {
    this.#zoneOffset = zoneOffset;
  }

  /** Reads the JSON value `bytes[from, to)`. */
  read(bytes: Buffer, from: number, to: number): TimeReading {
    if (bytes[from] !== QUOTE) return this.#readNumber(bytes, from, to);
    this.epochMs = parseInstant(bytes, from + 1, to - 1);
    if (!Number.isNaN(this.epochMs)) return 'plain';
    return this.#readText((JSON.parse(bytes.toString('utf8', from, to)) as string).trim());
  }

  #readText(text: string): TimeReading {
    const other = OTHER_FORM.exec(text);
    if (other !== null) return this.#readOtherForm(other);
    if (!EPOCH_TEXT.test(text)) return 'unreadable';
    return this.#readDigits(Buffer.from(text), 0, text.length);
  }

  #readOtherForm(match: RegExpExecArray): TimeReading {
    const part = (group: number): number => Number(match[group] ?? 0);
    const wallMs = dayNumber(part(1), part(2), part(3)) * 86_400_000 + timeOfDay(part(4), part(5), part(6));
    if (Number.isNaN(wallMs)) return 'unreadable';
    const zoned = match[8] !== undefined;
    const minutes = part(10) * 60 + part(11);
    if (minutes > 24 * 60 || part(11) > 59) return 'unreadable';
    const aheadMs = zoned ? (match[9] === '-' ? -minutes : minutes) * 60_000 : this.#zoneOffset(wallMs);
    const digits = (match[7] ?? '').slice(0, this.#fraction.length);
    this.#fraction.fill(0);
    for (let index = 0; index < digits.length; index++) this.#fraction[index] = Number(digits[index]);
    return this.#writeText((wallMs - aheadMs) / 1000, zoned ? 'time-rewritten' : 'time-zone-assumed');
  }

  #readNumber(bytes: Buffer, from: number, to: number): TimeReading {
    const first = bytes[from]!;
    if (first !== MINUS && !isDigit(first)) return 'unreadable';
    for (let at = from + 1; at < to; at++) {
      if (bytes[at] !== POINT && !isDigit(bytes[at]!)) return this.#readExponent(bytes, from, to);
    }
    return this.#readDigits(bytes, from, to);
  }

  /** `1.7e9`: written out, as far as that needs no exponent. */
  #readExponent(bytes: Buffer, from: number, to: number): TimeReading {
    const text = String(Number(bytes.toString('latin1', from, to)));
    return /e/.test(text) ? 'unreadable' : this.#readDigits(Buffer.from(text), 0, text.length);
  }

  /** Digits with an optional sign and fraction: the number of those in front of the point tells the unit. */
  #readDigits(bytes: Buffer, from: number, to: number): TimeReading {
    const negative = bytes[from] === MINUS;
    const start = negative ? from + 1 : from;
    const point = bytes.subarray(0, to).indexOf(POINT, start);
    const end = point < 0 ? to : point;
    const unit = EPOCH_UNITS.find(({ maxDigits }) => end - start <= maxDigits);
    if (unit === undefined) return 'unreadable';
    let seconds = 0;
    for (let at = start; at < end - unit.subSecondDigits; at++) {
      seconds = seconds * 10 + (bytes[at]! - ZERO);
    }
    this.#fraction.fill(0);
    let filled = 0;
    for (let at = Math.max(start, end - unit.subSecondDigits); at < to && filled < 9; at++) {
      if (at !== point) this.#fraction[filled++] = bytes[at]! - ZERO;
    }
    return this.#writeText(negative ? this.#negate(seconds) : seconds, 'time-from-number');
  }

  /** Turns `-(seconds + fraction)` into whole seconds before it and a fraction that counts forward. */
  #negate(seconds: number): number {
    const nanoseconds = this.#fraction.reduce((sum, digit) => sum * 10 + digit, 0);
    if (nanoseconds === 0) return -seconds;
    const forward = String(1e9 - nanoseconds).padStart(9, '0');
    for (let index = 0; index < 9; index++) this.#fraction[index] = Number(forward[index]);
    return -seconds - 1;
  }

  #writeText(seconds: number, change: TimeChange): TimeReading {
    if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) return 'unreadable';
    const [tenths, hundredths, thousandths] = this.#fraction;
    this.epochMs = seconds * 1000 + tenths! * 100 + hundredths! * 10 + thousandths!;
    this.text[0] = QUOTE;
    const end = writeInstant(this.text, 1, seconds, this.#fraction);
    this.text[end] = QUOTE;
    this.textLength = end + 1;
    return change;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
