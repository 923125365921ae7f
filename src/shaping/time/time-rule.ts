/**
 * Checks one time of a row: it must be readable, may be too old for the target, and must not be far in the
 * future.
 */
import { msPerDay } from '../../calendar.ts';
import type { RowProblem } from '../../contracts/format.ts';
import type { TimeField } from '../../contracts/target.ts';
import type { RowCodes } from '../rows/row-codes.ts';
import type { OldEvents, RowRules } from '../rows/row-rules.ts';
import { shownValue } from '../json/shown-value.ts';
import { TimeReader, type TimeReading } from './time.ts';

/** Clocks differ, and so do the zones of times written by hand: more than a day ahead is a mistake. */
const FUTURE_AFTER_MS = msPerDay;

/** Times from this one on are in the future; infinite when all times are sent without a warning. */
export function futureFromMs({ nowMs, oldEvents }: Pick<RowRules, 'nowMs' | 'oldEvents'>): number {
  return oldEvents === 'send' ? Number.POSITIVE_INFINITY : nowMs + FUTURE_AFTER_MS;
}

const FUTURE_REASON = 'future-event';

export class TimeRule {
  /** Dotted path of the time. */
  readonly path: string;
  readonly #oldBeforeMs: number;
  readonly #futureFromMs: number;
  readonly #oldReason: string | undefined;
  readonly #oldEvents: OldEvents;
  readonly #reader: TimeReader;

  constructor(time: TimeField, rules: RowRules) {
    this.path = time.path;
    this.#oldBeforeMs = rules.nowMs - (time.oldAfterMs ?? Number.POSITIVE_INFINITY);
    this.#futureFromMs = futureFromMs(rules);
    this.#oldReason = time.oldReason;
    this.#oldEvents = rules.oldEvents;
    this.#reader = new TimeReader(rules);
  }

  /** The time judged last, in milliseconds since the epoch. */
  get epochMs(): number {
    return this.#reader.epochMs;
  }

  /** After a reading that is a change: the JSON text to send. */
  get text(): Buffer {
    return this.#reader.text.subarray(0, this.#reader.textLength);
  }

  /**
   * Checks the JSON value `bytes[from, to)`. A time that is old or in the future is a problem, or counted in
   * `warnings`, depending on `oldEvents`.
   */
  judge(value: { bytes: Buffer; from: number; to: number }, warnings: RowCodes): TimeReading | RowProblem {
    const reading = this.#reader.read(value.bytes, value.from, value.to);
    if (reading === 'unreadable' || reading === 'ambiguous') {
      const shown = shownValue(value.bytes.toString('utf8', value.from, value.to));
      return { reason: `time-${reading}`, message: `${this.path} ${shown} ${this.#reader.complaint}` };
    }
    const reason = this.#strangeness();
    if (reason === undefined) return reading;
    if (this.#oldEvents === 'reject') {
      const shown = shownValue(value.bytes.toString('utf8', value.from, value.to));
      const words = reason === FUTURE_REASON ? 'is more than a day ahead of the clock' : 'is too old';
      return { reason, message: `${this.path} ${shown} ${words}` };
    }
    warnings.add(reason);
    return reading;
  }

  /** Why the time judged last is not sent without a warning. */
  #strangeness(): string | undefined {
    const { epochMs } = this.#reader;
    if (epochMs >= this.#futureFromMs) return FUTURE_REASON;
    return epochMs < this.#oldBeforeMs && this.#oldEvents !== 'send' ? this.#oldReason : undefined;
  }
}
