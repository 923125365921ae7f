/** What the answers of a window add up to. Only complete answers are added, so nothing is ever subtracted. */
import { dayNamed } from '../calendar.ts';
import type { Days } from '../contracts/dataset.ts';
import type { ReceivedCounts, ExportEvent } from '../events.ts';
import type { RowFilter } from '../replies/dedupe/row-filter.ts';

export class WindowCounts {
  readonly counts: ReceivedCounts = {
    received: 0,
    kept: 0,
    duplicates: 0,
    outside: 0,
    rejected: 0,
    bytes: 0,
  };
  /** A number such as 20261101; 0: none. */
  #newestDay = 0;

  /** The newest day of the received rows; undefined when none of them has a day. */
  get newest(): string | undefined {
    return this.#newestDay === 0 ? undefined : dayNamed(this.#newestDay);
  }

  add({ counts, newestDay }: Pick<RowFilter, 'counts' | 'newestDay'>, bytes: number): void {
    this.counts.received += counts.received;
    this.counts.kept += counts.kept;
    this.counts.duplicates += counts.duplicates;
    this.counts.outside += counts.outside;
    this.counts.rejected += counts.rejected;
    this.counts.bytes += bytes;
    this.#newestDay = Math.max(this.#newestDay, newestDay);
  }
}

/** Says that rows without a time that can be read were kept, and where. */
export function undatedWarning(rows: number): Extract<ExportEvent, { type: 'warned' }> {
  return {
    type: 'warned',
    code: 'time-unreadable',
    message:
      rows === 1
        ? '1 row has no time that can be read; it is kept with the first day asked for'
        : `${rows} rows have no time that can be read; they are kept with the first day asked for`,
  };
}

/** Says that the last row of an answer was rejected although it may be an error. */
export function damagedEndWarning(days: Days | undefined): Extract<ExportEvent, { type: 'warned' }> {
  const what = days === undefined ? 'the answer' : `the answer for ${days.from} to ${days.to}`;
  return {
    type: 'warned',
    code: 'damaged-end',
    message: `${what} ends in a damaged row that speaks of an error; it came the same each time, and is rejected`,
    hint: 'compare the rows of its last days with those that Scarf shows: some may be missing behind it',
  };
}
