import type { RowPlace } from '../../contracts-export.ts';

/** A place that a reader fills anew for each row. */
export function createRowPlace(): RowPlace {
  return { from: 0, to: 0, idFrom: -1, idTo: -1, timeFrom: -1, timeTo: -1, problem: undefined };
}
