/** How far an export is, and how long it will take. */
import type { ExportTally } from './tally.ts';

export interface Completion {
  /** Windows that are done, with the known shares of those in progress. */
  windows: number;
  /** From 0 to 1; undefined while no window in progress says how much of it was received. */
  share: number | undefined;
}

export function completionOf({ shares, windows }: Pick<ExportTally, 'shares' | 'windows'>): Completion {
  const done = [...shares.values()].reduce((sum, share) => sum + share, windows.committed);
  return { windows: done, share: shares.size === 0 ? undefined : done / windows.total };
}

export interface Pace {
  /** Over the last few seconds. */
  windowsPerSecond: number;
  elapsedMs: number;
}

/**
 * What is known of windows in progress goes on at the present rate; windows that have not begun take as long as
 * those before them. Undefined when nothing is known, and when only commits are left.
 */
export function timeLeftMs(
  { shares, windows: { committed, total } }: Pick<ExportTally, 'shares' | 'windows'>,
  { windowsPerSecond, elapsedMs }: Pace,
): number | undefined {
  const known = committed + shares.size;
  if (known === 0) return undefined;
  const toReceive = [...shares.values()].reduce((left, share) => left - share, shares.size);
  if (toReceive > 0 && windowsPerSecond <= 0) return undefined;
  const receivingMs = toReceive > 0 ? (toReceive / windowsPerSecond) * 1000 : 0;
  const leftMs = receivingMs + ((elapsedMs + receivingMs) / known) * (total - known);
  return leftMs > 0 ? leftMs : undefined;
}
