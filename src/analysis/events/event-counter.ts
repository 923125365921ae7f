/** Counts raw events by groups of rows with equal values. */
import { readDayNumber } from '../../replies/dedupe/row-day.ts';
import { FactTable, type FactLimits } from '../facts/fact-table.ts';
import type { PlainRows, RowCounter } from '../rows/counter.ts';
import type { FoundCells } from '../rows/csv-cells.ts';
import { CONFIDENCE_BANDS, confidenceBand } from './event-cells.ts';
import { EVENT_FIELDS, eventField } from './event-fields.ts';
import { EventGroups, noEvents, type EventCounts } from './event-groups.ts';
import { EventKernel, type Remembered } from './event-kernel.ts';
import { OriginCounts } from './origin-counts.ts';

/** For tests. */
export interface EventLimits {
  facts?: FactLimits;
  remembered?: Remembered;
}

/** The result of counting all events. */
export interface CountedEvents {
  rows: number;
  counts: EventCounts;
  /** Whether there were too many ids or origins to keep. */
  forgotten: { ids: boolean; origins: boolean };
  facts: FactTable;
}

/** Each event once, by its id; without an id always. */
export class EventCounter implements RowCounter {
  readonly fields = EVENT_FIELDS;
  rows = 0;
  readonly #counts: EventCounts = noEvents();
  readonly #kernel: EventKernel;
  readonly #facts: FactTable;
  readonly #groups: EventGroups;
  readonly #origins: OriginCounts;
  /** The columns of the table whose rows the kernel takes. */
  #described: readonly number[] | undefined;

  constructor({ facts: limits, remembered }: EventLimits = {}) {
    this.#kernel = new EventKernel(remembered);
    this.#origins = new OriginCounts(this.#kernel);
    this.#facts = new FactTable(
      { source: 'events', label: '' },
      { origins: this.#origins, ...(limits === undefined ? {} : { limits }) },
    );
    this.#groups = new EventGroups(this.#kernel, this.#facts, this.#counts);
  }

  /** Counts rows of a table with these columns many at a time; undefined when it has too many columns. */
  plainRows(columns: readonly string[], headerPrefixes: Uint8Array): PlainRows | undefined {
    const kernel = this.#kernel;
    if (columns.length > kernel.global('MAX_COLUMNS')) return undefined;
    const names: readonly string[] = this.fields;
    const fieldOf = columns.map((name) => names.indexOf(name));
    return {
      forget: () => kernel.forget(),
      take: (bytes, from, to) => {
        // Rows of another table may have come in between.
        if (this.#described !== fieldOf) kernel.describe(fieldOf, headerPrefixes);
        this.#described = fieldOf;
        return this.#takePlain(bytes, from, to);
      },
    };
  }

  count(row: FoundCells): void {
    const { text, from, to } = row;
    if (this.#kernel.isFull) this.#settleBatch();
    const [time, confidence] = [eventField.time, eventField.confidence];
    const band = confidenceBand(text.bytes, from[confidence] as number, to[confidence] as number);
    this.#kernel.takeCells(row, {
      day: readDayNumber(text.bytes, from[time] as number, to[time] as number),
      band: band < 0 ? CONFIDENCE_BANDS.length : band,
    });
  }

  /** Called once, after all rows. What it returns does not hold the kernel, whose memory is free with this counter. */
  finish(): CountedEvents {
    this.#settleBatch();
    this.#groups.takeAll();
    this.#origins.settle(this.#facts.size);
    const is = (name: 'areIdsForgotten' | 'areOriginsForgotten') => this.#kernel.global(name) !== 0;
    const forgotten = { ids: is('areIdsForgotten'), origins: is('areOriginsForgotten') };
    return { rows: this.rows, counts: this.#counts, forgotten, facts: this.#facts };
  }

  #takePlain(bytes: Buffer, from: number, to: number): { rows: number; end: number } {
    const kernel = this.#kernel;
    let [rows, end] = [0, from];
    for (;;) {
      const found = kernel.findRows(bytes, end, to);
      rows += found.rows;
      end = found.end;
      if (!kernel.isFull) return { rows, end };
      this.#settleBatch();
    }
  }

  /** Counts the rows of the batch, and makes room for others. */
  #settleBatch(): void {
    const kernel = this.#kernel;
    const groups = this.#groups;
    if (kernel.areGroupsFull) this.#takeGroups();
    groups.countBatch();
    if (this.#facts.isOverfull) this.#takeGroups();
    if (kernel.areTextsFull) groups.forgetTexts();
  }

  #takeGroups(): void {
    this.#groups.takeAll();
    this.#facts.settle();
    this.#groups.joinOthers();
  }
}
