/** The rule about a row's time: it must be readable, and the target may call it too old. */
import type { RowProblem } from '../../contracts/format.ts';
import type { RowCodes } from '../rows/row-codes.ts';
import type { OldEvents, RowRules } from '../rows/row-rules.ts';
import { TimeReader, type TimeReading } from './time.ts';

export class TimeRule {
  /** Dotted. */
  readonly path: string;
  readonly #oldBeforeMs: number;
  readonly #oldReason: string;
  readonly #oldEvents: OldEvents;
  readonly #reader: TimeReader;

  constructor(time: NonNullable<RowRules['shape']['time']>, rules: RowRules) {
    this.path = time.path;
    this.#oldBeforeMs = rules.nowMs - (time.oldAfterMs ?? Number.POSITIVE_INFINITY);
    this.#oldReason = time.oldReason;
    this.#oldEvents = rules.oldEvents;
    this.#reader = new TimeReader(rules.zoneOffset);
  }

  /** After a reading that is a change: the JSON text to send. */
  get text(): Buffer {
    return this.#reader.text.subarray(0, this.#reader.textLength);
  }

  /** Judges the JSON value `bytes[from, to)`; what is noticed goes to `warnings`. */
  judge(value: { bytes: Buffer; from: number; to: number }, warnings: RowCodes): TimeReading | RowProblem {
    const reading = this.#reader.read(value.bytes, value.from, value.to);
    if (reading === 'unreadable') {
      return { reason: 'time-unreadable', message: `${this.path} is neither an ISO 8601 time nor an epoch` };
    }
    if (this.#reader.epochMs >= this.#oldBeforeMs || this.#oldEvents === 'send') return reading;
    if (this.#oldEvents === 'reject') return { reason: this.#oldReason, message: `${this.path} is too old` };
    warnings.add(this.#oldReason);
    return reading;
  }
}
