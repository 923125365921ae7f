/**
 * What is known about the bytes of one input: which ranges are settled, which may or may not have
 * arrived. A checkpoint is a set of ranges, not one offset, since chunks settle out of order.
 */
import type { Range } from '../../records.ts';
import { combineCrc32 } from '../upload/crc-combine.ts';

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
  /** Every row that was sent of it carried an id, so that the vendor knows it again. Absent where that is not on record. */
  allIds?: true;
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

/** `ranges` (ascending, apart) with `added` in it; see `insertRange`. */
export function addRange(ranges: readonly KnownRange[], added: KnownRange): KnownRange[] {
  const all = [...ranges];
  insertRange(all, added);
  return all;
}

/**
 * Puts `added` into `ranges`, which are ascending and apart. Where they overlap the settled one wins over
 * the one in doubt, and of two settled ones the first stays. Neighbours of one kind become one. Looks only
 * at the ranges around: a ledger may hold a hundred thousand.
 */
export function insertRange(ranges: KnownRange[], added: KnownRange): void {
  const first = firstTouching(ranges, added.from);
  let end = first;
  while (end < ranges.length && (ranges[end] as KnownRange).from <= added.to) end += 1;
  const near = ranges.slice(first, end);
  const kept = added.inDoubt ? near : near.flatMap((range) => keptBeside(range, added));
  const news = kept.reduce((parts, range) => parts.flatMap((part) => without(part, range)), [added]);
  const all = [...kept, ...news].sort((one, other) => one.from - other.from);
  ranges.splice(first, near.length, ...all.reduce<KnownRange[]>(appendMerged, []));
}

/** What stays of a range when another is settled: of what is in doubt the rest, and what is settled, unless the other holds it all. */
function keptBeside(range: KnownRange, settled: KnownRange): KnownRange[] {
  if (range.inDoubt) return without(range, settled);
  return isWithin(range, settled) && !isWithin(settled, range) ? [] : [range];
}

/** Index of the first range that ends at `offset` or behind it. */
function firstTouching(ranges: readonly KnownRange[], offset: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle] as KnownRange).to < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isWithin(inner: Range, outer: Range): boolean {
  return outer.from <= inner.from && inner.to <= outer.to;
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

/**
 * The parts of `range` outside `taken`. Their rows stand with the first part: those that `taken` did not hold, or, where
 * it reaches beyond, as many as their share of the bytes.
 */
function without(range: KnownRange, taken: KnownRange): KnownRange[] {
  if (!overlap(range, taken)) return [range];
  const { crc32: _crc32, ...rest } = range;
  const parts: KnownRange[] = [];
  if (taken.from > range.from) parts.push({ ...rest, to: taken.from, nextLine: taken.line });
  if (taken.to < range.to) parts.push({ ...rest, from: taken.to, line: taken.nextLine });
  const left = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const { rows } = range.outcome;
  const rowsLeft = isWithin(taken, range)
    ? rows - taken.outcome.rows
    : (rows * left) / (range.to - range.from);
  const outcome = shrunk(range.outcome, Math.max(Math.round(rowsLeft), 0));
  return parts.map((part, index) => ({ ...part, outcome: index === 0 ? outcome : noOutcome }));
}

/** An outcome of fewer rows. Which of them had which fate is not on record: the good ones are counted first. */
function shrunk({ accepted, unknown, skipped }: Outcome, rows: number): Outcome {
  const taken = { accepted: Math.min(accepted, rows), unknown: 0, skipped: 0 };
  taken.unknown = Math.min(unknown, rows - taken.accepted);
  taken.skipped = Math.min(skipped, rows - taken.accepted - taken.unknown);
  return { rows, ...taken, rejected: rows - taken.accepted - taken.unknown - taken.skipped };
}

function appendMerged(merged: KnownRange[], range: KnownRange): KnownRange[] {
  const last = merged[merged.length - 1];
  if (last === undefined || last.to !== range.from || !isAlike(last, range)) {
    merged.push(range);
    return merged;
  }
  const joined: KnownRange = {
    ...last,
    to: range.to,
    nextLine: range.nextLine,
    outcome: addOutcomes(last.outcome, range.outcome),
  };
  if (last.crc32 !== undefined && range.crc32 !== undefined) {
    joined.crc32 = combineCrc32(last.crc32, range.crc32, range.to - range.from);
  } else {
    delete joined.crc32;
  }
  if (range.allIds !== true) delete joined.allIds;
  merged[merged.length - 1] = joined;
  return merged;
}

function isAlike(one: KnownRange, other: KnownRange): boolean {
  return one.inDoubt === other.inDoubt && (!one.inDoubt || one.harmless === other.harmless);
}
