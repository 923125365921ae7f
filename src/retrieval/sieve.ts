/** Which rows of one request are kept, and in which lane: in range, and not seen before. */
import type { Days, RowPlaces } from '../contracts-export.ts';
import { dayNumber } from './days.ts';
import { IdBatch } from './id-batch.ts';
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
  readonly #ids = new IdBatch();
  /** Of the rows at hand; used again. */
  #laneOfRow = new Int32Array(0);
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

  /** The lane of each row, or -1 when it is dropped. The answer holds until the next call. */
  judge(bytes: Buffer, rows: RowPlaces): Int32Array {
    const { counts } = this;
    if (this.#laneOfRow.length < rows.count) this.#laneOfRow = new Int32Array(rows.count);
    const droppedBefore = counts.rejected + counts.outside + counts.duplicates;
    this.#dropByTime(bytes, rows);
    if (this.#seen !== undefined) this.#dropRepeated(bytes, rows, this.#seen);
    const droppedNow = counts.rejected + counts.outside + counts.duplicates - droppedBefore;
    counts.received += rows.count;
    counts.kept += rows.count - droppedNow;
    return this.#laneOfRow;
  }

  #dropByTime(bytes: Buffer, { broken, count, timeFrom, timeTo }: RowPlaces): void {
    const { counts } = this;
    const lanes = this.#laneOfRow;
    for (let row = 0; row < count; row++) {
      if (broken[row] !== 0) {
        lanes[row] = dropped;
        counts.rejected++;
        continue;
      }
      const lane = this.#dated ? this.#laneOf(bytes, timeFrom[row] as number, timeTo[row] as number) : 0;
      lanes[row] = lane;
      if (lane === dropped) counts.outside++;
    }
  }

  #laneOf(bytes: Buffer, timeFrom: number, timeTo: number): number {
    const day = readDayNumber(bytes, timeFrom, timeTo);
    if (day === this.#lastDay) return this.#lastLane;
    if (day === 0) {
      this.counts.undated++;
      return this.#lanes?.get(this.#first) ?? 0;
    }
    this.#lastDay = day;
    this.#lastLane = day < this.#first || day > this.#last ? dropped : (this.#lanes?.get(day) ?? 0);
    return this.#lastLane;
  }

  /** Only rows that are wanted claim their ids. A row without an id is like no other. */
  #dropRepeated(bytes: Buffer, { count, idFrom, idTo }: RowPlaces, seen: SeenIds): void {
    const lanes = this.#laneOfRow;
    const ids = this.#ids;
    ids.clear(count);
    for (let row = 0; row < count; row++) {
      const from = idFrom[row] as number;
      const to = idTo[row] as number;
      if (lanes[row] !== dropped && to > from) ids.add(row, bytes, from, to);
    }
    seen.claimAll(ids, this.#tag);
    for (let index = 0; index < ids.count; index++) {
      if (ids.holders[index] === 0) continue;
      lanes[ids.rows[index] as number] = dropped;
      this.counts.duplicates++;
    }
  }
}
