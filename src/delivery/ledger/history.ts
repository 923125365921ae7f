/**
 * When a run settled how many rows, and on which days its events happened: folded from the times in its ledger, in
 * bounded memory, for those who look at a run afterwards.
 */

import type { Changes, Counts, Piece } from '../../records.ts';

/** The messages of a run, and why it failed. Stored in ledgers under `told`. */
export interface RunMessages {
  notices: { code: string; message: string; hint?: string }[];
  errors?: { kind: string; message: string; hint?: string }[];
}

/** Rows that settled since the sample before. */
export interface Sample {
  /** Milliseconds since the epoch. */
  atMs: number;
  rows: number;
  /** Size of the rows as they were sent, before compression. */
  bytes: number;
}

/** What one process of the run settled. `fromMs`: when it began. Ledgers hold these as `stretches`. */
export interface ProcessPeriod {
  fromMs: number;
  samples: Sample[];
}

export interface History {
  /** In the order of time. */
  stretches: ProcessPeriod[];
  /** Accepted events by the day of their time, `2026-11-26`; `none` without a time, `other` beyond the most days kept. */
  days: Record<string, number>;
  /** Accepted rows of which it was not counted on which day they happened. */
  undatedRows: number;
  /** What was done to rows that settled, and noticed about them. */
  changes: Changes;
  warnings: Changes;
}

/** What was on record of a chunk before it settled. */
interface SentChunk {
  pieces: readonly Pick<Piece, 'bytes'>[];
  changes?: Changes;
  warnings?: Changes;
}

/** Its outcome. `at` and `days` are missing in ledgers of older versions; `warnings` are the vendor's. */
interface ChunkOutcome {
  at?: string;
  counts: Pick<Counts, 'accepted' | 'rejected' | 'skipped' | 'unknown'>;
  days?: Record<string, number>;
  warnings?: Changes;
}

/** Keys beside days: events without a time, and those of days that there is no room for. */
export const NO_TIME = 'none';
const OTHER_DAYS = 'other';

const maxPeriods = 20;
const maxSamples = 120;
const maxDays = 2_000;
const maxNotices = 50;

export function emptyHistory(): History {
  return { stretches: [], days: {}, undatedRows: 0, changes: {}, warnings: {} };
}

/** A process of the run began. What is too long ago for a period of its own is joined to its neighbour. */
export function beginPeriod({ stretches }: History, at: string): void {
  const fromMs = Date.parse(at);
  if (Number.isNaN(fromMs)) return;
  stretches.push({ fromMs, samples: [] });
  if (stretches.length <= maxPeriods) return;
  const [first, second] = stretches.splice(0, 2);
  const samples = [...(first?.samples ?? []), ...(second?.samples ?? [])];
  const joined = { fromMs: first?.fromMs ?? fromMs, samples };
  mergeSamples(joined);
  stretches.unshift(joined);
}

/** A chunk settled. */
export function settleInHistory(
  history: History,
  { pieces, changes, warnings }: SentChunk,
  { at, counts, days, warnings: vendorWarnings }: ChunkOutcome,
): void {
  addCounts(history.changes, changes);
  addCounts(history.warnings, warnings);
  addCounts(history.warnings, vendorWarnings);
  if (days === undefined) history.undatedRows += counts.accepted;
  else addDays(history.days, days);
  if (at === undefined) return;
  const rows = counts.accepted + counts.rejected + counts.skipped + counts.unknown;
  addSample(history, at, { rows, bytes: pieces.reduce((sum, piece) => sum + piece.bytes, 0) });
}

function addSample({ stretches }: History, at: string, amount: Omit<Sample, 'atMs'>): void {
  const period = stretches.at(-1);
  const atMs = Date.parse(at);
  if (period === undefined || Number.isNaN(atMs)) return;
  // A clock may be set back.
  const lastMs = period.samples.at(-1)?.atMs ?? period.fromMs;
  period.samples.push({ ...amount, atMs: Math.max(atMs, lastMs) });
  mergeSamples(period);
}

/** Adds events by day; days beyond the most that are kept are counted together. */
export function addDays(sum: Record<string, number>, added: Readonly<Record<string, number>>): void {
  let left = maxDays - Object.keys(sum).length;
  for (const [day, events] of Object.entries(added)) {
    const isKnown = sum[day] !== undefined;
    const key = isKnown || left > 0 ? day : OTHER_DAYS;
    if (!isKnown && key === day) left -= 1;
    sum[key] = (sum[key] ?? 0) + events;
  }
}

/** Joins what earlier processes of a run said with what a later one did. */
export function mergeMessages(
  earlier: { told?: RunMessages } | undefined,
  { told: later }: { told?: RunMessages },
): { told?: RunMessages } {
  const one = earlier?.told;
  const either = one ?? later;
  if (one === undefined || later === undefined) return either === undefined ? {} : { told: either };
  const notices = firstNotices([...one.notices, ...later.notices]);
  // What ended an earlier process no longer holds.
  const { errors } = later;
  return { told: { notices, ...(errors === undefined ? {} : { errors }) } };
}

/** As many notices as are kept, each once. */
export function firstNotices(notices: RunMessages['notices']): RunMessages['notices'] {
  const kept = new Map(notices.map((notice) => [`${notice.code} ${notice.message}`, notice]));
  return [...kept.values()].slice(0, maxNotices);
}

function addCounts(sum: Changes, added: Changes = {}): void {
  for (const [code, rows] of Object.entries(added)) sum[code] = (sum[code] ?? 0) + rows;
}

/** Joins the neighbours that are nearest to each other, until the period is short enough. */
function mergeSamples({ fromMs, samples }: ProcessPeriod): void {
  while (samples.length > maxSamples) {
    let nearest = 0;
    let nearestMs = Number.POSITIVE_INFINITY;
    for (let at = 0; at + 1 < samples.length; at++) {
      const spanMs = samples[at + 1]!.atMs - (samples[at - 1]?.atMs ?? fromMs);
      if (spanMs < nearestMs) [nearest, nearestMs] = [at, spanMs];
    }
    const [one, next] = [samples[nearest]!, samples[nearest + 1]!];
    const joined = { atMs: next.atMs, rows: one.rows + next.rows, bytes: one.bytes + next.bytes };
    samples.splice(nearest, 2, joined);
  }
}
