/** How much of a window has been received. */
import { countDays } from '../calendar.ts';
import type { Days } from '../contracts/dataset.ts';

/** Requests count by their days, since the size of a reply is known only once it comes. */
export class WindowShare {
  readonly #total: number;
  #received = 0;

  /** `sources`: how many are requested for the days of the window. */
  constructor(days: Days | undefined, sources: number) {
    this.#total = weightOf(days) * sources;
  }

  /** A reply for these days was received whole. */
  add(days: Days | undefined): void {
    this.#received += weightOf(days);
  }

  /** From 0 to 1, with this share of the reply for these days; undefined when that is unknown. */
  with(days: Days | undefined, shareOfReply: number | undefined): number | undefined {
    if (shareOfReply === undefined) return undefined;
    return (this.#received + weightOf(days) * shareOfReply) / this.#total;
  }
}

function weightOf(days: Days | undefined): number {
  return days === undefined ? 1 : countDays(days);
}
