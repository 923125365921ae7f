/** One pass over exports: bytes in, in any number of files; counts out. */
import { addDays, countDays } from '../calendar.ts';
import type { Analysis, ExportKind, MissingDays } from './analysis.ts';
import { EventCounter, type CountedEvents, type EventLimits } from './events/event-counter.ts';
import { noEvents } from './events/event-groups.ts';
import { CompanyCounter } from './rows/company-counter.ts';
import type { RowCounter } from './rows/counter.ts';
import { RowFeed } from './rows/row-feed.ts';
import { TotalCounter } from './rows/total-counter.ts';

/** At most this many ranges of missing days are listed. */
const maxMissingRanges = 400;

/** Keeps a bounded amount of memory, whatever is fed to it: some 100 MB for millions of events, little for few. */
export class Analyser {
  readonly #limits: EventLimits;
  /** Once there are any. */
  #events: EventCounter | undefined;
  readonly #companies = new CompanyCounter();
  readonly #aggregates = new TotalCounter('aggregates');
  readonly #rollup = new TotalCounter('rollup');
  #files = 0;
  #bytes = 0;
  #rows = 0;
  #unreadable = 0;

  /** `limits` are for tests. */
  constructor(limits: EventLimits = {}) {
    this.#limits = limits;
  }

  /** What takes the bytes of one file, or of one part with a header of its own. Fed one after the other. */
  feed(name: string): RowFeed {
    this.#files++;
    return new RowFeed(name, {
      counterFor: (kind) => this.#counterFor(kind),
      onRows: ({ rows, unreadable, bytes }) => {
        this.#rows += rows;
        this.#unreadable += unreadable;
        this.#bytes += bytes;
      },
    });
  }

  /**
   * Called once, after everything was fed. `onRelease` is called when most of the memory is no longer needed, before the
   * result is built.
   */
  finish(onRelease: () => void = () => undefined): Analysis {
    const counted = this.#finishEvents();
    onRelease();
    const events = counted?.facts.isEmpty === false ? counted.facts.pack() : undefined;
    const counts = counted?.counts ?? noEvents();
    const forgotten = counted?.forgotten ?? { ids: false, origins: false };
    const totals = [this.#aggregates, this.#rollup];
    return {
      facts: [...(events === undefined ? [] : [events]), ...totals.flatMap((total) => total.pack())],
      companies: this.#companies.pack(),
      companiesLeftOut: this.#companies.leftOut,
      quality: {
        files: this.#files,
        bytes: this.#bytes,
        rows: this.#rows,
        rowsOf: {
          events: counted?.rows ?? 0,
          companies: this.#companies.rows,
          aggregates: this.#aggregates.rows,
          rollup: this.#rollup.rows,
        },
        ...counts,
        withoutTime: totals.reduce((sum, { withoutTime }) => sum + withoutTime, counts.withoutTime),
        unreadable: totals.reduce((sum, { unreadable }) => sum + unreadable, this.#unreadable),
        missingDays: missingDays(events?.days ?? []),
        folded: [
          ...new Set([...(counted?.facts.folded() ?? []), ...totals.flatMap((total) => total.folded())]),
        ],
        idsForgotten: forgotten.ids,
        originsForgotten: forgotten.origins,
      },
    };
  }

  /** In a frame of its own, which does not keep the counter and its kernel alive. */
  #finishEvents(): CountedEvents | undefined {
    const counter = this.#events;
    this.#events = undefined;
    return counter?.finish();
  }

  #counterFor(kind: ExportKind): RowCounter {
    switch (kind) {
      case 'events':
        return (this.#events ??= new EventCounter(this.#limits));
      case 'companies':
        return this.#companies;
      case 'aggregates':
        return this.#aggregates;
      case 'rollup':
        return this.#rollup;
    }
  }
}

/** A row of a wrong year leaves millions of days out: they are counted and never listed. */
function missingDays(days: readonly string[]): MissingDays {
  const gaps = days.flatMap((day, index) => {
    const from = addDays(days[index - 1] ?? day, 1);
    return from < day ? [{ from, to: addDays(day, -1) }] : [];
  });
  const count = gaps.reduce((sum, gap) => sum + countDays(gap), 0);
  return { count, ranges: gaps.slice(0, maxMissingRanges) };
}
