/** The rule about a time of a row: it must be readable; the target may call it too old, and none lies far ahead. */
import { msPerDay } from '../../calendar.ts';
import type { RowProblem } from '../../contracts/format.ts';
import type { TimeField } from '../../contracts/target.ts';
import type { RowCodes } from '../rows/row-codes.ts';
import type { OldEvents, RowRules } from '../rows/row-rules.ts';
import { shownValue } from '../json/shown-value.ts';
import { TimeReader, type TimeReading } from './time.ts';

/** Clocks differ, and so do the zones of people who write times by hand: what lies beyond a day is a mistake. */
const FUTURE_AFTER_MS = msPerDay;

/** The time from which on an event is of the future. */
export function futureFromMs(nowMs: number): number {
  return nowMs + FUTURE_AFTER_MS;
}

const FUTURE_WARNING = 'future-event';

export class TimeRule {
  /** Dotted. */
  readonly path: string;
  readonly #oldBeforeMs: number;
  readonly #futureFromMs: number;
  readonly #oldReason: string | undefined;
  readonly #oldEvents: OldEvents;
  readonly #reader: TimeReader;

  constructor(time: TimeField, rules: RowRules) {
    this.path = time.path;
    this.#oldBeforeMs = rules.nowMs - (time.oldAfterMs ?? Number.POSITIVE_INFINITY);
    this.#futureFromMs = futureFromMs(rules.nowMs);
    this.#oldReason = time.oldReason;
    this.#oldEvents = rules.oldEvents;
    this.#reader = new TimeReader(rules);
  }

  /** Of the value judged last, in milliseconds since the epoch. */
  get epochMs(): number {
    return this.#reader.epochMs;
  }

  /** After a reading that is a change: the JSON text to send. */
  get text(): Buffer {
    return this.#reader.text.subarray(0, this.#reader.textLength);
  }

  /** Judges the JSON value `bytes[from, to)`; what is noticed goes to `warnings`. */
  judge(value: { bytes: Buffer; from: number; to: number }, warnings: RowCodes): TimeReading | RowProblem {
    const reading = this.#reader.read(value.bytes, value.from, value.to);
    if (reading === 'unreadable' || reading === 'ambiguous') {
      const shown = shownValue(value.bytes.toString('utf8', value.from, value.to));
      return { reason: `time-${reading}`, message: `${this.path} ${shown} ${this.#reader.complaint}` };
    }
    if (this.#reader.epochMs >= this.#futureFromMs) warnings.add(FUTURE_WARNING);
    const reason = this.#oldReason;
    const isOld = this.#reader.epochMs < this.#oldBeforeMs && this.#oldEvents !== 'send';
    if (reason === undefined || !isOld) return reading;
    if (this.#oldEvents === 'reject') {
      const shown = shownValue(value.bytes.toString('utf8', value.from, value.to));
      return { reason, message: `${this.path} ${shown} is too old` };
    }
    warnings.add(reason);
    return reading;
  }
}
