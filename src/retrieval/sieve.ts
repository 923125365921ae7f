/** Which rows of one request are kept, and in which lane: in range, and not seen before. */
import type { Days, RowPlace } from '../contracts-export.ts';
import { dayNumber } from './days.ts';
import { readDayNumber } from './row-day.ts';
import type { SeenIds } from './seen-ids.ts';

export interface SieveOptions {
  /** Rows of other days are dropped; undefined: rows have no day. */
  days: Days | undefined;
  /** Lane numbers by day number, when there is one a day. */
  lanes: ReadonlyMap<number, number> | undefined;
  /** Undefined: duplicates stay. */
  seen: SeenIds | undefined;
  /** Whose ids these are. */
  tag: number;
}

/** received = kept + duplicates + outside + rejected. */
export interface SiftedCounts {
  received: number;
  kept: number;
  duplicates: number;
  outside: number;
  rejected: number;
  /** Kept without a readable time, so on the first day. */
  undated: number;
}

const dropped = -1;

export class Sieve {
  readonly counts: SiftedCounts = {
    received: 0,
    kept: 0,
    duplicates: 0,
    outside: 0,
    rejected: 0,
    undated: 0,
  };
  readonly #seen: SeenIds | undefined;
  readonly #tag: number;
  readonly #first: number;
  readonly #last: number;
  readonly #dated: boolean;
  readonly #lanes: ReadonlyMap<number, number> | undefined;
  readonly #id = { from: 0, to: 0 };
  #lastDay = -1;
  #lastLane = 0;

  constructor(options: SieveOptions) {
    const { days } = options;
    this.#seen = options.seen;
    this.#tag = options.tag;
    this.#dated = days !== undefined;
    this.#first = days === undefined ? 0 : dayNumber(days.from);
    this.#last = days === undefined ? 0 : dayNumber(days.to);
    this.#lanes = options.lanes;
  }

  /** The lane of a row, or -1 when it is dropped. */
  judge(bytes: Buffer, place: RowPlace): number {
    const { counts } = this;
    counts.received++;
    if (place.problem !== undefined) {
      counts.rejected++;
      return dropped;
    }
    const lane = this.#dated ? this.#laneOf(bytes, place) : 0;
    if (lane === dropped) {
      counts.outside++;
      return dropped;
    }
    if (this.#isDuplicate(bytes, place)) {
      counts.duplicates++;
      return dropped;
    }
    counts.kept++;
    return lane;
  }

  #laneOf(bytes: Buffer, place: RowPlace): number {
    const day = readDayNumber(bytes, place.timeFrom, place.timeTo);
    if (day === this.#lastDay) return this.#lastLane;
    if (day === 0) {
      this.counts.undated++;
      return this.#lanes?.get(this.#first) ?? 0;
    }
    this.#lastDay = day;
    this.#lastLane = day < this.#first || day > this.#last ? dropped : (this.#lanes?.get(day) ?? 0);
    return this.#lastLane;
  }

  /** A row without an id is like no other. */
  #isDuplicate(bytes: Buffer, place: RowPlace): boolean {
    if (this.#seen === undefined || place.idTo <= place.idFrom) return false;
    this.#id.from = place.idFrom;
    this.#id.to = place.idTo;
    return !this.#seen.claim(bytes, this.#id, this.#tag);
  }
}
