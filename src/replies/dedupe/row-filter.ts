/** Decides which rows of one request are kept, and in which partition: those in range and not seen before. */
import { dayNumber } from '../../calendar.ts';
import type { Days } from '../../contracts/dataset.ts';
import type { RowOffsets } from '../../contracts/reader.ts';
import { IdBatch } from './id-batch.ts';
import { readDayNumber } from './row-day.ts';
import type { SeenIds } from './seen-ids.ts';

/** The partition of a day, given as a number such as 20261101; `dropped` when its rows are not wanted. */
export type PartitionOfDay = (day: number) => number;

/** Stands for no partition. */
export const dropped = -1;

export interface RowFilterOptions {
  /** Called once for consecutive rows of a day; undefined: rows have no day and all go to the first partition. */
  partitionOfDay: PartitionOfDay | undefined;
  /** Partition of rows without a readable time. */
  undatedPartition: number;
  /** Undefined: duplicates are kept. */
  seen: SeenIds | undefined;
  /** Tag that claims the ids. */
  tag: number;
}

/** received = kept + duplicates + outside + rejected. */
export interface FilterCounts {
  received: number;
  kept: number;
  duplicates: number;
  outside: number;
  rejected: number;
  /** Rows kept without a readable time, in the partition for those. */
  undated: number;
}

/** Accepts rows of these days, all in the first partition or each day in its own. */
export function partitionsWithin(
  days: Days,
  partitions: ReadonlyMap<number, number> | undefined,
): PartitionOfDay {
  const first = dayNumber(days.from);
  const last = dayNumber(days.to);
  return (day) => (day < first || day > last ? dropped : (partitions?.get(day) ?? 0));
}

/** Accepts rows of all other days, in a partition before each of these ranges and one after the last. */
export function partitionsAround(ranges: readonly Days[]): PartitionOfDay {
  const numbers = ranges.map(({ from, to }) => ({ first: dayNumber(from), last: dayNumber(to) }));
  return (day) => {
    const next = numbers.findIndex(({ last }) => day <= last);
    if (next < 0) return numbers.length;
    return day >= (numbers[next]?.first ?? 0) ? dropped : next;
  };
}

export class RowFilter {
  readonly counts: FilterCounts = {
    received: 0,
    kept: 0,
    duplicates: 0,
    outside: 0,
    rejected: 0,
    undated: 0,
  };
  /** Newest day of the wanted rows, duplicates included; 0 when none has a readable time. */
  newestDay = 0;
  readonly #seen: SeenIds | undefined;
  readonly #tag: number;
  readonly #partitionOfDay: PartitionOfDay | undefined;
  readonly #undatedPartition: number;
  readonly #ids = new IdBatch();
  /** Result of the last call; reused. */
  #partitionOfRow = new Int32Array(0);
  #lastDay = -1;
  #lastPartition = 0;

  constructor(options: RowFilterOptions) {
    this.#seen = options.seen;
    this.#tag = options.tag;
    this.#partitionOfDay = options.partitionOfDay;
    this.#undatedPartition = options.undatedPartition;
  }

  /** The partition of each row, or -1 when it is dropped. Valid until the next call. */
  judge(bytes: Buffer, rows: RowOffsets): Int32Array {
    const { counts } = this;
    if (this.#partitionOfRow.length < rows.count) this.#partitionOfRow = new Int32Array(rows.count);
    const droppedBefore = counts.rejected + counts.outside + counts.duplicates;
    this.#dropByTime(bytes, rows);
    if (this.#seen !== undefined) this.#dropRepeated(bytes, rows, this.#seen);
    const droppedNow = counts.rejected + counts.outside + counts.duplicates - droppedBefore;
    counts.received += rows.count;
    counts.kept += rows.count - droppedNow;
    return this.#partitionOfRow;
  }

  #dropByTime(bytes: Buffer, { broken, count, day, timeFrom, timeTo }: RowOffsets): void {
    const { counts } = this;
    const partitions = this.#partitionOfRow;
    const partitionOfDay = this.#partitionOfDay;
    for (let row = 0; row < count; row++) {
      if (broken[row] !== 0) {
        partitions[row] = dropped;
        counts.rejected++;
        continue;
      }
      const partition =
        partitionOfDay === undefined
          ? 0
          : this.#partitionOf(
              (day[row] as number) >= 0
                ? (day[row] as number)
                : readDayNumber(bytes, timeFrom[row] as number, timeTo[row] as number),
              partitionOfDay,
            );
      partitions[row] = partition;
      if (partition === dropped) counts.outside++;
    }
  }

  #partitionOf(day: number, partitionOfDay: PartitionOfDay): number {
    if (day === this.#lastDay) return this.#lastPartition;
    if (day === 0) {
      this.counts.undated++;
      return this.#undatedPartition;
    }
    this.#lastDay = day;
    this.#lastPartition = partitionOfDay(day);
    if (this.#lastPartition !== dropped && day > this.newestDay) this.newestDay = day;
    return this.#lastPartition;
  }

  /** Only wanted rows claim their ids. A row without an id is never a duplicate. */
  #dropRepeated(bytes: Buffer, rows: RowOffsets, seen: SeenIds): void {
    const { count, idFrom, idTo, idWords, isUuid } = rows;
    const partitions = this.#partitionOfRow;
    const ids = this.#ids;
    ids.clear(count);
    for (let row = 0; row < count; row++) {
      const from = idFrom[row] as number;
      const to = idTo[row] as number;
      if (partitions[row] === dropped || to <= from) continue;
      if (isUuid[row] === 1) ids.addWords(row, idWords);
      else ids.add(row, bytes, from, to);
    }
    seen.claimAll(ids, this.#tag);
    for (let index = 0; index < ids.count; index++) {
      if (ids.holders[index] === 0) continue;
      partitions[ids.rows[index] as number] = dropped;
      this.counts.duplicates++;
    }
  }
}
