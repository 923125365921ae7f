/** Titles: what a chart shows, as a sentence. */
import { count, counted, share } from './dom.ts';
import type { Total } from './selection.ts';

export const nothing = 'No events match the filters';

/** About the most frequent value that has a name; `say` gets it with its numbers. */
export function aboutTop(totals: readonly Total[], say: (name: string, numbers: string) => string): string {
  const all = sumOf(totals);
  if (all === 0) return nothing;
  const top = totals.find(({ number }) => number >= 2);
  if (top === undefined) return `None of ${events(all)} tells`;
  return say(top.name, `${count(top.count)} of ${count(all)} (${share(top.count, all)})`);
}

export function events(number: number): string {
  return counted(number, 'event');
}

export function sumOf(totals: readonly Pick<Total, 'count'>[]): number {
  return totals.reduce((sum, { count: number }) => sum + number, 0);
}
