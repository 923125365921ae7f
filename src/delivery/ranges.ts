/**
 * What is known about the bytes of one input: which ranges are settled, which may or may not have
 * arrived. A checkpoint is a set of ranges, not one offset, since chunks settle out of order.
 */
import type { Range } from '../records.ts';
import { combineCrc32 } from './crc-combine.ts';

/** Rows of a range by outcome. */
export interface Outcome {
  rows: number;
  accepted: number;
  rejected: number;
  skipped: number;
  unknown: number;
}

/** A range with an outcome. `crc32` is of its bytes; absent where it could not be kept. */
export interface KnownRange extends Range {
  nextLine: number;
  outcome: Outcome;
  crc32?: number;
  /** The vendor's word is missing for all of it. Its local rejects are kept already. */
  inDoubt: boolean;
  /** In doubt, but every row carries an id: sending it again is harmless. */
  harmless?: boolean;
}

export const noOutcome: Outcome = { rows: 0, accepted: 0, rejected: 0, skipped: 0, unknown: 0 };

export function addOutcomes(one: Outcome, other: Outcome): Outcome {
  return {
    rows: one.rows + other.rows,
    accepted: one.accepted + other.accepted,
    rejected: one.rejected + other.rejected,
    skipped: one.skipped + other.skipped,
    unknown: one.unknown + other.unknown,
  };
}

/**
 * `ranges` (ascending, apart) with `added` in it. Where they overlap the settled one wins over the one
 * in doubt, and of two settled ones the first stays. Neighbours that are settled become one.
 */
export function addRange(ranges: readonly KnownRange[], added: KnownRange): KnownRange[] {
  const covered = ranges.some((range) => !range.inDoubt && range.from <= added.from && added.to <= range.to);
  if (covered) return [...ranges];
  if (added.inDoubt && ranges.some((range) => overlap(range, added))) return [...ranges];
  const rest = ranges.flatMap((range) => (overlap(range, added) ? without(range, added) : [range]));
  const all = [...rest, added].sort((one, other) => one.from - other.from);
  return all.reduce<KnownRange[]>(appendMerged, []);
}

/** The parts of `[0, end)` that no known range covers; the last reaches to the end of the input when `end` is undefined. */
export function gaps(
  ranges: readonly KnownRange[],
  end: number | undefined,
): { from: number; to?: number; line: number }[] {
  const found: { from: number; to?: number; line: number }[] = [];
  let from = 0;
  let line = 1;
  for (const range of ranges) {
    if (range.from > from) found.push({ from, to: range.from, line });
    from = range.to;
    line = range.nextLine;
  }
  if (end === undefined || from < end)
    found.push(end === undefined ? { from, line } : { from, to: end, line });
  return found;
}

/** Where the ranges that begin at zero and touch each other end. */
export function coveredTo(ranges: readonly KnownRange[]): number {
  let end = 0;
  for (const range of ranges) {
    if (range.from > end) return end;
    end = range.to;
  }
  return end;
}

/** Whether every byte of `range` is covered by settled ranges. */
export function isCovered(ranges: readonly KnownRange[], range: Pick<Range, 'from' | 'to'>): boolean {
  let from = range.from;
  for (const known of ranges) {
    if (known.inDoubt || known.to <= from) continue;
    if (known.from > from) return false;
    from = known.to;
    if (from >= range.to) return true;
  }
  return from >= range.to;
}

function overlap(one: Range, other: Range): boolean {
  return one.from < other.to && other.from < one.to;
}

/** What stays in doubt of `range` when `taken` is settled; its rows are what the settled part did not hold. */
function without(range: KnownRange, taken: KnownRange): KnownRange[] {
  const left =
    taken.from > range.from
      ? { from: range.from, to: taken.from, line: range.line, nextLine: taken.line }
      : undefined;
  const right =
    taken.to < range.to
      ? { from: taken.to, to: range.to, line: taken.nextLine, nextLine: range.nextLine }
      : undefined;
  const rows = Math.max(range.outcome.rows - taken.outcome.rows, 0);
  const unknown = Math.min(range.outcome.unknown, rows);
  const outcome: Outcome = { rows, accepted: 0, rejected: rows - unknown, skipped: 0, unknown };
  const parts = [left, right].filter((part) => part !== undefined);
  const harmless = range.harmless ?? false;
  return parts.map((part, index) => ({
    ...part,
    inDoubt: true,
    harmless,
    outcome: index === 0 ? outcome : noOutcome,
  }));
}

function appendMerged(merged: KnownRange[], range: KnownRange): KnownRange[] {
  const last = merged[merged.length - 1];
  if (last === undefined || last.inDoubt || range.inDoubt || last.to !== range.from) {
    merged.push(range);
    return merged;
  }
  const joined: KnownRange = {
    from: last.from,
    to: range.to,
    line: last.line,
    nextLine: range.nextLine,
    outcome: addOutcomes(last.outcome, range.outcome),
    inDoubt: false,
  };
  if (last.crc32 !== undefined && range.crc32 !== undefined) {
    joined.crc32 = combineCrc32(last.crc32, range.crc32, range.to - range.from);
  }
  merged[merged.length - 1] = joined;
  return merged;
}
